// @ts-check
/**
 * A trained network, unpacked from bytes and run in the browser. `packing/` writes the bytes: a frame
 * (packed.js) whose header describes the layers of decoder, encoder, mean and logvar; then every layer's weight and
 * bias, in that order, in torch's layout. Parts that were not sent are null.
 *
 * @typedef {"none" | "silu" | "relu" | "tanh" | "sigmoid" | "leaky_relu" | "elu" | "gelu" | "softplus"} Activation
 * @typedef {{activation: Activation, slope?: number}} Activated  slope: of a leaky ReLU below 0, or the alpha of an ELU
 * @typedef {{kind: "dense", inputs: number, outputs: number, step?: number} & Activated} DenseSpec
 *   step: weights are whole numbers of it; without, they are numbers of the frame's precision
 * @typedef {{kind: "conv" | "conv_transpose", inputs: number, outputs: number, side: number, kernel: number,
 *            stride: number, padding: number, output_padding?: number} & Activated} ConvSpec
 *   side is that of the square input; channels come first
 * @typedef {{kind: "upsample", channels: number, side: number, factor: number} & Activated} UpsampleSpec
 *   each pixel becomes factor * factor alike
 * @typedef {{kind: "scale", channels: number, area: number} & Activated} ScaleSpec  a channel times a number, plus one
 * @typedef {{kind: "pass", outputs: number} & Activated} PassSpec  an activation alone
 * @typedef {DenseSpec | ConvSpec | UpsampleSpec | ScaleSpec | PassSpec} Spec
 * @typedef {{weight: Float32Array, bias: Float32Array, out: Float32Array}} Arrays  out holds the last result
 * @typedef {DenseSpec & Arrays & {sums: Float32Array}} Dense
 * @typedef {ConvSpec & Arrays & {to: number, targets: Int32Array, sums: Float64Array}} Conv
 * @typedef {(UpsampleSpec | ScaleSpec | PassSpec) & Arrays} Simple  weights are empty where there are none
 * @typedef {Dense | Conv | Simple} Layer
 * @typedef {"gaussian" | "gaussian-learned" | "bernoulli" | "continuous-bernoulli"} Likelihood
 * @typedef {{id: string, latentDim: number, likelihood: Likelihood, beta: number, pixelVariance: number | null,
 *            logvarRange: [number, number], decoder: Layer[], encoder: Layer[] | null, mean: Layer[] | null,
 *            logvar: Layer[] | null, format: import("./format.js").Format}} Network  pixelVariance is that of the
 *   gaussian likelihoods; format that of the image
 */
import { DIGIT, formatOf } from "./format.js";
import { Unpacker } from "./packed.js";

export const SIDE = DIGIT.width; // of an image of the sets by name
export const PIXELS = DIGIT.size;
export const LANES = 4; // outputs side by side in a dense layer's weights

/**
 * @param {ArrayBuffer} bytes
 * @returns {Network}
 * @throws {import("./packed.js").UnpackError} cut short, too long, of another kind, or not all finite numbers
 */
export function unpack(bytes) {
  const packed = new Unpacker(bytes, "network weights", "network"),
    header = packed.header;
  /** @param {Spec[] | null} specs @returns {Layer[] | null} */
  const layers = (specs) => specs && specs.map((spec) => layer(packed, spec));
  const decoder = layers(header.decoder);
  const shape = Array.isArray(header.image) ? header.image : [0, 0],
    format = formatOf(shape);
  if (decoder?.at(-1)?.out.length !== format.size)
    throw packed.error(`are not those of a decoder of ${shape.join("×")} images`);
  const network = {
    id: header.id,
    latentDim: header.latent_dim,
    likelihood: header.likelihood,
    beta: header.beta,
    pixelVariance: header.pixel_variance,
    logvarRange: header.logvar_range,
    decoder,
    encoder: layers(header.encoder),
    mean: layers(header.mean),
    logvar: layers(header.logvar),
    format,
  };
  packed.end();
  return network;
}

/** @param {Unpacker} packed @param {Spec} spec @returns {Layer} */
function layer(packed, spec) {
  if (spec.kind === "dense") return dense(packed, spec);
  if ("kernel" in spec) return convolution(packed, spec);
  const { precision } = packed.header,
    count = spec.kind === "scale" ? spec.channels : 0;
  const size =
    spec.kind === "scale"
      ? spec.channels * spec.area
      : spec.kind === "upsample"
        ? spec.channels * (spec.side * spec.factor) ** 2
        : spec.outputs;
  const weight = packed.floats(count, precision),
    bias = packed.floats(count, precision);
  return { ...spec, weight, bias, out: new Float32Array(size) };
}

/** Weights of LANES outputs are laid side by side, [outputs / LANES, inputs, LANES]: `multiply` takes half the time so.
 * @param {Unpacker} packed @param {DenseSpec} spec @returns {Dense} */
