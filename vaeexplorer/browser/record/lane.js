// @ts-check
/**
 * One training as the page knows it: its session, the curves so far, the moment that is shown, and what was changed by
 * hand. No element, so that it outlives the page that shows it.
 *
 * @typedef {import("../learning/session.js").Choices} Choices
 * @typedef {import("../learning/session.js").Moment} Moment
 * @typedef {import("../learning/session.js").Progress} Progress
 * @typedef {import("../learning/session.js").Event} Event
 * @typedef {{step: number, reconstruction: number, kl: number, total: number}} Point
 * @typedef {{train: Uint8Array, bits?: import("../network/images.js").Bits, test: Uint8Array,
 *            labels: Uint8Array}} Images
 *   train: all there are [N * 784 * bits / 8], of 8 bits unless given; test: the shown ones [M * 784]; labels: of these
 *   and of all test images after them
 * @typedef {{moment: (lane: Lane) => void, progress: (lane: Lane) => void, end: (lane: Lane) => void}} Watch
 */
import { Session } from "../learning/session.js";
import { decode, unpack } from "../engine/network.js";
import { bytesOf } from "../network/images.js";
import { isVariational, stepsOf } from "./choices.js";

const TESTED = 400, // ms from one test to the next, at the least and
  LONGEST = 1000, // at the most; in between
  SHARE = 20; // times as long as it took
const MOST = 3000; // points of a curve; beyond, every second one goes

export class Lane {
  /** @param {Choices} choices @param {Images} images @param {Watch} watch
   * @param {Partial<import("../learning/session.js").Branch>} [from]
   * @param {(...given: ConstructorParameters<typeof Session>) => Session} [create]  where it is trained: in this tab,
   *   unless another makes something with the same face */
  constructor(choices, images, watch, from = {}, create = (...given) => new Session(...given)) {
    this.create = create;
    this.choices = choices;
    this.images = images;
    this.watch = watch;
    this.perEpoch = stepsOf(choices);
    this.total = choices.epochs * this.perEpoch; // steps
    /** @type {Event[]} */ this.events = [...(from.events ?? [])];
    this.begins = from.replayTo ?? 0; // the step of a branch
    this.testAt = 0; // ms: the next one
    /** @type {Promise<Partial<import("../learning/session.js").Branch>>} where it rests */
    this.from = Promise.resolve({});
    this.rests = false;
    this.clear();
    this.open(from);
  }

  /** Nothing was trained yet. */
  clear() {
    /** @type {Point[]} */ this.train = [];
    /** @type {Point[]} */ this.test = [];
    /** @type {{epoch: number, codes: Float32Array}[]} */ this.snapshots = [];
    /** @type {import("../learning/session.js").Epoch[]} */ this.history = [];
    /** @type {Moment | null} the newest */ this.live = null;
    /** @type {Moment | null} what is shown */ this.moment = null;
    /** @type {import("../engine/network.js").Network | null} of that moment, unless the session has it */
    this.network = null;
    /** @type {number | null} the step that is looked back at */ this.seen = null;
    /** @type {Progress | null} */ this.progress = null;
    this.sentence = "";
    this.isOver = this.isTesting = false;
    this.testAt = 0;
  }

  /** @param {Partial<import("../learning/session.js").Branch>} from */
  open(from) {
    const { train, bits = 8, test } = this.images,
      mine = { train: train.subarray(0, this.choices.images * bytesOf(bits)), bits, test };
    this.session = this.create(
      this.choices,
      mine,
      {
        onProgress: (progress) => this.advance(progress),
        onMoment: (moment) => {
          this.live = moment;
          if (this.seen === null) this.show(moment);
          this.testNow();
        },
        onEpoch: (epoch) => {
          this.history.push(epoch);
          if (this.live) this.snapshots.push({ epoch: epoch.epoch, codes: this.live.codes });
        },
        onEnd: (reason, sentence) => {
          if (reason === "diverged") this.forget(this.step);
          this.isOver = true;
          this.sentence = sentence;
          this.watch.end(this);
        },
      },
      from,
    );
  }

  /** @param {Progress} progress */
  advance(progress) {
    this.progress = progress;
    const { step, train, test } = progress;
    if (train && step > (this.train.at(-1)?.step ?? -1)) this.add(this.train, { ...train, step }); // not of a replay
    if (test && test.step > (this.test.at(-1)?.step ?? -1)) this.add(this.test, test);
    this.watch.progress(this);
  }

