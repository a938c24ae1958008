/** Stand-ins for what a browser has and node lacks: elements, a network that answers when told to, and files to load. */

/** An element that keeps what it is given, and can be asked for it. */
export class FakeElement {
  constructor(tag = "div") {
    this.tagName = tag;
    /** @type {any[]} */ this.children = [];
    this.attributes = {};
    this.dataset = {};
    this.hidden = false;
    this.value = "";
    this.style = { setProperty() {} };
    this.listeners = {};
    this.classes = new Set();
    this.classList = {
      add: (name) => this.classes.add(name),
      toggle: (name, on = !this.classes.has(name)) => (on ? this.classes.add(name) : this.classes.delete(name), on),
    };
    this.parentElement = null;
    this.captured = new Set();
    Object.assign(this, { width: 28, height: 28, clientWidth: 0, clientHeight: 0 });
  }
  get textContent() {
    return this.children.map((child) => child.textContent ?? child).join("");
  }
  set textContent(text) {
    this.children = text ? [text] : [];
  }
  get ownerDocument() {
    return globalThis.document;
  }
  get className() {
    return this.attributes.class ?? "";
  }
  set className(text) {
    this.classes = new Set(text.split(" "));
  }
  removeAttribute(name) {
    delete this.attributes[name];
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
    if (name === "class") this.className = value;
  }
  append(...children) {
    this.children.push(...children);
    for (const child of children) if (child instanceof FakeElement) child.parentElement = this;
  }
  appendChild(child) {
    this.append(child);
    return child;
  }
  replaceChildren(...children) {
    this.children = [];
    this.append(...children);
  }
  before() {}
  prepend(...children) {
    this.replaceChildren(...children, ...this.children);
  }
  remove() {
    const parent = this.parentElement;
    if (parent) parent.children = parent.children.filter((child) => child !== this);
  }
  /** All elements below. @returns {FakeElement[]} */
  get all() {
    return this.children.flatMap((child) => (child instanceof FakeElement ? [child, ...child.all] : []));
  }
  querySelector(tag) {
    return this.all.find((element) => element.tagName === tag);
  }
  /** The button that says so. */
  button(text) {
    return this.all.find((element) => element.tagName === "button" && element.textContent === text);
  }
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
  setPointerCapture(id) {
    this.captured.add(id);
  }
  focus() {}
  toDataURL() {
    return "data:,";
  }
  getBoundingClientRect() {
    return { left: 10, top: 20, width: this.clientWidth, height: this.clientHeight };
  }
  getContext() {
    return (this.context ??= pen(this));
  }
}

/** A context that notes the names of its calls, and what they were given. */
function pen(canvas) {
  const calls = [];
  const own = {
    canvas,
    calls,
    createImageData: (width, height) => new ImageData(width, height),
    getImageData: (x, y, width, height) => new ImageData(width, height),
    measureText: () => ({ width: 10 }),
  };
  return new Proxy(own, {
    get: (target, name) => target[name] ?? ((...given) => calls.push([name, ...given])),
    set: (target, name, value) => (calls.push([name, value]), true),
  });
}

class ImageData {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) });
  }
}

/** A worker that notes what it is sent. */
class FakeWorker {
  constructor() {
    this.sent = [];
  }
  postMessage(message) {
    this.sent.push(message);
  }
  terminate() {
    this.ended = true;
  }
}

const { setInterval } = globalThis;
/** An address and its history, which notes the addresses written and how. */
export class FakeAddress {
  constructor(href = "http://app.example/") {
    this.url = new URL(href);
    /** @type {[string, string][]} */ this.written = [];
    const write = (/** @type {string} */ how) => (_, __, url) => {
      if (this.refuses) throw new DOMException("refused", "SecurityError");
      this.url = new URL(url, this.url);
      this.written.push([how, this.url.search + this.url.hash]);
    };
    Object.assign(globalThis, {
      location: this,
      history: { state: null, pushState: write("push"), replaceState: write("replace") },
    });
  }
  get href() {
    return this.url.href;
  }
  get protocol() {
    return this.url.protocol;
  }
  get pathname() {
    return this.url.pathname;
  }
  get search() {
    return this.url.search;
  }
  get hash() {
    return this.url.hash;
  }
}

/** Puts the stand-ins where the modules look for them. @returns {() => void} draws the frame that was asked for */
export function install() {
  const frames = new Map();
  let last = 0;
  new FakeAddress();
  Object.assign(globalThis, {
    devicePixelRatio: 1,
    innerHeight: 1000,
    innerWidth: 1280,
    setInterval: (/** @type {() => void} */ run, /** @type {number} */ ms) => setInterval(run, ms).unref(),
    ImageData,
    Worker: FakeWorker,
    ResizeObserver: class {
      observe() {}
      disconnect() {}
    },
    document: {
      createElement: (tag) => new FakeElement(tag),
      createElementNS: (_, tag) => new FakeElement(tag),
      addEventListener() {},
      removeEventListener() {},
    },
    getComputedStyle: () => ({
      ...{ color: "rgb(1, 2, 3)", caretColor: "red", backgroundColor: "white" },
      getPropertyValue: () => "",
    }),
    matchMedia: () => ({ matches: true, addEventListener() {} }),
    createImageBitmap: async (blob) => ({ width: 28, height: 28, blob }),
    requestAnimationFrame: (run) => (frames.set(++last, run), last),
    cancelAnimationFrame: (id) => frames.delete(id),
  });
  return () => {
    const due = [...frames.values()];
    frames.clear();
    for (const run of due) run(performance.now());
  };
}

/** Everything that was promised and can be settled now is. */
export const settled = () => new Promise((done) => setImmediate(done));

