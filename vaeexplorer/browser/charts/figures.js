// @ts-check
/**
 * Plotly figures in a grid, each fetched once from an address with a hash and drawn in the colours of the page.
 *
 * @typedef {{url: string, height: number, alt: string, reading: string}} Figure  url: of its JSON, data and layout;
 *   height: CSS pixels; alt: what it shows, for those who do not see it; reading: one line below it, or nothing
 * @typedef {{plotly: string, columns: number, figures: (Figure | null)[]}} Figures
 *   plotly: address of the library; figures: row by row, null where a place is empty
 */
import { complain, h } from "../draw/dom.js";
import { readTheme } from "../draw/theme.js";
import { fetchOnce } from "../engine/fetch.js";

/** @type {any} the library puts itself here */
const page = globalThis;
/** @type {Promise<any> | null} */
let loading = null;

/** The library, fetched when a first figure is to be drawn. @param {string} url @returns {Promise<any>} */
function plotly(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = h("script", { src: url });
    script.onload = () => resolve(page.Plotly);
    script.onerror = () => {
      script.remove();
      loading = null;
      reject(new Error("The charts cannot be fetched."));
    };
    document.head.append(script);
  });
  return loading;
}

/** @param {ArrayBuffer} bytes */
const parsed = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** One figure and the line below it. */
class Place {
  /** @param {Figure | null} figure */
  constructor(figure) {
    this.figure = figure;
    this.plot = h("div", { class: "vx-plot", style: `height: ${figure?.height ?? 0}px` });
    this.element = figure
      ? h("figure", { role: "group", "aria-label": figure.alt }, this.plot)
      : h("div", { "aria-hidden": "true" });
    if (figure?.reading) this.element.append(h("figcaption", { textContent: figure.reading }));
    /** @type {any} */
    this.library = null;
    this.size = 13;
    // A folded part of the page has no width before it is opened.
    this.watcher = new ResizeObserver(() => this.plot.clientWidth && this.library?.Plots.resize(this.plot));
  }

  /** @param {string} library  the address of plotly */
  async draw(library) {
    const { figure } = this;
    if (!figure) return;
    try {
      const [shown, drawing] = await Promise.all([fetchOnce(figure.url, parsed), plotly(library)]);
      if (!this.plot.isConnected) return;
      const layout = { ...shown.layout, ...this.colors(shown.layout.font.size), autosize: true };
      await drawing.newPlot(this.plot, shown.data, layout, { displaylogo: false });
      this.library = drawing;
      this.watcher.observe(this.plot);
    } catch (error) {
      if (this.plot.isConnected)
        complain(this.plot, error instanceof Error ? error.message : String(error), () => this.draw(library));
    }
  }

  /** What a figure takes from the page, beside its own size of type. @param {number} size */
  colors(size) {
    const { text, card } = readTheme(this.plot),
      family = getComputedStyle(this.plot).fontFamily;
    this.size = size;
    return { font: { family, color: text, size }, hoverlabel: { bgcolor: card, font: { family, color: text, size } } };
  }

  /** The theme is another. */
  repaint() {
    this.library?.relayout(this.plot, this.colors(this.size));
  }

  stop() {
    this.watcher.disconnect();
    this.library?.purge(this.plot);
    this.element.remove();
  }
}

export class FigureGrid {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Place[]} */
    this.places = [];
    this.known = "";
  }

  /** Draws figures; those of the same data again in the theme of now. @param {Figures} data */
  update(data) {
    const known = JSON.stringify(data);
    if (known === this.known) {
      for (const place of this.places) place.repaint();
      return;
    }
    this.known = known;
    for (const place of this.places) place.stop();
    this.places = data.figures.map((figure) => new Place(figure));
    this.root.style.setProperty("--columns", String(data.columns));
    this.root.replaceChildren(...this.places.map((place) => place.element));
    for (const place of this.places) void place.draw(data.plotly);
  }

  stop() {
    for (const place of this.places) place.stop();
  }
}