  /** The test figures between two epochs' ends. */
  testNow() {
    const { session } = this;
    const began = performance.now();
    if (!session || this.isTesting || began < this.testAt) return;
    this.isTesting = true;
    session
      .testNow(this.beta)
      .then((test) => {
        if (session !== this.session || test.step <= (this.test.at(-1)?.step ?? -1)) return;
        this.add(this.test, test);
        this.watch.progress(this);
      })
      .catch(() => {}) // its session has ended
      .finally(() => {
        const now = performance.now();
        this.isTesting = false;
        this.testAt = now + Math.min(LONGEST, Math.max(TESTED, SHARE * (now - began)));
      });
  }

  /** @param {Point[]} points @param {Point} point */
  add(points, point) {
    points.push(point);
    if (points.length > MOST) points.splice(0, points.length, ...points.filter((_, k) => k % 2));
  }

  /** Nothing after a step was learned. @param {number} last */
  forget(last) {
    const isBefore = (/** @type {{step: number}} */ { step }) => step <= last;
    this.train = this.train.filter(isBefore);
    this.test = this.test.filter(isBefore);
    this.history = this.history.filter(isBefore);
    this.snapshots.length = this.history.length;
    this.events = this.events.filter(({ step }) => step < last || last === 0);
  }

  /** @param {Moment} moment */
  show(moment) {
    this.moment = moment;
    this.network = moment.weights && unpack(moment.weights);
    this.watch.moment(this);
  }

  /** The image at a point, by the moment that is shown. @param {ArrayLike<number>} z  [D]
   * @returns {Float32Array | null} [784] in [0, 1], overwritten by the next call; null where there is none */
  decode(z) {
    if (!this.moment || z.length !== this.choices.dim) return null;
    return this.network ? decode(this.network, z) : (this.session?.decode(z) ?? null);
  }

  get running() {
    return Boolean(this.progress?.running);
  }

  /** How far it has come. */
  get step() {
    return this.progress?.step ?? 0;
  }

  /** What is shown, in steps. */
  get shownStep() {
    return this.seen ?? this.step;
  }

  get beta() {
    if (this.progress) return this.progress.beta;
    const turned = this.events.filter(({ step, name }) => name === "beta" && step <= this.begins);
    return turned.at(-1)?.value ?? this.choices.beta;
  }

  /** The test figures nearest to what is shown. @returns {Point | undefined} */
  get figures() {
    const at = this.shownStep;
    return this.test.filter(({ step }) => step <= at).at(-1) ?? this.test[0];
  }

  play() {
    this.lookNow();
    this.session?.play();
  }

  /** A dial, from the next step on. @param {"beta" | "rate" | "settle"} name @param {number} value */
  set(name, value) {
    this.lookNow();
    this.session?.set(name, value);
    this.events.push({ step: this.step, name, value });
    if (name === "settle") this.total = this.step + Math.max(1, Math.round(value * this.perEpoch));
    this.isOver = false;
  }

  /** Back to the untrained network. */
  reset() {
    const { moment } = this;
    this.clear();
    this.moment = moment;
    this.session?.reset();
  }

  /** Looks back at a step, paused. @param {number} step */
  async lookAt(step) {
    this.session?.pause();
    this.seen = Math.min(step, this.step);
    const wanted = this.seen,
      moment = await this.session?.momentAt(step);
    if (moment && this.seen === wanted) this.show(moment);
  }

  /** What is learned now is shown again. */
  lookNow() {
    if (this.seen === null) return;
    this.seen = null;
    if (this.live) this.show(this.live);
  }

  /** Ends its workers; what was learned stays, and `wake` begins there. */
  rest() {
    const { session } = this;
    this.rests = true;
    this.session = null;
    if (!session) return;
    if (session.isTroubled) session.end();
    this.from = session.isTroubled ? Promise.resolve({}) : session.rest().catch(() => ({}));
  }

  /** New workers, where the old ones rested. */
  async wake() {
    this.rests = false;
    const from = await this.from;
    if (this.session || this.rests) return;
    this.lookNow();
    if (this.progress) this.progress = { ...this.progress, running: false };
    this.open(from);
  }

  /** For good. */
  end() {
    this.session?.end();
    this.session = null;
  }

  get isVariational() {
    return isVariational(this.choices);
  }
}
