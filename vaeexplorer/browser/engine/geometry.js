// @ts-check
/**
 * Where latent points lie on the screen, which of them is nearest, paths between them, and random numbers.
 *
 * @typedef {{cx: number, cy: number, scale: number, width: number, height: number}} View
 *   centre in latent units, CSS pixels per latent unit, size of the plane in CSS pixels; up is positive
 */

/** The view that shows a box of latent space whole.
 * @param {{low: [number, number], high: [number, number]}} box @param {number} width @param {number} height
 * @returns {View} */
export function fit({ low, high }, width, height) {
  const scale = Math.min(width / (high[0] - low[0]), height / (high[1] - low[1]));
  return { cx: (low[0] + high[0]) / 2, cy: (low[1] + high[1]) / 2, scale, width, height };
}

/** @param {View} v @param {number} x @param {number} y @returns {[number, number]} CSS pixels */
export const toScreen = (v, x, y) => [v.width / 2 + (x - v.cx) * v.scale, v.height / 2 - (y - v.cy) * v.scale];

/** @param {View} v @param {number} px @param {number} py @returns {[number, number]} latent units */
export const toLatent = (v, px, py) => [v.cx + (px - v.width / 2) / v.scale, v.cy - (py - v.height / 2) / v.scale];

/** Zoom about a screen point, which stays where it is.
 * @param {View} v @param {number} px @param {number} py @param {number} factor @returns {View} */
export function zoom(v, px, py, factor) {
  const [x, y] = toLatent(v, px, py);
  const scale = v.scale * factor;
  return { ...v, scale, cx: x - (px - v.width / 2) / scale, cy: y + (py - v.height / 2) / scale };
}

const [OUT, IN] = [1 / 4, 200]; // how far a visitor can zoom, of what shows everything

/** Zoom about a screen point as far as is allowed. @param {View} v @param {View} home  shows everything
 * @param {number} px @param {number} py @param {number} factor @returns {View | null} null at the limit */
export function zoomWithin(v, home, px, py, factor) {
  const allowed = Math.min(IN * home.scale, Math.max(OUT * home.scale, v.scale * factor)) / v.scale;
  return Math.abs(allowed - 1) < 1e-9 ? null : zoom(v, px, py, allowed);
}

/** @param {View} v @param {number} dx @param {number} dy CSS pixels the content moves by @returns {View} */
export const pan = (v, dx, dy) => ({ ...v, cx: v.cx - dx / v.scale, cy: v.cy + dy / v.scale });

/** Points in the plane in buckets of a grid, for a fast search of the nearest one. */
export class NearestInPlane {
  /** @param {Float32Array} xs @param {Float32Array} ys */
  constructor(xs, ys) {
    this.xs = xs;
    this.ys = ys;
    const n = xs.length;
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < n; i++) {
      x0 = Math.min(x0, xs[i]);
      x1 = Math.max(x1, xs[i]);
      y0 = Math.min(y0, ys[i]);
      y1 = Math.max(y1, ys[i]);
    }
    this.side = Math.max(1, Math.round(Math.sqrt(n / 4)));
    this.x0 = x0;
    this.y0 = y0;
    this.dx = (x1 - x0) / this.side || 1;
    this.dy = (y1 - y0) / this.side || 1;
    this.starts = new Uint32Array(this.side * this.side + 1);
    const bucket = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      bucket[i] = this.row(ys[i]) * this.side + this.column(xs[i]);
      this.starts[bucket[i] + 1]++;
    }
    for (let b = 0; b < this.side * this.side; b++) this.starts[b + 1] += this.starts[b];
    this.members = new Uint32Array(n);
    const next = this.starts.slice();
    for (let i = 0; i < n; i++) this.members[next[bucket[i]]++] = i;
  }

  /** @param {number} x */
  column(x) {
    return Math.min(this.side - 1, Math.max(0, Math.floor((x - this.x0) / this.dx)));
  }

  /** @param {number} y */
  row(y) {
    return Math.min(this.side - 1, Math.max(0, Math.floor((y - this.y0) / this.dy)));
  }

  /** The nearest point within a radius, or -1.
   * @param {number} x @param {number} y @param {number} radius @param {(i: number) => boolean} [shown] */
  find(x, y, radius, shown = () => true) {
    let best = -1,
      least = radius * radius;
    for (let r = this.row(y - radius); r <= this.row(y + radius); r++)
      for (let c = this.column(x - radius); c <= this.column(x + radius); c++)
        for (let m = this.starts[r * this.side + c]; m < this.starts[r * this.side + c + 1]; m++) {
          const i = this.members[m];
          const d = (this.xs[i] - x) ** 2 + (this.ys[i] - y) ** 2;
          if (d <= least && shown(i)) {
            least = d;
            best = i;
          }
        }
    return best;
  }
}

/** The nearest point in a direction, what lies aside counting twice; or -1.
 * @param {Float32Array} xs @param {Float32Array} ys @param {number} from  a point
 * @param {[number, number]} step  to the right and up, one of them 0 @param {number} least  how far it must be */
export function nextPoint(xs, ys, from, step, least) {
  let best = -1,
    cheapest = Infinity;
  for (let i = 0; i < xs.length; i++) {
    const dx = xs[i] - xs[from],
      dy = ys[i] - ys[from],
      along = dx * step[0] + dy * step[1];
    const cost = along > least ? along + 2 * Math.abs(dx * step[1] - dy * step[0]) : Infinity;
    if (cost < cheapest) [best, cheapest] = [i, cost];
  }
  return best;
}

