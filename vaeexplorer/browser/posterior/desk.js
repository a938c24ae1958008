// @ts-check
/**
 * The true posterior of one image after another, in a worker or in the page. The decoder's answers on a grid are laid
 * row by row, nearest to the image first; an image is sketched as soon as it comes, and measured once it has rested:
 * a newer image ends the work on the one before, between two batches.
 *
 * @typedef {import("../engine/network.js").Network} Network
 * @typedef {import("../engine/evidence.js").Gaussian} Gaussian
 * @typedef {{low: [number, number], high: [number, number]}} Box  of latent coordinates
 * @typedef {{id: number, x: Float32Array, q: Gaussian, eps: Float64Array, box: Box | null}} Request
 *   q: the encoder's; eps: noise of the importance-weighted bound, [k * 2]; box: what is in view, null for all of the
 *   grid
 * @typedef {{side: number, box: Box, density: Uint8Array<ArrayBuffer>, isGrid: boolean}} Picture
 *   density of side^2 cells, z1 fastest, 255 the largest in the picture
 * @typedef {{logEvidence: number, elbo: number, best: number, bestGaussian: Gaussian, highest: [number, number],
 *            inView: number | null, decoded: number}} Measured
 *   nats; highest: the likeliest point of the grid; inView: share of the mass in the box
 * @typedef {{z: Float64Array, weights: Float64Array, bounds: Float64Array}} Climb  of the importance-weighted bound
 * @typedef {{laid: number} | {id: number, picture: Picture} | {id: number, measured: Measured, climb: Climb}
 *           | {id: number, error: string}} Answer
 *   laid: the share of the grid's rows
 */
import { Batch, isDense } from "../decoding/batch.js";
import { bestGaussian, elbo, elsewhere, evidence, importance, priorCost } from "../engine/evidence.js";
import { centre, emptyGrid, fill, logJoint, logSum } from "../engine/grid.js";
import { logLikelihood } from "../engine/likelihood.js";
import { PIXELS, parameter } from "../engine/network.js";
import { isCompiled, kernel } from "../kernel/kernel.js";

const MOST = 400, // points decoded at once by the kernel
  FEW = 40, // and one by one: a third of a frame
  SKETCH = 20, // cells along a side of a first picture,
  FINE = 44, // and of that of an image that rests
  SLICE = 12, // ms of work, of many short pieces
  ALIKE = 1e-9; // nats by which two bounds may differ and be the same

class Outdated extends Error {}

export class Desk {
  /** @param {(answer: Answer) => void} answer @param {() => Promise<void>} pause  lets a newer message in */
  constructor(answer, pause) {
    this.answer = answer;
    this.pause = pause;
    /** @type {Network | null} */ this.network = null;
    /** @type {Batch | null} */ this.batch = null;
    /** @type {import("../engine/grid.js").Grid | null} */ this.grid = null;
    /** @type {number[]} rows of the grid that are not laid yet, the next one last */ this.rows = [];
    /** @type {Request | null} */ this.request = null;
    this.isSketched = this.isMeasured = true;
    /** @type {Promise<void> | null} */ this.work = null;
  }

  /** Another network: its grid is laid from now on.
   * @param {Network} network  of two latent dimensions @param {number} side  of the grid, even @param {number} reach */
  async use(network, side, reach) {
    this.network = network;
    this.request = null;
    this.batch = null;
    this.grid = emptyGrid(side, reach);
    this.rows = Array.from({ length: side }, (_, row) => row).sort((a, b) => far(b, side) - far(a, side));
    const found = await kernel();
    if (this.network === network && isCompiled(found) && isDense(network)) this.batch = new Batch(found, network, MOST);
    return this.go();
  }

  /** The newest image, in the place of the one before. @param {Request} request */
  ask(request) {
    const { grid } = this;
    this.request = request;
    this.isSketched = this.isMeasured = false;
    if (grid) {
      const row = Math.round((request.q.mean[1] + grid.reach) / grid.step);
      this.rows.sort((a, b) => Math.abs(b - row) - Math.abs(a - row));
    }
    return this.go();
  }

  /** Works until nothing is left to do. @returns {Promise<void>} */
  go() {
    this.work ??= this.turns().finally(() => {
      this.work = null;
    });
    return this.work;
  }

  async turns() {
    await this.pause();
    let rested = performance.now();
    while (this.network && this.grid) {
      const { request } = this;
      try {
        if (request && !this.isSketched) await this.sketch(request, SKETCH);
        else if (this.rows.length) this.lay();
        else if (request && !this.isMeasured) await this.measure(request);
        else return;
      } catch (error) {
        if (!(error instanceof Outdated)) {
          this.isSketched = this.isMeasured = true;
          this.answer({ id: request?.id ?? -1, error: error instanceof Error ? error.message : String(error) });
        }
      }
      if (performance.now() - rested < SLICE) continue;
      await this.pause();
      rested = performance.now();
    }
  }

