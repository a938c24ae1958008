// @ts-check
/**
 * A latent plane as a file: PNG as it stands on the screen, SVG as shapes that a drawing program can change.
 *
 * @typedef {{view: import("../engine/geometry.js").View, theme: import("../draw/theme.js").Theme,
 *            labels: [string, string], xs: Float32Array, ys: Float32Array, colors: Uint8ClampedArray,
 *            plane: import("../engine/projections.js").Plane, ellipses: import("../engine/codes.js").Codes | null,
 *            sprite: ImageBitmap | null, thumbnails: import("../draw/sprite.js").Thumbnails,
 *            behind: import("../draw/canvas.js").Behind | null, legend: Key[], layers: HTMLCanvasElement[],
 *            drawOverlay(g: CanvasRenderingContext2D): void}} Picture
 *   labels: of the axes across and up; colors: RGBA of the dots; ellipses: the codes whose posteriors stand in place of
 *   dots, or null; thumbnails: the images that do, if there are any; layers: the canvases, the lowest first
 * @typedef {{sign: string, text: string}} Key  of the legend; sign: a colour, "scale" for all of viridis, or nothing
 */
import { pen } from "../draw/canvas.js";
import { h } from "../draw/dom.js";
import { drawEllipses } from "../draw/dots.js";
import { paintTestImage, tile } from "../draw/sprite.js";
import { viridis } from "../engine/codes.js";
import { toScreen } from "../engine/geometry.js";
import { SvgPen } from "./svg.js";

const MANY = 20000; // dots above which they are smaller, as on the screen
const [LINE, LETTER] = [20, 6.4]; // CSS pixels: of the legend's lines, and of a letter of 12 pixels, about
const [SWATCH, SCALE, SHADES] = [9, 96, 48]; // width of a colour and of a scale, and the parts of a scale

/** Words, in lines of no more letters than fit. @param {string} text @param {number} width  CSS pixels */
function* wrapped(text, width) {
  let line = "";
  for (const word of text.split(" ")) {
    if (line && LETTER * (line.length + 1 + word.length) > width) {
      yield line;
      line = "";
    }
    line += line ? ` ${word}` : word;
  }
  yield line;
}

/** The legend below the plane: each sign and line of text with its place, CSS pixels.
 * @param {Picture} picture @returns {{sign: string, text: string, x: number, y: number, width: number}[]} */
function placed({ legend, view }) {
  let [x, y] = [14, view.height + LINE / 2];
  return legend.flatMap(({ sign, text }) => {
    const room = view.width - 28,
      size = sign === "scale" ? SCALE : sign ? SWATCH : 0,
      indent = size && size + 6;
    return [...wrapped(text, room - indent)].map((line, k) => {
      const width = indent + LETTER * line.length;
      if (k || (x > 14 && x + width > view.width - 14)) [x, y] = [14, y + LINE];
      const at = { sign: k ? "" : sign, text: line, x: x + (k ? indent : 0), y, width: size };
      x += width + 14;
      return at;
    });
  });
}

/** CSS pixels that the legend takes. @param {Picture} picture */
const heightOf = (picture) =>
  picture.legend.length ? (placed(picture).at(-1)?.y ?? 0) + LINE - picture.view.height : 0;

/** @param {CanvasRenderingContext2D} g @param {Picture} picture */
function drawLegend(g, picture) {
  const line = (
    /** @type {string} */ color,
    /** @type {number} */ x,
    /** @type {number} */ y,
    /** @type {number} */ to,
  ) => {
    g.strokeStyle = color;
    g.lineWidth = SWATCH;
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(to, y);
    g.stroke();
  };
  g.textAlign = "left";
  for (const { sign, text, x, y, width } of placed(picture)) {
    if (sign === "scale")
      for (let k = 0; k < SHADES; k++) {
        const step = width / SHADES;
        line(
          `rgb(${viridis(k / (SHADES - 1))
            .map(Math.round)
            .join()})`,
          x + k * step,
          y,
          x + (k + 1) * step + 0.3,
        );
      }
    else if (sign) line(sign, x, y, x + width);
    g.fillStyle = picture.theme.text;
    g.fillText(text, x + (sign ? width + 6 : 0), y);
  }
}

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
    { width } = layers[0],
    ratio = width / view.width,
    height = Math.round(layers[0].height + ratio * heightOf(picture));
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { width, height })),
    g = pen(canvas);
  g.fillStyle = theme.card;
  g.fillRect(0, 0, width, height);
  for (const layer of layers) g.drawImage(layer, 0, 0);
  g.scale(ratio, ratio);
  g.font = "12px sans-serif";
  g.textAlign = "center";
  g.textBaseline = "middle";
  drawLabels(g, picture);
  drawLegend(g, picture);
  return new Promise((done) => canvas.toBlob(done));
}

/** @param {Picture} picture @returns {string} */
export function svgOf(picture) {
  const { view, theme, behind, drawOverlay } = picture,
    { width } = view,
    height = view.height + heightOf(picture),
    g = new SvgPen();
  const context = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (g));
  if (behind) {
    const [x0, x1, y0, y1] = behind.box,
      [left, top] = toScreen(view, x0, y1),
      [right, bottom] = toScreen(view, x1, y0);
    const place = `x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"`,
      look = `opacity="${behind.opacity}" image-rendering="${behind.isSmooth ? "auto" : "pixelated"}"`,
      image = `<image ${place} ${look} preserveAspectRatio="none" href="${behind.canvas.toDataURL()}"/>`;
    g.parts.push(`<svg width="${width}" height="${view.height}">${image}<\/svg>`); // cut at the plane's edges
  }
  if (picture.sprite && picture.thumbnails.size) g.parts.push(...images(picture, picture.sprite));
  else if (picture.ellipses) drawEllipses(context, view, picture.plane, picture.ellipses, picture.colors, 1);
  else g.parts.push(...dots(picture));
  drawOverlay(context);
  g.globalAlpha = 1;
  drawLabels(context, picture);
  drawLegend(context, picture);
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
