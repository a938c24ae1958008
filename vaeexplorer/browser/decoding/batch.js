// @ts-check
/**
 * Many images decoded as one product a layer, by the kernel: a tenth of the time that they take one by one. Dense
 * decoders alone; others decode one by one.
 *
 * @typedef {import("../engine/network.js").Network} Network
 * @typedef {"none" | "relu" | "silu" | "sigmoid" | "tanh"} Compiled  activations of the kernel
 * @typedef {{weight: number, bias: number, inputs: number, outputs: number,
 *            activation: Compiled}} Placed
 *   offsets in the kernel's memory; outputs padded
 */
import { LANES, decode, pixelMean } from "../engine/network.js";
import { Room, padded } from "../kernel/memory.js";

const PANEL = 8, // outputs side by side in a panel of weights
  ROWS = 4; // images that a product takes at once

export class Batch {
  /** @param {import("../kernel/exports.js").Kernel} kernel  used for this alone: its memory is overwritten
   * @param {Network} network  of dense layers @param {number} most  images at a time */
  constructor(kernel, network, most) {
    this.kernel = kernel;
    this.network = network;
    this.most = padded(most, ROWS);
    const room = new Room(kernel),
      layers = /** @type {import("../engine/network.js").Dense[]} */ (network.decoder);
    const widest = Math.max(...layers.map(({ inputs, outputs }) => padded(Math.max(inputs, outputs), PANEL)));
    /** @type {Placed[]} */ this.layers = [];
    const places = layers.map(({ inputs, outputs }) => {
      const out = padded(outputs, PANEL);
      return { weight: room.floats(inputs * out), bias: room.floats(out) };
    });
    this.from = room.floats(this.most * widest);
    this.to = room.floats(this.most * widest);
    this.slopes = room.floats(this.most * widest); // not looked at
    this.pixels = room.bytes(this.most * network.format.size);
    room.grow();
    this.floats = new Float32Array(kernel.memory.buffer); // a view that the next growth would detach
    layers.forEach((layer, index) => this.fill(layer, places[index]));
  }

  /** A layer's weights in panels. @param {import("../engine/network.js").Dense} layer
   * @param {{weight: number, bias: number}} at */
  fill({ inputs, outputs, weight, bias, activation }, at) {
    const wide = padded(outputs, PANEL),
      to = at.weight / 4,
      panel = PANEL * inputs;
    this.floats.fill(0, to, to + wide * inputs);
    this.floats.fill(0, at.bias / 4, at.bias / 4 + wide);
    this.floats.set(bias.subarray(0, outputs), at.bias / 4);
    for (let o = 0; o < outputs; o++) {
      const lane = (o - (o % LANES)) * inputs + (o % LANES); // as network.js lays them
      for (let i = 0, out = to + Math.floor(o / PANEL) * panel + (o % PANEL); i < inputs; i++, out += PANEL)
        this.floats[out] = weight[lane + i * LANES];
    }
    this.layers.push({ ...at, inputs, outputs: wide, activation: /** @type {Compiled} */ (activation) });
  }

  /** @param {Float32Array} zs  [N * D], N at most `most` @param {number} dim
   * @returns {Uint8Array<ArrayBuffer>}  [N * size], the images */
  decode(zs, dim) {
    const { kernel, network } = this,
      { size } = network.format,
      count = zs.length / dim,
      from = this.forward(zs, dim, network.likelihood === "bernoulli");
    if (network.likelihood === "continuous-bernoulli")
      pixelMean(this.floats.subarray(from / 4, from / 4 + count * size), network.likelihood);
    kernel.bytes(from, this.pixels, padded(count, ROWS) * size);
    return new Uint8Array(kernel.memory.buffer, this.pixels, count * size).slice();
  }

  /** What the decoder says before it is made a picture (`parameter` of network.js).
   * @param {Float32Array} zs  [N * D], N at most `most` @param {number} dim
   * @returns {Float32Array}  [N * size], overwritten by the next call */
  parameters(zs, dim) {
    const from = this.forward(zs, dim, false) / 4;
    return this.floats.subarray(from, from + (zs.length / dim) * this.network.format.size);
  }

  /** @param {Float32Array} zs  [N * D] @param {number} dim @param {boolean} squash  whether logits become means
   * @returns {number} where the last layer's numbers lie */
  forward(zs, dim, squash) {
    const { kernel, floats } = this,
      rows = padded(zs.length / dim, ROWS);
    let [from, to] = [this.from, this.to],
      width = dim;
    floats.fill(0, from / 4, from / 4 + rows * dim);
    floats.set(zs, from / 4);
    this.layers.forEach(({ weight, bias, inputs, outputs, activation }, index) => {
      const isLast = index === this.layers.length - 1;
      kernel.product(from, weight, to, rows, inputs, outputs, width);
      kernel[isLast && squash ? "sigmoid" : activation](to, bias, this.slopes, rows, outputs);
      [from, to, width] = [to, from, outputs];
    });
    return from;
  }
}

/** The images one by one. @param {Network} network @param {Float32Array} zs  [N * D] @param {number} dim
 * @returns {Uint8Array<ArrayBuffer>}  [N * size], the images */
export function decodeEach(network, zs, dim) {
  const count = zs.length / dim,
    { size } = network.format,
    pixels = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) {
    const image = decode(network, zs.subarray(i * dim, (i + 1) * dim));
    for (let p = 0; p < size; p++) pixels[i * size + p] = image[p] * 255 + 0.5;
  }
  return pixels;
}

const COMPILED = ["none", "relu", "silu", "sigmoid", "tanh"];

/** Whether a batch can hold it. @param {Network} network */
export const isDense = (network) =>
  network.format.size % PANEL === 0 &&
  network.decoder.every(({ kind, activation }) => kind === "dense" && COMPILED.includes(activation));
