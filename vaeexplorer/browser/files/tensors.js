// @ts-check
/**
 * Arrays as NumPy and PyTorch read them: npy and npz files, and safetensors. Numbers are little-endian, as on every
 * machine that runs a browser.
 *
 * @typedef {{shape: number[], values: Float32Array | Uint8Array}} Tensor  row by row
 */
import { joined, zip } from "./zip.js";

const ALIGN = 64; // bytes to which a header is filled up

/** @param {Tensor} tensor */
const bytesOf = ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** An npy file, version 1.0. @param {Tensor} tensor */
export function npy(tensor) {
  const { shape, values } = tensor,
    type = values instanceof Float32Array ? "<f4" : "|u1",
    tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`,
    room = Math.ceil((10 + header.length + 1) / ALIGN) * ALIGN - 10;
  const text = new TextEncoder().encode(`${header.padEnd(room - 1)}\n`);
  return joined([Uint8Array.of(0x93, 78, 85, 77, 80, 89, 1, 0, room & 255, room >> 8), text, bytesOf(tensor)]);
}

/** An npz file. @param {Record<string, Tensor>} tensors */
export const npz = (tensors) => zip(Object.entries(tensors).map(([name, tensor]) => [`${name}.npy`, npy(tensor)]));

/** A safetensors file of float32. @param {Record<string, Tensor>} tensors */
export function safetensors(tensors) {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]) => {
    const entry = { dtype: "F32", shape, data_offsets: [at, at + values.byteLength] };
    at += values.byteLength;
    return [name, entry];
  });
  const text = JSON.stringify(Object.fromEntries(entries));
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8)),
    length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return joined([length, header, ...Object.values(tensors).map(bytesOf)]);
}
