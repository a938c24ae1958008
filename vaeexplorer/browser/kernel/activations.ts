// Activations: x = f(x + bias) in place, slope = f' there.

import { add, decay, exponentialOf, k, logistic, mul, sub, tangent } from "./numbers";

/** f(v) = v: no slope is written. */
export function none(x: usize, bias: usize, slope: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16)
      v128.store(x, add(v128.load(x), v128.load(bias + n)));
}

/** f(v) = max(0, v). */
export function relu(x: usize, bias: usize, slope: usize, M: i32, N: i32): void {
  const zero = f32x4.splat(0), one = k(46);
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16, slope += 16) {
      const v = add(v128.load(x), v128.load(bias + n));
      v128.store(x, f32x4.pmax(zero, v));
      v128.store(slope, v128.and(one, f32x4.gt(v, zero)));
    }
}

/** f(v) = v / (1 + exp(-v)). */
export function silu(x: usize, bias: usize, slope: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16, slope += 16) {
      const v = add(v128.load(x), v128.load(bias + n)), g = logistic(v, decay(v)), y = mul(v, g);
      v128.store(x, y);
      v128.store(slope, add(g, mul(y, sub(k(46), g))));
    }
}

/** f(v) = tanh(v). */
export function tanh(x: usize, bias: usize, slope: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16, slope += 16) {
      const y = tangent(add(v128.load(x), v128.load(bias + n)));
      v128.store(x, y);
      v128.store(slope, sub(k(46), mul(y, y)));
    }
}

/** f(v) = 1 / (1 + exp(-v)): no slope is written. */
export function sigmoid(x: usize, bias: usize, slope: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16) {
      const v = add(v128.load(x), v128.load(bias + n));
      v128.store(x, logistic(v, exponentialOf(f32x4.neg(f32x4.abs(v)))));
    }
}

/** Gradients g [M, N] pass an activation: g *= slope; sums [N] of its columns are the bias's. */
export function back(g: usize, slope: usize, sums: usize, M: i32, N: i32): void {
  const row = <usize>N << 2;
  memory.fill(sums, 0, row);
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < row; n += 16, g += 16, slope += 16) {
      const v = mul(v128.load(g), v128.load(slope));
      v128.store(g, v);
      v128.store(sums + n, add(v128.load(sums + n), v));
    }
}

/** Sums [N] of the columns of g [M, N]. */
export function sum(g: usize, sums: usize, M: i32, N: i32): void {
  const row = <usize>N << 2;
  memory.fill(sums, 0, row);
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < row; n += 16, g += 16) v128.store(sums + n, add(v128.load(sums + n), v128.load(g)));
}

/** Numbers in [0, 1], and beyond, to bytes 0 to 255, rounded: `count`, a multiple of 16, from x to out. */
export function bytes(x: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i += 16, x += 64, out += 16)
    v128.store(out, i8x16.narrow_i16x8_u(
      i16x8.narrow_i32x4_s(byte(v128.load(x)), byte(v128.load(x, 16))),
      i16x8.narrow_i32x4_s(byte(v128.load(x, 32)), byte(v128.load(x, 48))),
    ));
}

@inline
function byte(x: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(add(mul(x, k(47)), k(45)));
}
