// @ts-check
/**
 * Where an address keeps what is chosen: in the query of a page of the app, behind the # of a page of its own.
 *
 * The rule for every widget: what a gesture has chosen takes the place of what the address held; and where the address
 * is not what was written last (Back, Forward, a link, a hand), the address counts.
 *
 * @typedef {import("./links.js").Texts} Texts
 * @typedef {"search" | "hash"} Part
 */

/** Whether there is an address to share: not in a frame that a page has written itself, or in data. */
export const isShareable = () => /^(https?|file):$/.test(location.protocol);

/** The address with these names changed; an empty text takes a name out.
 * @param {Part} part @param {Texts} texts @returns {URL} */
export function changed(part, texts) {
  const url = new URL(location.href),
    held = new URLSearchParams(url[part].slice(1));
  for (const [name, text] of Object.entries(texts))
    if (text) held.set(name, text);
    else held.delete(name);
  const query = held.toString();
  const before = new URLSearchParams(url[part].slice(1)).toString();
  if (query !== before) url[part] = query.replaceAll("%2C", ",").replaceAll("%3B", ";");
  return url;
}

/** The address to hand on: a page in a frame of a lecture is opened as a page. @param {URL} url @returns {URL} */
export function shared(url) {
  const other = new URL(url.href);
  other.search = other.search.replace(/([?&])frame=1(?:&|$)/, "$1").replace(/[?&]$/, "");
  return other;
}

/** @param {URL} url @param {boolean} [makesEntry]  in the history, instead of taking the place of the one there */
export function go(url, makesEntry = false) {
  if (url.href === location.href) return;
  try {
    if (makesEntry) history.pushState({}, "", url);
    else history.replaceState(history.state, "", url);
  } catch {
    // A frame without an origin of its own has no address to write; "Copy link" makes it when it is asked for.
  }
}

/** What one widget keeps there. */
export class Address {
  /** @param {import("./links.js").Key[]} keys @param {Part} part */
  constructor(keys, part) {
    this.keys = keys;
    this.names = keys.map(({ name }) => name);
    this.part = part;
    /** @type {Texts} as written last, or as the widget was opened with */ this.last = {};
  }

  /** @returns {Texts} */
  read() {
    const held = new URLSearchParams(location[this.part].slice(1));
    return this.own(Object.fromEntries(held));
  }

  /** What of this is ours, in order. @param {Texts} texts @returns {Texts} */
  own(texts) {
    return Object.fromEntries(this.names.flatMap((name) => (texts[name] ? [[name, texts[name]]] : [])));
  }

  /** @param {Texts} texts @returns {URL} */
  link(texts) {
    return changed(this.part, Object.fromEntries(this.names.map((name) => [name, texts[name] ?? ""])));
  }

  /** @param {Texts} texts */
  write(texts) {
    this.last = this.own(texts);
    go(this.link(texts));
  }

  /** What the address holds, if that is not what was written last. @returns {Texts | null} */
  news() {
    const now = this.read();
    if (same(now, this.last)) return null;
    this.last = now;
    return now;
  }
}

/** @param {Texts} a @param {Texts} b */
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