function dense(packed, spec) {
  const { inputs, outputs, step } = spec,
    count = inputs * outputs;
  const given = step === undefined ? packed.floats(count, packed.header.precision) : packed.steps(count, step);
  const padded = Math.ceil(outputs / LANES) * LANES,
    weight = new Float32Array(padded * inputs);
  const bias = new Float32Array(padded),
    sums = new Float32Array(padded);
  bias.set(packed.floats(outputs, packed.header.precision));
  for (let o = 0, from = 0; o < outputs; o++)
    for (let i = 0, to = (o - (o % LANES)) * inputs + (o % LANES); i < inputs; i++, to += LANES)
      weight[to] = given[from++];
  return { ...spec, weight, bias, sums, out: sums.subarray(0, outputs) };
}

/** Weights are turned to [inputs, kernel, kernel, outputs], so that the innermost loop walks along memory.
 * @param {Unpacker} packed @param {ConvSpec} spec @returns {Conv} */
function convolution(packed, spec) {
  const { kind, inputs, outputs, side, kernel, stride, padding } = spec,
    area = kernel * kernel;
  const given = packed.floats(inputs * outputs * area, packed.header.precision);
  const bias = packed.floats(outputs, packed.header.precision);
  const weight = new Float32Array(given.length);
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < outputs; o++)
      for (let k = 0; k < area; k++)
        weight[(i * area + k) * outputs + o] = given[(kind === "conv" ? o * inputs + i : i * outputs + o) * area + k];
  const to =
    kind === "conv"
      ? Math.floor((side + 2 * padding - kernel) / stride) + 1
      : (side - 1) * stride - 2 * padding + kernel + (spec.output_padding ?? 0);
  const targets = new Int32Array(side * kernel); // where row r goes by the kernel's row u, or -1; columns go alike
  for (let r = 0; r < side; r++)
    for (let u = 0; u < kernel; u++) {
      const row = kind === "conv" ? (r + padding - u) / stride : r * stride + u - padding;
      targets[r * kernel + u] = Number.isInteger(row) && row >= 0 && row < to ? row : -1;
    }
  const sums = new Float64Array(to * to * outputs);
  return { ...spec, weight, bias, to, targets, sums, out: new Float32Array(sums.length) };
}

/**
 * The mean image of p(x|z). The array is the network's own and is overwritten by the next call.
 * @param {Network} network
 * @param {ArrayLike<number>} z  [D]
 * @returns {Float32Array}  the image (format.js), in [0, 1]
 */
export function decode(network, z) {
  const image = run(network.decoder, z);
  pixelMean(image, network.likelihood);
  return image;
}

/**
 * What the decoder says before it is made a picture: the mean of the gaussian likelihoods, logits of the others.
 * @param {Network} network
 * @param {ArrayLike<number>} z  [D]
 * @returns {Float32Array}  a number for each of the image, the network's own, overwritten by the next call
 */
export function parameter(network, z) {
  return run(network.decoder, z);
}

/**
 * q(z|x) of an image.
 * @param {Network} network  with an encoder
 * @param {ArrayLike<number>} x  in [0, 1]
 * @returns {{mean: number[], logvar: number[] | null}}  logvar is null for an AE
 */
export function encode(network, x) {
  if (!network.encoder || !network.mean) throw new Error("This network's encoder was not sent along.");
  const features = run(network.encoder, x);
  const mean = Array.from(run(network.mean, features));
  if (!network.logvar) return { mean, logvar: null };
  const [low, high] = network.logvarRange,
    centre = (low + high) / 2,
    half = (high - low) / 2;
  const logvar = Array.from(run(network.logvar, features), (raw) => centre + half * Math.tanh((raw - centre) / half));
  return { mean, logvar };
}

/** @param {Layer[]} layers @param {ArrayLike<number>} x @returns {Float32Array} */
function run(layers, x) {
  // The loops below see one kind of array only, which keeps their machine code fast.
  let values = x instanceof Float32Array ? x : Float32Array.from(x);
  for (const layer of layers) {
    if (layer.kind === "dense") multiply(layer, values);
    else if ("kernel" in layer) spread(layer, values);
    else simply(layer, values);
    activate(layer.out, layer.activation, layer.slope);
    values = layer.out;
  }
  return values;
}

/** Weights times x, four outputs at once: additions do not wait for one another, and memory is read straight on.
 * @param {Dense} layer @param {Float32Array} x */
function multiply({ inputs, weight, bias, sums }, x) {
  for (let row = 0, at = 0; row < sums.length; row += LANES) {
    let a = 0,
      b = 0,
      c = 0,
      d = 0;
    for (let i = 0; i < inputs; i++, at += LANES) {
      const value = x[i];
      a += weight[at] * value;
      b += weight[at + 1] * value;
      c += weight[at + 2] * value;
      d += weight[at + 3] * value;
    }
    sums[row] = a + bias[row];
    sums[row + 1] = b + bias[row + 1];
    sums[row + 2] = c + bias[row + 2];
    sums[row + 3] = d + bias[row + 3];
  }
}

