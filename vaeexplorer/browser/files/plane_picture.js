// @ts-check
/**
 * A latent plane as a file: PNG as it stands on the screen, SVG as shapes that a drawing program can change.
 *
 * @typedef {{view: import("../engine/geometry.js").View, theme: import("../draw/theme.js").Theme,
 *            labels: [string, string], xs: Float32Array, ys: Float32Array, colors: Uint8ClampedArray,
 *            plane: import("../engine/projections.js").Plane, ellipses: import("../engine/codes.js").Codes | null,
 *            sprite: ImageBitmap | null, thumbnails: import("../draw/sprite.js").Thumbnails,
 *            manifold: {canvas: HTMLCanvasElement, box: number[]} | null, layers: HTMLCanvasElement[],
 *            drawOverlay(g: CanvasRenderingContext2D): void}} Picture
 *   labels: of the axes across and up; colors: RGBA of the dots; ellipses: the codes whose posteriors stand in place of
 *   dots, or null; thumbnails: the images that do, if there are any; layers: the canvases, the lowest first
 */
import { pen } from "../draw/canvas.js";
import { h } from "../draw/dom.js";
import { drawEllipses } from "../draw/dots.js";
import { paintTestImage, tile } from "../draw/sprite.js";
import { toScreen } from "../engine/geometry.js";
import { SvgPen } from "./svg.js";

const MANY = 20000; // dots above which they are smaller, as on the screen

/** Writes names at the axes. @param {CanvasRenderingContext2D} g @param {Picture} picture */
function drawLabels(g, { view: { width, height }, labels: [across, up], theme }) {
  g.fillStyle = theme.text;
  const wide = (/** @type {string} */ text) => 3.2 * text.length; // half of its width, about
  g.fillText(`${across} →`, width - 14 - wide(across), height - 10);
  g.fillText(`${up} ↑`, 14 + wide(up), 10);
}

/** @param {Picture} picture @returns {Promise<Blob | null>} */
export function pngOf(picture) {
  const { view, theme, layers } = picture,
    { width, height } = layers[0];
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { width, height })),
    g = pen(canvas);
  g.fillStyle = theme.card;
  g.fillRect(0, 0, width, height);
  for (const layer of layers) g.drawImage(layer, 0, 0);
  g.scale(width / view.width, height / view.height);
  g.font = "12px sans-serif";
  g.textAlign = "center";
  g.textBaseline = "middle";
  drawLabels(g, picture);
  return new Promise((done) => canvas.toBlob(done));
}

/** @param {Picture} picture @returns {string} */
export function svgOf(picture) {
  const { view, theme, manifold, drawOverlay } = picture,
    { width, height } = view,
    g = new SvgPen();
  const context = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (g));
  if (manifold) {
    const [x0, x1, y0, y1] = manifold.box,
      [left, top] = toScreen(view, x0, y1),
      [right, bottom] = toScreen(view, x1, y0);
    const place = `x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"`;
    g.parts.push(`<image ${place} preserveAspectRatio="none" href="${manifold.canvas.toDataURL()}"/>`);
  }
  if (picture.sprite && picture.thumbnails.size) g.parts.push(...images(picture, picture.sprite));
  else if (picture.ellipses) drawEllipses(context, view, picture.plane, picture.ellipses, picture.colors, 1);
  else g.parts.push(...dots(picture));
  drawOverlay(context);
  g.globalAlpha = 1;
  drawLabels(context, picture);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="${theme.card}"/>${g.parts.join("\n")}<\/svg>\n`
  );
}

/** Each image in its frame, as it stands on the screen. @param {Picture} picture @param {ImageBitmap} sprite */
function* images({ view, colors, thumbnails }, sprite) {
  const canvas = tile({}, thumbnails.format),
    { size } = thumbnails;
  for (const [i, x, y] of thumbnails.placed(view)) {
    paintTestImage(canvas, sprite, i);
    const place = `x="${x}" y="${y}" width="${size}" height="${size}"`,
      frame = `stroke="rgb(${colors.subarray(4 * i, 4 * i + 3).join()})" stroke-width="2"`;
    yield `<rect ${place} fill="none" ${frame}/>`;
    yield `<image ${place} image-rendering="pixelated" href="${canvas.toDataURL()}"/>`;
  }
}

/** A path of round dots for each colour. @param {Picture} picture */
function* dots({ view, xs, ys, colors }) {
  /** @type {Map<string, string[]>} */ const paths = new Map();
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = toScreen(view, xs[i], ys[i]);
    if (!colors[4 * i + 3] || x < 0 || y < 0 || x > view.width || y > view.height) continue;
    const color = `rgb(${colors.subarray(4 * i, 4 * i + 3).join()})`;
    if (!paths.has(color)) paths.set(color, []);
    paths.get(color)?.push(`M${x.toFixed(1)} ${y.toFixed(1)}h0`);
  }
  const look = `stroke-width="${xs.length > MANY ? 2 : 3.3}" stroke-opacity="0.8" stroke-linecap="round" fill="none"`;
  for (const [color, path] of paths) yield `<path ${look} stroke="${color}" d="${path.join("")}"/>`;
}
