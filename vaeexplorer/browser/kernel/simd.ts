// The arithmetic of dense networks, four numbers at a time: AssemblyScript, compiled to WebAssembly SIMD.
//
//   asc simd.ts --optimizeLevel 3 --runtime stub --enable simd --converge --noAssert --outFile simd.wasm
//
// Arguments are byte offsets into the module's memory, multiples of 16, and counts. Numbers are float32. Matrices are
// row-major, with rows of a multiple of 8 numbers; the number of rows is a multiple of 4. Fused multiply-add is left
// out: it is not the same in every browser, and these numbers are.

/** One 4 x 8 tile of c = a * b: `la` and `lc` are bytes a row of a and c, `b` a panel [K, 8]. */
function tile(a: usize, la: usize, b: usize, c: usize, lc: usize, K: i32): void {
  let c00: v128 = f32x4.splat(0), c01: v128 = f32x4.splat(0), c10: v128 = f32x4.splat(0), c11: v128 = f32x4.splat(0);
  let c20: v128 = f32x4.splat(0), c21: v128 = f32x4.splat(0), c30: v128 = f32x4.splat(0), c31: v128 = f32x4.splat(0);
  let a1 = a + la, a2 = a1 + la, a3 = a2 + la;
  for (let k = 0; k < K; k++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0)); c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a1);
    c10 = f32x4.add(c10, f32x4.mul(x, b0)); c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a2);
    c20 = f32x4.add(c20, f32x4.mul(x, b0)); c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a3);
    c30 = f32x4.add(c30, f32x4.mul(x, b0)); c31 = f32x4.add(c31, f32x4.mul(x, b1));
    a += 4; a1 += 4; a2 += 4; a3 += 4; b += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += lc;
  v128.store(c, c10); v128.store(c, c11, 16); c += lc;
  v128.store(c, c20); v128.store(c, c21, 16); c += lc;
  v128.store(c, c30); v128.store(c, c31, 16);
}

/** c [M, N] = a [M, lda] times b [K, N], of a's first K columns; b lies in panels, [N / 8, K, 8]. */
export function product(a: usize, b: usize, c: usize, M: i32, K: i32, N: i32, lda: i32): void {
  const la = <usize>lda << 2, lc = <usize>N << 2;
  for (let n = 0; n < N; n += 8, b += <usize>K << 5)
    for (let m = 0; m < M; m += 4) tile(a + <usize>m * la, la, b, c + <usize>m * lc + (<usize>n << 2), lc, K);
}

/** exp(x) for x <= 0, to 2e-7 of itself (Cephes' expf). */
// @ts-ignore: a decorator of AssemblyScript
@inline
function exponential(x: v128): v128 {
  x = f32x4.pmax(x, f32x4.splat(-87.3));
  const magic = f32x4.splat(12582912);
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.4426950408889634)), magic), n = f32x4.sub(shifted, magic);
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let y = f32x4.splat(1.98756915e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  return f32x4.mul(y, i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23)); // the low bits of `shifted` are n
}

/** 1 / (1 + exp(-x)), by an exponential that cannot overflow. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function logistic(x: v128): v128 {
  const e = exponential(f32x4.neg(f32x4.abs(x))), r = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), e));
  return v128.bitselect(r, f32x4.mul(e, r), f32x4.ge(x, f32x4.splat(0)));
}

/** x [M, N] + bias [N], in place. */
export function none(x: usize, bias: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16)
      v128.store(x, f32x4.add(v128.load(x), v128.load(bias + n)));
}

/** max(0, x + bias), in place. */
export function relu(x: usize, bias: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16)
      v128.store(x, f32x4.pmax(f32x4.splat(0), f32x4.add(v128.load(x), v128.load(bias + n))));
}

/** v / (1 + exp(-v)), v = x + bias, in place. */
export function silu(x: usize, bias: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16) {
      const v = f32x4.add(v128.load(x), v128.load(bias + n));
      v128.store(x, f32x4.mul(v, logistic(v)));
    }
}

/** 1 / (1 + exp(-(x + bias))), in place. */
export function sigmoid(x: usize, bias: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16)
      v128.store(x, logistic(f32x4.add(v128.load(x), v128.load(bias + n))));
}

/** tanh(x + bias) = 2 / (1 + exp(-2 (x + bias))) - 1, in place; to 1e-7, not to 1e-7 of a small value. */
export function tanh(x: usize, bias: usize, M: i32, N: i32): void {
  const two = f32x4.splat(2);
  for (let m = 0; m < M; m++)
    for (let n: usize = 0; n < <usize>N << 2; n += 16, x += 16) {
      const v = f32x4.add(v128.load(x), v128.load(bias + n));
      v128.store(x, f32x4.sub(f32x4.mul(two, logistic(f32x4.mul(two, v))), f32x4.splat(1)));
    }
}

/** Numbers in [0, 1], and beyond, to bytes 0 to 255, rounded: `count`, a multiple of 16, from x to out. */
export function bytes(x: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i += 16, x += 64, out += 16)
    v128.store(out, i8x16.narrow_i16x8_u(
      i16x8.narrow_i32x4_s(byte(v128.load(x)), byte(v128.load(x, 16))),
      i16x8.narrow_i32x4_s(byte(v128.load(x, 32)), byte(v128.load(x, 48))),
    ));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function byte(x: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(x, f32x4.splat(255)), f32x4.splat(0.5)));
}
