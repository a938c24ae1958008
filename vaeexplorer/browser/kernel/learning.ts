// The posterior, its noise, and the step of the optimizer.

import { add, exponentialOf, k, lanes, logarithm, mul, sub, tangent, wave } from "./numbers";

/**
 * z [R, W] = mean + sigma eps of q(z|x), and the sum of KL(q || N(0, 1)) over images and the first D dimensions.
 * q [R, 2 W] are the heads' products: W means and W raw log variances a row, which become means and ln sigma^2.
 */
export function sample(q: usize, bias: usize, eps: usize, z: usize, R: i32, D: i32, W: i32): f64 {
  const row = <usize>W << 2, count = i32x4.splat(D), zero = f32x4.splat(0);
  let total: f64 = 0;
  for (let r = 0; r < R; r++, q += row) {
    let part = zero, lane = i32x4(0, 1, 2, 3);
    for (let w: usize = 0; w < row; w += 16, q += 16, eps += 16, z += 16) {
      const isReal = i32x4.lt_s(lane, count), mean = add(v128.load(q), v128.load(bias + w));
      const raw = add(v128.load(q + row), v128.load(bias + row + w));
      const logvar = add(k(42), mul(k(43), tangent(mul(sub(raw, k(42)), k(44)))));
      const sigma = exponentialOf(mul(logvar, k(45)));
      const kl = sub(add(mul(mean, mean), mul(sigma, sigma)), add(k(46), logvar));
      part = add(part, v128.and(kl, isReal));
      v128.store(q, mean);
      v128.store(q + row, logvar);
      v128.store(z, v128.and(add(mean, mul(sigma, v128.load(eps))), isReal));
      lane = i32x4.add(lane, i32x4.splat(4));
    }
    total += lanes(part);
  }
  return total / 2;
}

/** q of `sample` becomes the gradient by the heads' products, of what reaches z as dz [R, W] and of `scale` times KL. */
export function sampleBack(q: usize, eps: usize, dz: usize, R: i32, D: i32, W: i32, scale: f32): void {
  const row = <usize>W << 2, count = i32x4.splat(D), factor = f32x4.splat(scale);
  for (let r = 0; r < R; r++, q += row) {
    let lane = i32x4(0, 1, 2, 3);
    for (let w: usize = 0; w < row; w += 16, q += 16, eps += 16, dz += 16) {
      const isReal = i32x4.lt_s(lane, count), g = v128.load(dz), logvar = v128.load(q + row);
      const sigma = exponentialOf(mul(logvar, k(45))), t = mul(sub(logvar, k(42)), k(44));
      const spread = add(mul(mul(g, v128.load(eps)), sigma), mul(factor, sub(mul(sigma, sigma), k(46))));
      v128.store(q, v128.and(add(g, mul(factor, v128.load(q))), isReal));
      v128.store(q + row, v128.and(mul(mul(spread, k(45)), sub(k(46), mul(t, t))), isReal));
      lane = i32x4.add(lane, i32x4.splat(4));
    }
  }
}

/**
 * One step of Adam on `count` numbers x, of gradient g and moments m and v, with betas 0.9 and 0.999 and epsilon 1e-8
 * (Kingma & Ba 2015): `step` is the rate / (1 - 0.9^t), `correction` 1 / sqrt(1 - 0.999^t).
 */
export function adam(x: usize, g: usize, m: usize, v: usize, count: i32, step: f32, correction: f32): void {
  const a = f32x4.splat(0.1), b = f32x4.splat(0.001), keep = f32x4.splat(0.999), least = f32x4.splat(1e-8);
  const rate = f32x4.splat(step), scale = f32x4.splat(correction);
  for (let i = 0; i < count; i += 4, x += 16, g += 16, m += 16, v += 16) {
    const now = v128.load(g), old = v128.load(m), first = add(old, mul(a, sub(now, old)));
    const second = add(mul(keep, v128.load(v)), mul(b, mul(now, now)));
    v128.store(m, first);
    v128.store(v, second);
    const by = f32x4.div(first, add(mul(f32x4.sqrt(second), scale), least));
    v128.store(x, sub(v128.load(x), mul(rate, by)));
  }
}

/** Scrambles 32 bits (the finalizer of MurmurHash3). */
@inline
function scrambled(h: v128): v128 {
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** `count` standard normal numbers, a multiple of 8, that follow from the key alone (Box & Muller 1958). */
export function normals(out: usize, count: i32, key: i32): void {
  let counter = i32x4.add(i32x4.splat(key), i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(0x9e3779b9)));
  for (let i = 0; i < count; i += 8, out += 32) {
    const one = scrambled(counter), two = scrambled(v128.xor(one, i32x4.splat(0x6a09e667)));
    const size = f32x4.convert_i32x4_s(i32x4.add(i32x4.shr_u(one, 8), i32x4.splat(1))); // 1 to 2^24
    const turns = mul(f32x4.convert_i32x4_s(i32x4.shr_u(two, 8)), k(48));
    const radius = f32x4.sqrt(mul(f32x4.splat(-2), logarithm(mul(size, k(48)))));
    v128.store(out, mul(radius, wave(turns, 0)));
    v128.store(out, mul(radius, wave(turns, 1)), 16);
    counter = i32x4.add(counter, i32x4.splat(0x9e3779b9 << 2));
  }
}
