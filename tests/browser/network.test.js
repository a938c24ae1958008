/** What is unpacked, and what is refused in words. The numbers themselves are held to torch's by test_network.py. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, unpack } from "./engine/network.js";
import { UnpackError } from "./engine/packed.js";
import { unpackCodes } from "./engine/codes.js";
import { frame } from "./fakes.js";

const dense = { kind: "dense", inputs: 1, outputs: 784, activation: "none" };
const header = {
  kind: "network",
  precision: "<f4",
  id: "0",
  image: [28, 28],
  latent_dim: 1,
  likelihood: "gaussian",
  beta: 1,
  pixel_variance: 0.5,
  logvar_range: [-14, 4],
  decoder: [dense],
  encoder: null,
  mean: null,
  logvar: null,
};
const weight = Float32Array.from({ length: 784 }, (_, i) => i / 784),
  bias = new Float32Array(784).fill(0.25);
const good = frame(header, weight, bias);
const codes = { kind: "codes", precision: "<f4", count: 2, dim: 2, logvar: false, kl: false };
const goodCodes = frame(codes, Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6), Uint8Array.of(7, 8));

const refused = (bytes, words, read = unpack) =>
  assert.throws(
    () => read(bytes),
    (error) => error instanceof UnpackError && words.test(error.message),
  );

test("decodes weight * z + bias, clipped to what a pixel can be", () => {
  const network = unpack(good);
  assert.equal(decode(network, [0.5])[392], 0.5);
  assert.equal(decode(network, [10])[783], 1);
  assert.equal(decode(network, [-10])[783], 0);
});

test("reads half precision: zero, the smallest and the largest numbers, both signs", () => {
  const halves = new Uint16Array(784);
  halves.set([0x0000, 0x0001, 0x0400, 0x3555, 0x3c00, 0x7bff, 0xc000]);
  const network = unpack(frame({ ...header, precision: "<f2" }, halves, new Uint16Array(784)));
  assert.deepEqual(Array.from(network.decoder[0].weight.slice(0, 7)), [
    0,
    2 ** -24,
    2 ** -14,
    1365 / 4096,
    1,
    65504,
    -2,
  ]);
});

test("reads weights that are whole numbers of steps: 0, -1, 1, -2, ... came as 0, 1, 2, 3, ...", () => {
  const sent = new Uint16Array(784);
  sent.set([0, 1, 2, 3, 4, 65534, 65535]);
  const decoder = [{ ...dense, step: 2 ** -10 }];
  const { weight } = unpack(frame({ ...header, decoder }, sent, bias)).decoder[0];
  assert.deepEqual(
    Array.from(weight.slice(0, 7), (value) => 2 ** 10 * value),
    [0, -1, 1, -2, 2, 32767, -32768],
  );
  for (const step of [0, -1, "1e999", null])
    refused(frame({ ...header, decoder: [{ ...dense, step }] }, sent, bias), /header/);
});

test("refuses weights cut short anywhere", () => {
  for (let length = 0; length < good.byteLength; length += length < 500 ? 1 : 97)
    refused(good.slice(0, length), /cut short|another kind/);
});

test("refuses weights that are too long, of another kind, or not finite", () => {
  refused(frame(header, weight, bias, Uint8Array.of(0)), /longer than their header says/);
  refused(new TextEncoder().encode("<!doctype html><p>There is no such file").buffer, /another kind/);
  refused(goodCodes, /another kind/);
  refused(frame({ ...header, decoder: [{ ...dense, outputs: 783 }] }, weight.slice(1), bias.slice(1)), /28×28/);
  refused(frame({ ...header, precision: "<f8" }, weight, bias), /precision/);
  refused(frame({ ...header, decoder: [{ ...dense, inputs: -1 }] }, weight, bias), /header/);
  for (const odd of [NaN, Infinity, -Infinity]) refused(frame(header, weight, bias.with(3, odd)), /finite/);
  refused(frame({ ...header, precision: "<f2" }, new Uint16Array(784).fill(0x7c00), new Uint16Array(784)), /finite/);
});

test("says that the encoder was not sent", () =>
  assert.throws(() => encode(unpack(good), new Float32Array(784)), /encoder was not sent/));

test("unpacks codes, and refuses broken ones", () => {
  const found = unpackCodes(goodCodes);
  assert.deepEqual(found, {
    count: 2,
    dim: 2,
    mean: Float32Array.of(1, 2, 3, 4),
    logvar: null,
    error: Float32Array.of(5, 6),
    kl: null,
    labels: Uint8Array.of(7, 8),
  });
  for (let length = 0; length < goodCodes.byteLength; length++)
    refused(goodCodes.slice(0, length), /cut short|another kind/, unpackCodes);
  refused(good, /codes are of another kind/, unpackCodes);
});