  /** The next row of the grid. */
  lay() {
    const { network, grid, rows } = this,
      row = rows.pop();
    if (!network || !grid || row === undefined) return;
    const first = row * grid.side,
      zs = Float32Array.from(Array.from({ length: grid.side }, (_, k) => centre(grid, first + k)).flat());
    fill(grid, first, this.parameters(zs), network);
    this.answer({ laid: 1 - rows.length / grid.side });
    // all of the plane fills in as it is laid
    if (this.request && !this.request.box && rows.length % 16 === 0) this.isSketched = false;
  }

  /** What the decoder says at latent points. @param {Float32Array} zs  [N * 2], N at most `MOST`
   * @returns {Float32Array}  [N * 784] */
  parameters(zs) {
    const { batch, network } = this;
    if (batch) return batch.parameters(zs, 2);
    const found = new Float32Array((zs.length / 2) * PIXELS);
    for (let i = 0; 2 * i < zs.length; i++)
      found.set(parameter(/** @type {Network} */ (network), zs.subarray(2 * i, 2 * i + 2)), i * PIXELS);
    return found;
  }

  /** ln p(x, z) at any points, a batch at a time. @param {Request} request */
  joint(request) {
    return async (/** @type {Float64Array} */ points) => {
      const { network } = this,
        values = new Float64Array(points.length / 2),
        most = this.batch ? MOST : FEW;
      for (let start = 0; start < values.length; start += most) {
        if (start) await this.pause();
        if (this.request !== request || !network) throw new Outdated();
        const some = points.subarray(2 * start, 2 * Math.min(start + most, values.length)),
          found = this.parameters(Float32Array.from(some));
        for (let i = 0; 2 * i < some.length; i++) {
          const decoded = found.subarray(i * PIXELS, (i + 1) * PIXELS);
          values[start + i] = logLikelihood(request.x, decoded, network) - priorCost(some[2 * i], some[2 * i + 1]);
        }
      }
      return values;
    };
  }

  /** A picture of what is in view. @param {Request} request @param {number} side
   * @returns {Promise<number>} ln of the mass in it, nats */
  async sketch(request, side) {
    const { grid, network } = this,
      { box } = request;
    if (!grid || !network) return -Infinity;
    this.isSketched = true;
    if (!box) {
      const { reach } = grid,
        all = /** @type {Box} */ ({ low: [-reach, -reach], high: [reach, reach] });
      return this.show(request, logJoint(grid, request.x, network), grid.side, all, true);
    }
    const points = new Float64Array(2 * side * side);
    for (let at = 0; at < side * side; at++)
      for (const axis of [0, 1]) {
        const cell = axis ? Math.floor(at / side) : at % side;
        points[2 * at + axis] = box.low[axis] + ((box.high[axis] - box.low[axis]) * (cell + 0.5)) / side;
      }
    return this.show(request, await this.joint(request)(points), side, box, false);
  }

  /** @param {Request} request @param {ArrayLike<number>} values  ln p(x, z) of the cells @param {number} side
   * @param {Box} box @param {boolean} isGrid @returns {number} ln of the mass, nats */
  show({ id }, values, side, box, isGrid) {
    let highest = -Infinity;
    for (let i = 0; i < values.length; i++) highest = Math.max(highest, values[i]);
    const density = Uint8Array.from(values, (value) => Math.round(255 * Math.exp(value - highest)));
    this.answer({ id, picture: { side, box, density, isGrid } });
    const area = ((box.high[0] - box.low[0]) * (box.high[1] - box.low[1])) / side ** 2;
    return logSum(values) + Math.log(area);
  }

  /** Every number, of an image that rests. @param {Request} request */
  async measure(request) {
    const { grid, network } = this,
      { id, x, q, eps, box } = request,
      joint = this.joint(request);
    if (!grid || !network) return;
    const values = logJoint(grid, x, network),
      { logEvidence, decoded } = await evidence(grid, values, joint),
      bound = await elbo(q, joint);
    const near = await bestGaussian(q, joint),
      other = await bestGaussian(elsewhere(grid, values, near), joint),
      best = other.elbo > near.elbo + ALIKE ? other : near;
    const { z, weights, bounds } = await importance(q, eps, joint),
      mass = await this.sketch(request, FINE);
    let top = 0;
    for (let i = 0; i < values.length; i++) if (values[i] > values[top]) top = i;
    this.isMeasured = true;
    const measured = {
      logEvidence,
      elbo: bound,
      best: Math.max(best.elbo, bound),
      bestGaussian: { mean: best.mean, logvar: best.logvar },
      highest: centre(grid, top),
      inView: box && Number.isFinite(logEvidence) ? Math.min(1, Math.exp(mass - logEvidence)) : null,
      decoded,
    };
    this.answer({ id, measured, climb: { z, weights, bounds } });
  }
}

/** How far a row is from the middle. @param {number} row @param {number} side */
const far = (row, side) => Math.abs(row + 0.5 - side / 2);
