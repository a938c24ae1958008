// @ts-check
/**
 * A training in the visitor's own tab, as a page has it: one worker trains, a second one draws codes from copies of the
 * parameters, so that neither waits for the other. Without workers both are done in the page, a little at a time.
 *
 * @typedef {import("../network/choices.js").Choices} Choices
 * @typedef {import("../network/dials.js").Event} Event
 * @typedef {import("../network/trainer.js").State} State
 * @typedef {import("./viewing.js").Moment} Moment
 *   weights: the decoder's bytes for `unpack` of engine/network.js and `use` of decoding/background.js; null of the
 *   newest moment, which the session decodes itself, but where there is no WebAssembly; codes: the means of the test
 *   images, [N * D]; logvars: ln sigma^2 of them, null of an AE and of moments that were kept
 * @typedef {{reconstruction: number, kl: number, total: number}} Terms
 *   nats an image, whatever is minimised; total = reconstruction + beta * kl
 * @typedef {{step: number, epoch: number, train: Terms | null, test: (Terms & {step: number}) | null,
 *            imagesPerSecond: number, secondsLeft: number | null, beta: number, rate: number, running: boolean,
 *            replaying: boolean}} Progress
 *   epoch: with a fraction; train: over the images since the last progress, null where there were none; test: the
 *   newest; replaying: a branch has not come to its step yet
 * @typedef {{epoch: number, step: number, train: Terms, test: Terms, seconds: number}} Epoch  a row of history.csv
 * @typedef {{moments: number[], states: number[]}} KeptSteps
 *   moments: of the film; states: from which a branch begins without a replay, and so it does from step 0
 * @typedef {"done" | "diverged" | "trouble"} Reason
 * @typedef {{onProgress?: (progress: Progress) => void, onEpoch?: (epoch: Epoch) => void,
 *            onMoment?: (moment: Moment) => void, onKept?: (steps: KeptSteps) => void,
 *            onEnd?: (reason: Reason, sentence: string) => void}} Handlers
 *   onProgress, onMoment: ten times a second; onEnd: nothing more is trained; the sentence is for the visitor, empty
 *   where all went as planned. Where the loss became infinite, the model is back where it was good, and so are the
 *   dials: with a smaller rate, `play` goes on
 * @typedef {import("./kept.js").Stood & {moments: [number, import("./viewing.js").Filmed][]}} Film
 * @typedef {{choices: Choices, events: Event[], state: State | null, replayTo: number, film?: Film}} Branch
 * @typedef {{choices: Choices, events: Event[], steps: number, hash: string}} Record
 *   a training of the same images that gets the same events comes to the same hash after as many steps
 */
import { isCompiled, kernel } from "../kernel/kernel.js";
import { Newest } from "./pictures.js";
import { open } from "./side.js";

const NO_FILM = /** @type {any} */ ({});

export class Session {
  /**
   * Nothing runs before `play`, `batch` or `epoch`; the first moment, of the untrained network, comes by itself.
   * @param {Choices} choices
   * @param {{train: Uint8Array, bits?: import("../network/images.js").Bits, test: Uint8Array}} images  they stay the
   *   page's: train [N * 784 * bits / 8], of 8 bits unless given; test [N * 784]
   * @param {Handlers} handlers
   * @param {Partial<Branch>} [from]  what `branch` or `rest` returned
   */
  constructor(choices, images, handlers, from = {}) {
    this.choices = choices;
    this.handlers = handlers;
    /** @type {Epoch[]} */ this.history = [];
    /** @type {KeptSteps} */ this.kept = { moments: [], states: [] };
    /** @type {Progress | null} */ this.progress = null;
    /** @type {(Terms & {step: number}) | null} */ this.test = null;
    /** @type {Map<number, Omit<Epoch, "test">>} */ this.untested = new Map();
    /** @type {{reason: Reason, sentence: string} | null} */ this.ending = null;
    /** @type {import("./side.js").Side[]} */ this.sides = [];
    /** @type {Newest | null} */ this.newest = null;
    this.isOver = this.isTroubled = false;
    /** Resolved once training can begin; says where it runs, and on what. */
    this.ready = this.start(images, from);
    this.ready.catch((/** @type {Error} */ error) => this.hear("trouble", error.message));
  }