/** Of points, as many as keep their distance, the first ones first: no two of them are nearer than `least` both across
 * and up. The choice is the same wherever one looks, and grows as `least` shrinks.
 * @param {Float32Array} xs @param {Float32Array} ys @param {number} least @param {(i: number) => boolean} isShown */
export function spaced(xs, ys, least, isShown) {
  /** @type {Map<number, number>} the one point in a cell of that size */ const cells = new Map();
  const chosen = [];
  for (let i = 0; i < xs.length; i++) {
    if (!isShown(i)) continue;
    const across = Math.floor(xs[i] / least),
      up = Math.floor(ys[i] / least);
    let isFree = true;
    for (let a = across - 1; isFree && a <= across + 1; a++)
      for (let b = up - 1; isFree && b <= up + 1; b++) {
        const other = cells.get(cell(a, b));
        isFree = other === undefined || Math.max(Math.abs(xs[i] - xs[other]), Math.abs(ys[i] - ys[other])) >= least;
      }
    if (!isFree) continue;
    cells.set(cell(across, up), i);
    chosen.push(i);
  }
  return chosen;
}

/** @param {number} across @param {number} up */
const cell = (across, up) => across * 4194304 + up;

/** Indices of the k codes nearest to z in all D dimensions, nearest first.
 * @param {Float32Array} codes [N * D] @param {number} dim @param {ArrayLike<number>} z @param {number} k */
export function nearestCodes(codes, dim, z, k) {
  const best = new Int32Array(k).fill(-1),
    least = new Float64Array(k).fill(Infinity);
  for (let i = 0, at = 0; at < codes.length; i++, at += dim) {
    let d = 0;
    for (let j = 0; j < dim; j++) d += (codes[at + j] - z[j]) ** 2;
    if (d >= least[k - 1]) continue;
    let place = k - 1;
    for (; place > 0 && least[place - 1] > d; place--) {
      least[place] = least[place - 1];
      best[place] = best[place - 1];
    }
    least[place] = d;
    best[place] = i;
  }
  return Array.from(best).filter((i) => i >= 0);
}

/** The straight path. @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} t in [0, 1] */
export const lerp = (a, b, t) => Array.from(a, (value, j) => value + (b[j] - value) * t);

/** Slow at both ends (smoothstep). @param {number} t in [0, 1] */
export const ease = (t) => t * t * (3 - 2 * t);

/** The path along the sphere (Shoemake 1985), lengths interpolated too; the straight one where the angle vanishes.
 * @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} t in [0, 1] */
export function slerp(a, b, t) {
  const na = Math.hypot(...Array.from(a)),
    nb = Math.hypot(...Array.from(b));
  let dot = 0;
  for (let j = 0; j < a.length; j++) dot += a[j] * b[j];
  const angle = Math.acos(Math.min(1, Math.max(-1, dot / (na * nb || 1))));
  if (angle < 1e-4 || Math.PI - angle < 1e-4) return lerp(a, b, t);
  const wa = Math.sin((1 - t) * angle) / Math.sin(angle),
    wb = Math.sin(t * angle) / Math.sin(angle);
  const length = na + (nb - na) * t;
  return Array.from(a, (value, j) => length * ((wa * value) / na + (wb * b[j]) / nb));
}

/** Whether a point lies inside a polygon (even-odd rule).
 * @param {[number, number][]} polygon @param {number} x @param {number} y */
export function inside(polygon, x, y) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i],
      [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

/** A polygon of few corners that is close to another, in numbers of few digits: an address can hold it.
 * @param {[number, number][]} polygon @returns {[number, number][]} at most 24 corners */
export function coarse(polygon) {
  const sizes = [0, 1].map((k) => {
    const values = polygon.map((corner) => corner[k]);
    return Math.max(...values) - Math.min(...values);
  });
  let corners = polygon;
  for (let near = Math.max(...sizes) / 400; corners.length > 24; near *= 1.5) corners = simplified(polygon, near);
  const places = Math.min(100, Math.max(0, Math.ceil(3 - Math.log10(Math.max(...sizes) || 1))));
  return corners.map(([x, y]) => [Number(x.toFixed(places)) + 0, Number(y.toFixed(places)) + 0]);
}

/** Without the corners that lie nearer to the line between others (Douglas & Peucker 1973).
 * @param {[number, number][]} line @param {number} near @returns {[number, number][]} */
function simplified(line, near) {
  const [first, last] = [line[0], line[line.length - 1]],
    [dx, dy] = [last[0] - first[0], last[1] - first[1]],
    length = Math.hypot(dx, dy);
  let far = 0,
    most = 0;
  line.forEach(([x, y], i) => {
    const [a, b] = [x - first[0], y - first[1]];
    const distance = length ? Math.abs(a * dy - b * dx) / length : Math.hypot(a, b);
    if (distance > most) [far, most] = [i, distance];
  });
  if (most <= near || line.length < 3) return [first, last];
  return [...simplified(line.slice(0, far + 1), near).slice(0, -1), ...simplified(line.slice(far), near)];
}

/** Normal deviates (Box & Muller 1958). @param {number} count @param {() => number} [uniform] */
export function normal(count, uniform = Math.random) {
  const values = [];
  while (values.length < count) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())),
      angle = 2 * Math.PI * uniform();
    values.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return values.slice(0, count);
}

/** Uniform deviates in (0, 1), the same ones every time (Park & Miller 1988). @param {number} seed 1 to 2147483646 */
export function repeatable(seed) {
  return () => (seed = (seed * 48271) % 2147483647) / 2147483647;
}
