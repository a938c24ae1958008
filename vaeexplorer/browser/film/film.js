// @ts-check
/**
 * Films of one or two runs on one slider: codes, what the decoder drew, and curves.
 *
 * @typedef {import("./pane.js").Given} Given
 * @typedef {{films: Given[], sentence: string}} Told  sentence: in place of a film that cannot be shown
 * @typedef {import("../interact/links.js").Texts} Texts
 */
import { button, complain, h, legend, prefersStill } from "../draw/dom.js";
import { shortest } from "../draw/numbers.js";
import { Latest, fetchOnce } from "../engine/fetch.js";
import { formatLinks, parseLinks } from "../interact/links.js";
import { Loading } from "../interact/loading.js";
import { Pane } from "./pane.js";
import { moments, unpackRunFilm } from "./unpack.js";

const SECONDS = 8; // a whole film

const rounded = (/** @type {number} */ epoch) => shortest(Number(epoch.toFixed(2)));

export class Film {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: Texts) => void} */ this.report = () => {};
    /** @type {Texts} where to open */ this.texts = {};
    this.key = ""; // of the films that are shown or on their way
    this.latest = new Latest();
    /** @type {Pane[]} */ this.panes = [];
    /** @type {number[]} epochs at which there is something to see */ this.moments = [];
    this.at = 0; // of the moments
    this.playing = 0;
    this.play = button("Play", "From here on, or again from the start", () =>
      this.playing ? this.go(this.at) : this.begin(),
    );
    this.slider = h("input", { type: "range", min: "0", max: "0", step: "1", "aria-label": "Moment of the training" });
    this.slider.oninput = () => {
      this.pause();
      this.show(Number(this.slider.value));
    };
    this.slider.onchange = () => this.go(Number(this.slider.value));
    this.said = h("output", { class: "said" });
    this.message = h("p", { class: "message", role: "status" });
    this.legend = h("div", { class: "legend plain" });
    this.box = h("div", { class: "panes" });
    const controls = h("fieldset", { class: "player" }, this.play, this.slider, this.said);
    this.loading = new Loading(root, [controls]);
    root.append(controls, this.loading.element, this.message, this.box, this.legend);
  }

  stop() {
    this.latest.stop();
    this.loading.end(false);
    cancelAnimationFrame(this.playing);
    for (const pane of this.panes) pane.stop();
    this.root.remove();
  }

  /** @param {Told} told @param {Texts} texts  where to open; used when the films are others */
  update(told, texts) {
    const key = told.films.map(({ url }) => url).join();
    if (key === this.key) {
      for (const pane of this.panes) pane.redraw(); // the theme may be another
      return;
    }
    this.key = key;
    this.texts = texts;
    this.pause();
    this.loading.begin(
      "the film",
      told.films.map(({ url }) => url),
    );
    this.latest.ask(
      () => Promise.all(told.films.map(({ url }) => fetchOnce(url, unpackRunFilm))),
      (films) => this.open(told, films),
      (error) => {
        this.key = "";
        this.loading.end(false);
        complain(this.message, `The film could not be opened. ${error.message}`, () => this.update(told, this.texts));
      },
    );
  }

  /** @param {Told} told @param {import("./unpack.js").RunFilm[]} films */
  open(told, films) {
    for (const pane of this.panes) pane.stop();
    this.panes = films.map((film, k) => new Pane(told.films[k], film));
    this.moments = moments(films);
    this.slider.max = String(this.moments.length - 1);
    this.box.replaceChildren(...this.panes.map(({ element }) => element));
    this.box.dataset.count = String(films.length);
    this.legend.replaceChildren(...legend(told.films[0]));
    this.message.textContent = "";
    this.loading.end(true);
    this.openLink();
  }

  /** The address is another, of the same films. @param {Texts} texts */
  follow(texts) {
    this.texts = texts;
    if (this.panes.length) this.openLink();
  }

  /** The last moment, or the one that the link holds. */
  openLink() {
    const { values, wrong } = parseLinks(this.address.keys, this.texts, 0);
    this.pause();
    const last = this.moments.length - 1,
      at = values.epoch === null ? last : this.moments.filter((epoch) => epoch <= values.epoch + 1e-6).length - 1;
    this.show(Math.max(0, at));
    this.message.textContent = wrong;
  }

  begin() {
    const last = this.moments.length - 1,
      from = this.at >= last ? 0 : this.at,
      start = performance.now() - (from / Math.max(1, last)) * 1000 * SECONDS;
    const run = (/** @type {number} */ now) => {
      const at = Math.min(last, Math.floor(((now - start) / 1000 / SECONDS) * last));
      if (at !== this.at) this.show(Math.max(0, at));
      if (at < last) this.playing = requestAnimationFrame(run);
      else this.go(last);
    };
    if (prefersStill()) return this.go(from === this.at ? this.at + 1 : from); // a step a press
    this.show(from);
    this.playing = requestAnimationFrame(run);
    this.play.textContent = "Pause";
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.play.textContent = "Play";
  }

  /** Stops at a moment, and reports its epoch; the last one is where a film opens. @param {number} at */
  go(at) {
    this.pause();
    this.show(Math.min(this.moments.length - 1, at));
    const epoch = this.moments.slice(0, -1)[this.at] ?? null;
    this.report(formatLinks(this.address.keys, { epoch }));
  }

  /** @param {number} at */
  show(at) {
    this.at = at;
    const epoch = this.moments[at],
      last = this.moments[this.moments.length - 1];
    this.slider.value = String(at);
    this.said.textContent = `epoch ${rounded(epoch)} of ${rounded(last)}`;
    this.slider.setAttribute("aria-valuetext", this.said.textContent);
    for (const pane of this.panes) pane.show(epoch);
  }
}