  /** @param {ConstructorParameters<typeof Session>[1]} images @param {Partial<Branch>} from
   * @returns {Promise<{where: "worker" | "page", arithmetic: "webassembly" | "javascript"}>} */
  async start({ train, bits = 8, test }, { events, state, replayTo, film: { moments = [], ...film } = NO_FILM }) {
    const hear = (/** @type {string} */ name, /** @type {any} */ value) => this.hear(name, value);
    const [training, viewing, arithmetic] = await Promise.all([
      open("training", hear),
      open("viewing", hear),
      kernel(),
    ]);
    this.sides = [training, viewing];
    if (this.isOver) this.sides.forEach((side) => side.end());
    if (isCompiled(arithmetic)) this.newest = new Newest(arithmetic, this.choices);
    const { port1, port2 } = new MessageChannel(),
      own = train.slice(); // one copy, where a message would make two
    const [{ compiled }] = await Promise.all([
      training.call(
        "start",
        [this.choices, own, { bits, events, state, replayTo, film: moments.length ? film : undefined }, port1],
        [port1, own.buffer],
      ),
      viewing.call("start", [this.choices, test, port2, moments], [port2]),
    ]);
    return { where: training.inWorker ? "worker" : "page", arithmetic: compiled ? "webassembly" : "javascript" };
  }

  /** What a side reports. @param {string} name @param {any} value */
  hear(name, value) {
    if (this.isOver || this.isTroubled) return;
    const { handlers } = this;
    if (name === "progress") {
      this.progress = { ...value, test: this.test };
      handlers.onProgress?.(/** @type {Progress} */ (this.progress));
    } else if (name === "moment") this.see(value);
    else if (name === "kept") {
      this.kept = value;
      handlers.onKept?.(value);
    } else if (name === "epoch") this.untested.set(value.step, value);
    else if (name === "test") this.tested(value);
    else if (name === "end") this.ending = value;
    else if (name === "trouble") {
      this.ending = { reason: "trouble", sentence: value };
      this.isTroubled = true;
    }
    if (!this.ending || (this.ending.reason === "done" && this.untested.size)) return; // its last test is under way
    const { reason, sentence } = this.ending;
    this.ending = null;
    handlers.onEnd?.(reason, sentence);
  }

  /** @param {import("./viewing.js").Seen} seen */
  see({ decoder, ...moment }) {
    if (decoder) {
      this.newest?.use(decoder);
      void this.sides[1].call("reuse", [decoder], [decoder.buffer]);
    }
    this.handlers.onMoment?.(moment);
  }

  /** @param {Terms & {step: number}} test */
  tested(test) {
    this.test = test;
    const epoch = this.untested.get(test.step);
    if (!epoch) return;
    this.untested.delete(test.step);
    const { reconstruction, kl, total } = test;
    this.history.push({ ...epoch, test: { reconstruction, kl, total } });
    this.handlers.onEpoch?.(/** @type {Epoch} */ (this.history.at(-1)));
  }

  /** Runs on until the end, or until `pause`. */
  play() {
    this.tell("play");
  }

  pause() {
    this.tell("pause");
  }

  /** Runs one batch, and pauses. */
  batch() {
    this.tell("batch");
  }

  /** Runs to the end of the epoch, and pauses. */
  epoch() {
    this.tell("epoch");
  }

  /** Back to the untrained network, with the same seed, and to the dials as they were chosen. */
  reset() {
    this.history = [];
    this.test = null;
    this.untested.clear();
    this.tell("reset");
  }

  /** For good: its workers end. */
  end() {
    this.isOver = true;
    for (const side of this.sides) side.end();
  }

