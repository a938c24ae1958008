// @ts-check
/** Thousands of dots at once, or of ellipses. */
import { spread } from "../engine/projections.js";
import { toScreen } from "../engine/geometry.js";

/** How much of each device pixel a dot covers: round, with a soft edge. @param {number} radius device pixels */
function stamp(radius) {
  const half = Math.ceil(radius),
    side = 2 * half + 1,
    cover = new Float32Array(side * side);
  for (let v = -half; v <= half; v++)
    for (let u = -half; u <= half; u++)
      cover[(v + half) * side + u + half] = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(u, v)));
  return { half, side, cover };
}

/** Reused: pictures follow many times a second. @type {ImageData | undefined} */
let image;

/** Transparent. @param {number} width @param {number} height @returns {ImageData} */
function blank(width, height) {
  if (image?.width === width && image.height === height) image.data.fill(0);
  else image = new ImageData(width, height);
  return image;
}

/**
 * Dots of about 3 CSS pixels, written into the pixels themselves: 70,000 of them in a few milliseconds.
 * @param {CanvasRenderingContext2D} context  of a canvas of the view's size times `ratio`
 * @param {import("../engine/geometry.js").View} view @param {Float32Array} xs @param {Float32Array} ys
 * @param {Uint8ClampedArray} colors  [N * 4] @param {number} ratio device pixels per CSS pixel
 */
export function drawPoints(context, view, xs, ys, colors, ratio) {
  const { width, height } = context.canvas;
  const all = blank(width, height),
    pixels = all.data;
  const { half, side, cover } = stamp((xs.length > 20000 ? 1 : 1.65) * ratio);
  for (let i = 0; i < xs.length; i++) {
    const alpha = colors[4 * i + 3] / 255;
    if (!alpha) continue;
    const left = Math.round((view.width / 2 + (xs[i] - view.cx) * view.scale) * ratio) - half;
    const top = Math.round((view.height / 2 - (ys[i] - view.cy) * view.scale) * ratio) - half;
    if (left < 0 || top < 0 || left + side > width || top + side > height) continue;
    for (let v = 0; v < side; v++)
      for (let u = 0; u < side; u++) {
        const a = alpha * cover[v * side + u];
        if (!a) continue;
        const p = 4 * ((top + v) * width + left + u),
          old = (pixels[p + 3] / 255) * (1 - a),
          sum = a + old;
        for (let c = 0; c < 3; c++) pixels[p + c] = (colors[4 * i + c] * a + pixels[p + c] * old) / sum;
        pixels[p + 3] = 255 * sum;
      }
  }
  context.putImageData(all, 0, 0);
}

/** The posterior of each image, one standard deviation wide.
 * @param {CanvasRenderingContext2D} g @param {import("../engine/geometry.js").View} view
 * @param {import("../engine/projections.js").Plane} plane
 * @param {import("../engine/codes.js").Codes} codes  with logvar
 * @param {Uint8ClampedArray} colors  [N * 4] @param {number} ratio device pixels per CSS pixel */
export function drawEllipses(g, view, plane, codes, colors, ratio) {
  const { logvar, dim, count } = codes,
    { xs, ys } = plane;
  if (!logvar) return;
  /** @type {Map<number, [number, number, number, number, number][]>} by colour, to four bits */ const all = new Map();
  for (let i = 0; i < count; i++) {
    if (!colors[4 * i + 3]) continue;
    const [xx, yy, xy] = spread(plane, logvar.subarray(i * dim, (i + 1) * dim)),
      half = (xx - yy) / 2,
      root = Math.hypot(half, xy),
      long = Math.sqrt((xx + yy) / 2 + root) * view.scale,
      short = Math.sqrt(Math.max(0, (xx + yy) / 2 - root)) * view.scale,
      [x, y] = toScreen(view, xs[i], ys[i]);
    if (x < -long || y < -long || x > view.width + long || y > view.height + long) continue;
    const color = ((colors[4 * i] >> 4) << 8) | ((colors[4 * i + 1] >> 4) << 4) | (colors[4 * i + 2] >> 4);
    if (!all.has(color)) all.set(color, []);
    all.get(color)?.push([x, y, long, short, -Math.atan2(xy, half) / 2]);
  }
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, view.width, view.height);
  g.lineWidth = 1;
  g.globalAlpha = 0.5;
  for (const [color, ellipses] of all) {
    g.strokeStyle = `rgb(${[color >> 8, (color >> 4) & 15, color & 15].map((part) => 17 * part).join()})`;
    g.beginPath();
    for (const [x, y, long, short, angle] of ellipses) {
      g.moveTo(x + long * Math.cos(angle), y + long * Math.sin(angle));
      g.ellipse(x, y, long, short, angle, 0, 2 * Math.PI);
    }
    g.stroke();
  }
  g.globalAlpha = 1;
}