/** A convolution, transposed or not: every input pixel adds its share to all outputs it reaches.
 * @param {Conv} layer @param {Float32Array} x  [inputs, side, side]; out is [outputs, to, to] */
function spread({ inputs, outputs, side, kernel, weight, bias, to, targets, sums, out }, x) {
  for (let at = 0; at < sums.length; at++) sums[at] = bias[at % outputs];
  for (let i = 0, pixel = 0; i < inputs; i++)
    for (let r = 0; r < side; r++)
      for (let c = 0; c < side; c++, pixel++) {
        const value = x[pixel];
        if (value === 0) continue; // paper, or what ReLU cut off
        for (let u = 0; u < kernel; u++) {
          const row = targets[r * kernel + u];
          if (row < 0) continue;
          for (let v = 0; v < kernel; v++) {
            const column = targets[c * kernel + v];
            if (column < 0) continue;
            const from = ((i * kernel + u) * kernel + v) * outputs,
              at = (row * to + column) * outputs;
            for (let o = 0; o < outputs; o++) sums[at + o] += value * weight[from + o];
          }
        }
      }
  const area = to * to;
  for (let o = 0; o < outputs; o++) for (let p = 0; p < area; p++) out[o * area + p] = sums[p * outputs + o];
}

/** What has a loop or none. @param {Simple} layer @param {Float32Array} x */
function simply(layer, x) {
  const { out, weight, bias } = layer;
  if (layer.kind === "pass") out.set(x);
  else if (layer.kind === "scale")
    for (let i = 0; i < out.length; i++) {
      const channel = Math.floor(i / layer.area);
      out[i] = x[i] * weight[channel] + bias[channel];
    }
  else {
    const { side, factor } = layer,
      to = side * factor;
    for (let i = 0; i < out.length; i++) {
      const row = Math.floor(i / to), // of all channels
        from = Math.floor(row / factor) * side;
      out[i] = x[from + Math.floor((i % to) / factor)];
    }
  }
}

/** In place. @param {Float32Array} x @param {Activation} name @param {number} [slope] */
function activate(x, name, slope = 0) {
  if (name === "silu") for (let i = 0; i < x.length; i++) x[i] = x[i] / (1 + Math.exp(-x[i]));
  else if (name === "relu") for (let i = 0; i < x.length; i++) x[i] = x[i] > 0 ? x[i] : 0;
  else if (name === "tanh") for (let i = 0; i < x.length; i++) x[i] = Math.tanh(x[i]);
  else if (name === "sigmoid") for (let i = 0; i < x.length; i++) x[i] = 1 / (1 + Math.exp(-x[i]));
  else if (name === "leaky_relu") for (let i = 0; i < x.length; i++) x[i] = x[i] > 0 ? x[i] : slope * x[i];
  else if (name === "elu") for (let i = 0; i < x.length; i++) x[i] = x[i] > 0 ? x[i] : slope * Math.expm1(x[i]);
  else if (name === "gelu") for (let i = 0; i < x.length; i++) x[i] = (x[i] / 2) * (1 + erf(x[i] / Math.SQRT2));
  else if (name === "softplus") for (let i = 0; i < x.length; i++) x[i] = x[i] > 20 ? x[i] : Math.log1p(Math.exp(x[i]));
}

/** Abramowitz & Stegun 7.1.26, to 1.5e-7. @param {number} x */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

/** The decoder's parameter to the mean of p(x|z), in place, clipped to [0, 1] for the eye.
 * @param {Float32Array} x @param {Likelihood} likelihood */
export function pixelMean(x, likelihood) {
  if (likelihood === "bernoulli") activate(x, "sigmoid");
  else if (likelihood === "continuous-bernoulli")
    for (let i = 0; i < x.length; i++) {
      const l = x[i]; // the mean of a density that goes like exp(l x) on [0, 1]
      x[i] = Math.abs(l) < 0.1 ? 0.5 + l / 12 - l ** 3 / 720 : -1 / Math.expm1(-l) - 1 / l;
    }
  for (let i = 0; i < x.length; i++) x[i] = x[i] < 0 ? 0 : x[i] > 1 ? 1 : x[i];
}

/** How many numbers pass between the layers of a part of a network, its input first.
 * @param {Layer[]} layers @returns {number[]} */
export function sizesOf(layers) {
  return layers.length ? [inputs(layers[0]), ...layers.map(outputs)] : [];
}

/** How many numbers a layer takes. @param {Layer} layer */
function inputs(layer) {
  if (layer.kind === "dense") return layer.inputs;
  if (layer.kind === "upsample") return layer.channels * layer.side ** 2;
  if (layer.kind === "scale") return layer.channels * layer.area;
  return layer.kind === "pass" ? layer.outputs : layer.inputs * layer.side ** 2;
}

/** How many numbers it makes. @param {Layer} layer */
const outputs = (layer) => (layer.kind === "dense" ? layer.outputs : layer.out.length);