  /**
   * A dial, from the next step on: beta; rate, the largest step size; settle, over so many epochs the rate falls to
   * almost 0, and training ends there.
   * @param {"beta" | "rate" | "settle"} name @param {number} value
   */
  set(name, value) {
    this.tell("set", name, value);
  }

  /** Ends it. @returns {Promise<Branch>} for a new Session of the same images, which goes on where this one stood and
   * has its film */
  async rest() {
    try {
      this.pause();
      const film = await this.ask(0, "filmed"),
        [{ steps }, moments] = await Promise.all([this.record(), this.ask(1, "filmed")]);
      return { ...(await this.branch(steps, {})), film: { ...film, moments } };
    } finally {
      this.end();
    }
  }

  /** One clock for several: no step from this one on, until another limit is set. @param {number} step */
  limit(step) {
    this.tell("limit", step);
  }

  /** Steps of the moments that are kept. */
  moments() {
    return this.kept.moments;
  }

  /** The kept moment nearest to a step, null where there is none. @param {number} step
   * @returns {Promise<import("./viewing.js").KeptMoment | null>} */
  momentAt(step) {
    return this.ask(1, "momentAt", step);
  }

  /** The image at a point of the newest moment. @param {ArrayLike<number>} z  [D]
   * @returns {Float32Array | null} [784] in [0, 1], overwritten by the next call; null before the first moment, and
   *   where moments bring their weights */
  decode(z) {
    return this.newest && this.newest.decode(z);
  }

  /** The images at many points of the newest moment, beside the page.
   * @param {Float32Array} zs  [N * D] @returns {Promise<Uint8Array>} [N * 784] grey levels */
  decodeAll(zs) {
    return this.ask(1, "decodeAll", zs);
  }

  /** q(z|x) of an image [784] in [0, 1], by the newest moment. @param {Float32Array} image
   * @returns {Promise<{step: number, mean: number[], logvar: number[] | null}>} */
  encode(image) {
    return this.ask(1, "encode", image);
  }

  /** The loss on the test images by the newest moment, between two epochs' ends. @param {number} beta
   * @returns {Promise<Terms & {step: number}>} */
  testNow(beta) {
    return this.ask(1, "test", beta);
  }

  /** Codes of other images and the loss on them, by the newest moment.
   * @param {Uint8Array} images  [N * 784] @param {number} beta
   * @returns {Promise<Terms & {step: number, codes: Float32Array, logvars: Float32Array | null}>} [N * D] each */
  measure(images, beta) {
    return this.ask(1, "measure", images, beta);
  }

  /**
   * The same training up to a step, and other dials from there on: for a new Session of the same images. It begins at
   * the newest full state before that step and runs to it again, to the same bits.
   * @param {number} step @param {{beta?: number, rate?: number}} changes @returns {Promise<Branch>}
   */
  async branch(step, changes) {
    const [state, record] = await Promise.all([this.ask(0, "stateBefore", step), this.record()]);
    const events = record.events.filter(
      (event) => event.step < step || (event.step === step && !(event.name in changes)),
    );
    for (const [name, value] of Object.entries(changes))
      events.push({ step, name: /** @type {"beta" | "rate"} */ (name), value });
    return { choices: this.choices, events, state, replayTo: step };
  }

  /** @returns {Promise<Record>} */
  record() {
    return this.ask(0, "record");
  }

  /** All parameters, as the `state_dict` of a run of these choices has them.
   * @returns {Promise<import("../network/tensors.js").Tensors>} */
  weights() {
    return this.ask(0, "tensors");
  }

  /** @param {string} name @param {...any} given */
  tell(name, ...given) {
    this.ask(0, name, ...given).catch((error) => this.hear("trouble", error.message));
  }

  /** @param {0 | 1} side @param {string} name @param {...any} given */
  async ask(side, name, ...given) {
    await this.ready;
    return this.sides[side].call(name, given);
  }
}

/** Seconds that a training takes. @param {Choices} choices @param {number} imagesPerSecond */
export const estimate = ({ epochs, images }, imagesPerSecond) => (epochs * images) / imagesPerSecond;
