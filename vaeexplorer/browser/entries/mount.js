// @ts-check
/** A widget as a Streamlit component: one a mount, called again when data or theme change. */

/**
 * What a component's module exports.
 *
 * @template {{root: HTMLElement, stop: () => void, report: (...given: any[]) => void}} W
 * @param {new (root: HTMLElement, report: () => void) => W} Widget
 * @param {string} classes  of its element
 * @param {(widget: W, data: any, setStateValue: (name: string, value: unknown) => void) => void} update
 */
export function mounted(Widget, classes, update) {
  /** @type {WeakMap<object, W>} */
  const widgets = new WeakMap();
  /** @param {{data: unknown, parentElement: HTMLElement,
   *   setStateValue: (name: string, value: unknown) => void}} component */
  return ({ data, parentElement, setStateValue }) => {
    let widget = widgets.get(parentElement);
    if (!widget) {
      const root = document.createElement("div");
      root.className = classes;
      parentElement.append(root);
      widget = new Widget(root, () => {});
      widgets.set(parentElement, widget);
    }
    update(widget, data, setStateValue);
    return () => {
      const left = widgets.get(parentElement);
      if (!left) return;
      /** @type {{report: () => void}} */ (left).report = () => {}; // a gesture may end later
      left.stop();
      left.root.remove();
      widgets.delete(parentElement);
    };
  };
}
