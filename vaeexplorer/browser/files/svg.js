// @ts-check
/** A pen that writes SVG: what is drawn on a canvas with it can be kept as shapes. */

const short = (/** @type {number} */ value) => String(Number(value.toFixed(2)));

/** The part of a canvas' context that overlays use. Circles and ellipses are whole ones. */
export class SvgPen {
  constructor() {
    /** @type {string[]} elements */ this.parts = [];
    this.strokeStyle = this.fillStyle = "#000";
    this.lineWidth = this.globalAlpha = 1;
    this.lineJoin = "miter";
    this.textAlign = "center";
    this.font = "";
    /** @type {number[]} */ this.dash = [];
    /** @type {string[]} */ this.path = [];
    /** @type {Partial<SvgPen>[]} */ this.saved = [];
  }

  setTransform() {}
  clearRect() {}

  save() {
    const { strokeStyle, fillStyle, lineWidth, globalAlpha, lineJoin, dash } = this;
    this.saved.push({ strokeStyle, fillStyle, lineWidth, globalAlpha, lineJoin, dash });
  }

  restore() {
    Object.assign(this, this.saved.pop());
  }

  /** @param {number[]} dash */
  setLineDash(dash) {
    this.dash = dash;
  }

  beginPath() {
    this.path = [];
  }

  closePath() {
    this.path.push("Z");
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.path.push(`M${short(x)} ${short(y)}`);
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.path.push(`${this.path.length ? "L" : "M"}${short(x)} ${short(y)}`);
  }

  /** @param {number} x @param {number} y @param {number} radius */
  arc(x, y, radius) {
    this.ellipse(x, y, radius, radius, 0);
  }

  /** @param {number} x @param {number} y @param {number} long @param {number} thin @param {number} angle */
  ellipse(x, y, long, thin, angle) {
    const [dx, dy] = [long * Math.cos(angle), long * Math.sin(angle)];
    const half = `A${short(long)} ${short(thin)} ${short((angle * 180) / Math.PI)} 1 0`;
    this.moveTo(x + dx, y + dy);
    this.path.push(`${half} ${short(x - dx)} ${short(y - dy)}`, `${half} ${short(x + dx)} ${short(y + dy)}`, "Z");
  }

  stroke() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    this.parts.push(`<path d="${this.path.join("")}" fill="none" ${this.line()}${dash}/>`);
  }

  fill() {
    this.parts.push(`<path d="${this.path.join("")}" ${this.area()}/>`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  strokeText(text, x, y) {
    this.write(text, x, y, `fill="none" ${this.line()}`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    this.write(text, x, y, this.area());
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} paint */
  write(text, x, y, paint) {
    const safe = text.replace(/[&<]/g, (letter) => (letter === "&" ? "&amp;" : "&lt;"));
    const anchor = this.textAlign === "left" ? "start" : "middle";
    // <\/ lest an HTML page that holds this takes it for the end of its script.
    const place = `x="${short(x)}" y="${short(y)}" text-anchor="${anchor}" dominant-baseline="central"`;
    this.parts.push(`<text ${place} font-family="sans-serif" font-size="12" ${paint}>${safe}<\/text>`);
  }

  line() {
    const { strokeStyle, lineWidth, globalAlpha, lineJoin } = this;
    const alpha = `stroke-opacity="${globalAlpha}" stroke-linejoin="${lineJoin}"`;
    return `stroke="${strokeStyle}" stroke-width="${lineWidth}" ${alpha}`;
  }

  area() {
    return `fill="${this.fillStyle}" fill-opacity="${this.globalAlpha}"`;
  }
}
