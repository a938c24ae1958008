// @ts-check
/** Light or dark as the page around a widget is, which says so in ways of its own. */

/** Give the element the colour scheme of the page around it, now and whenever that is another.
 * @param {HTMLElement} root @param {() => void} changed  called after a change @returns {() => void} ends it */
export function hostTheme(root, changed) {
  const choose = () => {
    const scheme = isDark(root) ? "dark" : "light";
    if (root.style.colorScheme === scheme) return false;
    root.style.colorScheme = scheme;
    return true;
  };
  choose();
  const observer = new MutationObserver(() => {
    if (choose()) changed();
  });
  for (const element of [document.documentElement, document.body])
    observer.observe(element, { attributes: true, attributeFilter: ["class", "style", "data-jp-theme-light"] });
  return () => observer.disconnect();
}

/** @param {HTMLElement} root */
function isDark(root) {
  const { jpThemeLight } = document.body.dataset; // JupyterLab, whose colours come later than this
  if (jpThemeLight) return jpThemeLight === "false";
  for (let element = /** @type {Element | null} */ (root); element; element = around(element)) {
    const [red, green, blue, alpha = 1] = (getComputedStyle(element).backgroundColor.match(/[\d.]+/g) ?? []).map(
      Number,
    );
    if (alpha && red !== undefined) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** @param {Element} element */
function around(element) {
  const root = element.getRootNode();
  return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}
