// @ts-check
/**
 * Parameters under torch's names and in its layout, and the decoder as bytes that `engine/network.js` unpacks.
 *
 * @typedef {Record<string, {shape: number[], values: Float32Array}>} Tensors  as a `state_dict` has them
 */
import { LOGVAR_RANGE, isLinear, place } from "./choices.js";

const MAGIC = 0x58454156; // "VAEX"

/** torch's layers within one of ours, each with where its numbers lie.
 * @param {import("./choices.js").Layout} layout */
function* parts({ encoder, decoder }) {
  for (const layer of [...encoder, ...decoder]) for (const part of layer.parts) yield { layer, ...part };
}

/** @param {import("./choices.js").Layout} layout @param {Float32Array} values  the parameters @returns {Tensors} */
export function tensorsOf(layout, values) {
  /** @type {Tensors} */ const tensors = {};
  for (const { layer, name, outputs, column } of parts(layout)) {
    const weight = torchWeight(layer, column, outputs, values),
      bias = values.slice(layer.bias + column, layer.bias + column + outputs);
    tensors[`${name}.weight`] = { shape: [outputs, layer.inputs], values: weight };
    tensors[`${name}.bias`] = { shape: [outputs], values: bias };
  }
  if (layout.logVariance !== null)
    tensors.log_variance = { shape: [], values: values.slice(layout.logVariance, layout.logVariance + 1) };
  return tensors;
}

/** The way back: `values` get them. @param {import("./choices.js").Layout} layout @param {Float32Array} values
 * @param {(name: string) => ArrayLike<number>} tensor  by its name */
export function fill(layout, values, tensor) {
  for (const { layer, name, outputs, column } of parts(layout)) {
    const weight = tensor(`${name}.weight`);
    values.set(tensor(`${name}.bias`), layer.bias + column);
    for (let o = 0, from = 0; o < outputs; o++)
      for (let i = 0; i < layer.inputs; i++) values[place(layer, i, column + o)] = weight[from++];
  }
  if (layout.logVariance !== null) values[layout.logVariance] = tensor("log_variance")[0];
}

/** [outputs, inputs]. @param {import("./choices.js").Layer} layer @param {number} column @param {number} outputs
 * @param {Float32Array} values */
function torchWeight(layer, column, outputs, values) {
  const weight = new Float32Array(outputs * layer.inputs);
  for (let o = 0, to = 0; o < outputs; o++) {
    const first = place(layer, 0, column + o),
      lanes = place(layer, 1, column + o) - first; // from one input to the next
    for (let i = 0; i < layer.inputs; i++) weight[to++] = values[first + i * lanes];
  }
  return weight;
}

/**
 * The decoder as `engine/packed.js` opens it.
 * @param {import("./choices.js").Choices} choices @param {import("./choices.js").Layout} layout
 * @param {Float32Array} values  the parameters @param {{id: string, variance: number | null, isHalf: boolean}} how
 *   isHalf: in float16, half as long
 * @returns {ArrayBuffer}
 */
export function packDecoder(choices, layout, values, { id, variance, isHalf }) {
  const { decoder } = layout,
    isGaussian = choices.likelihood.startsWith("gaussian");
  const shapes = decoder.map(({ inputs, outputs }, index) => ({
    kind: "dense",
    inputs,
    outputs,
    activation: index < decoder.length - 1 ? choices.activation : isGaussian && !isLinear(choices) ? "sigmoid" : "none",
  }));
  const header = JSON.stringify({
    kind: "network",
    precision: isHalf ? "<f2" : "<f4",
    id,
    latent_dim: choices.dim,
    image: [28, 28],
    likelihood: choices.likelihood,
    beta: choices.beta,
    pixel_variance: isGaussian ? variance : null,
    logvar_range: LOGVAR_RANGE,
    decoder: shapes,
    encoder: null,
    mean: null,
    logvar: null,
  });
  const text = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 4) * 4)), // numbers stay aligned
    count = decoder.reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0),
    bytes = new ArrayBuffer(8 + text.length + count * (isHalf ? 2 : 4));
  new DataView(bytes).setUint32(0, MAGIC, true);
  new DataView(bytes).setUint32(4, text.length, true);
  new Uint8Array(bytes, 8).set(text);
  const numbers = isHalf ? new Uint16Array(bytes, 8 + text.length) : new Float32Array(bytes, 8 + text.length);
  const as = isHalf ? half : (/** @type {number} */ value) => value;
  let at = 0;
  for (const layer of decoder) {
    for (let o = 0; o < layer.outputs; o++) {
      const first = place(layer, 0, o),
        lanes = place(layer, 1, o) - first; // from one input to the next
      for (let i = 0; i < layer.inputs; i++) numbers[at++] = as(values[first + i * lanes]);
    }
    for (let o = 0; o < layer.outputs; o++) numbers[at++] = as(values[layer.bias + o]);
  }
  return bytes;
}

/** float16 bits of numbers. @param {Float32Array} values */
export function halves(values) {
  const bits = new Uint16Array(values.length); // by a loop: `from` would make a list of as many objects
  for (let i = 0; i < bits.length; i++) bits[i] = half(values[i]);
  return bits;
}

const float = new Float32Array(1),
  bits = new Uint32Array(float.buffer);

/** float16 bits of a number, rounded to the nearest; what is too large becomes the largest. @param {number} value */
function half(value) {
  float[0] = value;
  const sign = (bits[0] >>> 16) & 0x8000,
    size = bits[0] & 0x7fffffff;
  if (size >= 0x477fefff) return sign | 0x7bff; // 65504
  if (size < 0x38800000) return sign | Math.round(Math.abs(value) * 2 ** 24); // below 2^-14: a multiple of 2^-24
  const short = (size - 0x38000000) >>> 13,
    rest = size & 0x1fff;
  return sign | (short + (rest > 0x1000 || (rest === 0x1000 && short & 1) ? 1 : 0));
}