/** A network of which a test says what it answers, and when. */
export class Net {
  constructor() {
    /** @type {{url: string, body: any, resolve: (response: any) => void, reject: (error: Error) => void}[]} */
    this.asked = [];
    globalThis.fetch = (url, { body } = {}) =>
      new Promise((resolve, reject) => this.asked.push({ url, body, resolve, reject }));
  }
  /** The oldest request of an address that is not answered. */
  take(url) {
    const at = this.asked.findIndex((request) => request.url === url);
    if (at < 0) throw new Error(`${url} was not asked for, but ${this.asked.map((each) => each.url)}`);
    return this.asked.splice(at, 1)[0];
  }
  async answer(url, bytes, init = {}) {
    this.take(url).resolve(new Response(bytes, init));
    for (let turn = 0; turn < 4; turn++) await settled(); // a body is read in turns of its own
  }
  async fail(url) {
    this.take(url).reject(new TypeError("gone"));
    await settled();
  }
  /** How often an address waits for its answer. */
  waiting(url) {
    return this.asked.filter((request) => request.url === url).length;
  }
}

/** A frame as Python packs it. @param {object} header @param {...ArrayBufferView} arrays @returns {ArrayBuffer} */
export function frame(header, ...arrays) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Uint8Array.of(86, 65, 69, 88, text.length & 255, text.length >> 8, 0, 0);
  const parts = [start, text, ...arrays.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength))];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes.buffer;
}

/** A linear network: every pixel is level + 0.1 z₁. */
export function networkFile(dim = 2, level = 0.25) {
  const weight = Float32Array.from({ length: 784 * dim }, (_, i) => (i % dim ? 0 : 0.1));
  const code = { kind: "dense", inputs: 784, outputs: dim, activation: "none" };
  return frame(
    {
      kind: "network",
      precision: "<f4",
      id: "0",
      image: [28, 28],
      latent_dim: dim,
      likelihood: "gaussian",
      beta: 1,
      pixel_variance: 0.5,
      logvar_range: [-14, 4],
      decoder: [{ kind: "dense", inputs: dim, outputs: 784, activation: "none" }],
      encoder: [],
      mean: [code],
      logvar: [code],
    },
    weight,
    new Float32Array(784).fill(level),
    ...[0, 1].flatMap(() => [new Float32Array(784 * dim), new Float32Array(dim)]),
  );
}

/** Codes of `count` images with this error and KL, in a row; the classes alternate.
 * @param {number[]} [scales]  of the dimensions, in turn @param {boolean} [isVae] */
export function codesFile(count = 30, dim = 2, error = 1, kl = 2, scales = [1], isVae = true) {
  const mean = Float32Array.from({ length: count * dim }, (_, i) => Math.sin(i) * scales[(i % dim) % scales.length]);
  const errors = new Float32Array(count).fill(error),
    labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  if (!isVae)
    return frame({ kind: "codes", precision: "<f4", count, dim, logvar: false, kl: false }, mean, errors, labels);
  return frame(
    { kind: "codes", precision: "<f4", count, dim, logvar: true, kl: true },
    mean,
    Float32Array.from({ length: count * dim }, (_, i) => -2 + 2 * Math.log(scales[(i % dim) % scales.length])),
    errors,
    new Float32Array(count).fill(kl),
    labels,
  );
}

/** A sweep of two models, of which the rate names it. */
export function sweepFile(rate = 4) {
  const network = new Uint8Array(networkFile()),
    count = 4;
  const point = { distortion: 100, elbo: -104, active_units: 2, kl: [2, 2], network: network.length };
  const points = [0.5, 1].map((beta) => ({ ...point, beta, rate: rate + beta }));
  const each = [Float32Array.of(1, 0, 0, 1), Float32Array.of(0, 1, 1, 0, -1, 0, 0, -1), network];
  return frame(
    { kind: "sweep", precision: "<f4", count, dim: 2, samples: 1, points },
    Float32Array.of(0, 0),
    Uint8Array.of(0, 1, 0, 1),
    ...each,
    ...each,
  );
}

/** A training of three kept steps with this error. */
export function filmFile(error = 9) {
  const [k, shown, axes, points, frames] = [1, 1, 1, 2, 3];
  const header = {
    kind: "film",
    k,
    shown,
    axes,
    points,
    steps: [1, 10, 100],
    error: new Array(frames).fill(error),
    optimum: 5,
    predicted: null,
    plateau: null,
    angles: new Array(frames).fill([10]),
    cosines: new Array(frames).fill([[1], [1], [1]]),
    values: [3, 1],
    total: 4,
  };
  const images = [shown, shown, axes, frames * shown, frames * 3 * axes].map((n) => new Uint8Array(784 * n));
  const pairs = [1, frames, frames].map((n) => new Uint16Array(2 * points * n));
  return frame(header, ...images, new Uint8Array(frames * k * k), new Uint8Array(points), ...pairs);
}

export const classes = ["a", "b"];
export const colors = ["#ff0000", "#00ff00"];

/** @param {string} name @param {boolean} [isRemote] whether the server decodes */
export const space = (name, isRemote = false) => ({
  name,
  classes,
  colors,
  plain: null,
  image: [28, 28],
  urls: {
    ...(isRemote ? { remote: `/${name}/` } : { network: `/${name}.bin` }),
    codes: `/${name}.codes`,
    sprite: `/${name}.png`,
  },
});
/** All files of a space. @param {Net} net @param {ReturnType<typeof space>} given @param {number} [dim] */
export async function arrive(net, { urls }, dim = 2) {
  await net.answer(urls.codes, codesFile(30, dim));
  if (urls.network) await net.answer(urls.network, networkFile(dim));
  await net.answer(urls.sprite, "png");
  await settled();
}

/** What a widget says. */
export const text = (/** @type {any} */ widget) => (widget.message ?? widget.ui.message).textContent;
