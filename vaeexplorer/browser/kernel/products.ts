// Products of dense matrices.

import { add, mul } from "./numbers";

/** One 4 x 8 tile of c = a * b: `la` and `lc` are bytes a row of a and c, `b` a panel [K, 8]. */
function tile(a: usize, la: usize, b: usize, c: usize, lc: usize, K: i32): void {
  let c00: v128 = f32x4.splat(0), c01: v128 = f32x4.splat(0), c10: v128 = f32x4.splat(0), c11: v128 = f32x4.splat(0);
  let c20: v128 = f32x4.splat(0), c21: v128 = f32x4.splat(0), c30: v128 = f32x4.splat(0), c31: v128 = f32x4.splat(0);
  let a1 = a + la, a2 = a1 + la, a3 = a2 + la;
  for (let i = 0; i < K; i++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = add(c00, mul(x, b0)); c01 = add(c01, mul(x, b1));
    x = v128.load_splat<f32>(a1);
    c10 = add(c10, mul(x, b0)); c11 = add(c11, mul(x, b1));
    x = v128.load_splat<f32>(a2);
    c20 = add(c20, mul(x, b0)); c21 = add(c21, mul(x, b1));
    x = v128.load_splat<f32>(a3);
    c30 = add(c30, mul(x, b0)); c31 = add(c31, mul(x, b1));
    a += 4; a1 += 4; a2 += 4; a3 += 4; b += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += lc;
  v128.store(c, c10); v128.store(c, c11, 16); c += lc;
  v128.store(c, c20); v128.store(c, c21, 16); c += lc;
  v128.store(c, c30); v128.store(c, c31, 16);
}

/** The same of a transposed: four neighbouring columns of it, [K, 4], give a panel's rows [4, 8] at c. */
function tileT(a: usize, b: usize, c: usize, K: i32): void {
  let c00: v128 = f32x4.splat(0), c01: v128 = f32x4.splat(0), c10: v128 = f32x4.splat(0), c11: v128 = f32x4.splat(0);
  let c20: v128 = f32x4.splat(0), c21: v128 = f32x4.splat(0), c30: v128 = f32x4.splat(0), c31: v128 = f32x4.splat(0);
  for (let i = 0; i < K; i++, a += 16, b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = add(c00, mul(x, b0)); c01 = add(c01, mul(x, b1));
    x = v128.load_splat<f32>(a, 4);
    c10 = add(c10, mul(x, b0)); c11 = add(c11, mul(x, b1));
    x = v128.load_splat<f32>(a, 8);
    c20 = add(c20, mul(x, b0)); c21 = add(c21, mul(x, b1));
    x = v128.load_splat<f32>(a, 12);
    c30 = add(c30, mul(x, b0)); c31 = add(c31, mul(x, b1));
  }
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(c, c10, 32); v128.store(c, c11, 48);
  v128.store(c, c20, 64); v128.store(c, c21, 80); v128.store(c, c30, 96); v128.store(c, c31, 112);
}

/** c [M, N] = a [M, lda] times b [K, N], of a's first K columns; b lies in panels. */
export function product(a: usize, b: usize, c: usize, M: i32, K: i32, N: i32, lda: i32): void {
  const la = <usize>lda << 2, lc = <usize>N << 2;
  for (let n = 0; n < N; n += 8, b += <usize>K << 5)
    for (let m = 0; m < M; m += 4) tile(a + <usize>m * la, la, b, c + <usize>m * lc + (<usize>n << 2), lc, K);
}

/** c [M, N] = a^T b of a [K, M] and b [K, N], as the gradient of weights is: a lies in panels of 4 columns, where rows of
 * a power of two would share a few lines of the cache, b and c in panels of 8. */
export function productT(a: usize, b: usize, c: usize, M: i32, K: i32, N: i32): void {
  const end = a + (<usize>M * K << 2);
  for (let n = 0; n < N; n += 8, b += <usize>K << 5)
    for (let from = a; from < end; from += <usize>K << 4, c += 128) tileT(from, b, c, K);
}

/** Rows b [K, N] into panels of `width` columns, 4, 8 or 16, and what is left of 16 into one of 8. */
export function pack(b: usize, out: usize, K: i32, N: i32, width: i32): void {
  const row = <usize>N << 2;
  let panel = <usize>width << 2;
  for (let n: usize = 0; n < row; n += panel) {
    if (n + panel > row) panel = 32;
    copy(b + n, row, out + n * K, K, panel);
  }
}

/** A part of `width` bytes of every row. */
function copy(b: usize, row: usize, out: usize, K: i32, width: usize): void {
  for (let i = 0; i < K; i++, b += row, out += width)
    for (let v: usize = 0; v < width; v += 16) v128.store(out + v, v128.load(b + v));
}

/** Panels of b [K, N] into panels of b^T [N, K]; K is a multiple of 8 too. b's are of 16 columns where it `isWide`, and
 * what is left in one of 8. Blocks of 8 x 8 are turned one by one. */
export function turn(b: usize, out: usize, K: i32, N: i32, isWide: bool): void {
  let width = isWide ? 16 : 8;
  for (let n = 0; n < N; n += width) {
    if (n + width > N) width = 8;
    const row = <usize>width << 2;
    for (let i = 0; i < K; i += 8, b += row << 3)
      for (let u = 0; u < width; u += 8) {
        const from = b + (<usize>u << 2), to = out + ((<usize>i * N + (<usize>(n + u) << 3)) << 2);
        quarter(from, row, to); quarter(from + 16, row, to + 128);
        quarter(from + (row << 2), row, to + 16); quarter(from + (row << 2) + 16, row, to + 144);
      }
  }
}

/** 4 x 4 of rows that are `row` bytes apart. */
@inline
function quarter(b: usize, row: usize, to: usize): void {
  const w0 = v128.load(b), w1 = v128.load(b + row), w2 = v128.load(b + 2 * row), w3 = v128.load(b + 3 * row);
  const t0 = v128.shuffle<f32>(w0, w1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(w0, w1, 2, 6, 3, 7);
  const t2 = v128.shuffle<f32>(w2, w3, 0, 4, 1, 5), t3 = v128.shuffle<f32>(w2, w3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(t0, t2, 0, 2)); v128.store(to, v128.shuffle<f64>(t0, t2, 1, 3), 32);
  v128.store(to, v128.shuffle<f64>(t1, t3, 0, 2), 64); v128.store(to, v128.shuffle<f64>(t1, t3, 1, 3), 96);
}
