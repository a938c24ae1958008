// What is minimised.

import { add, decay, exponentialOf, k, lanes, log1p, logarithm, logistic, mul, sub } from "./numbers";

// Reconstruction terms of R images x [R, N] and the decoder's last products y [R, N]: they return the sum over images
// and pixels, replace y by `scale` times the gradient by it, and leave its columns' sums [N] for the bias.

/** softplus(l) - x l of logits l = y + bias. */
export function bernoulli(x: usize, y: usize, bias: usize, sums: usize, R: i32, N: i32, scale: f32): f64 {
  return entropy(x, y, bias, sums, R, N, scale, false);
}

/** The same less ln C(l) = ln(l / tanh(l / 2)), by its series near 0 (Loaiza-Ganem & Cunningham 2019). */
export function continuousBernoulli(x: usize, y: usize, bias: usize, sums: usize, R: i32, N: i32, scale: f32): f64 {
  return entropy(x, y, bias, sums, R, N, scale, true);
}

@inline
function entropy(x: usize, y: usize, bias: usize, sums: usize, R: i32, N: i32, scale: f32, isContinuous: bool): f64 {
  const factor = f32x4.splat(scale), zero = f32x4.splat(0), row = <usize>N << 2;
  let total: f64 = 0;
  memory.fill(sums, 0, row);
  for (let r = 0; r < R; r++) {
    let part = zero;
    for (let n: usize = 0; n < row; n += 16, x += 16, y += 16) {
      const v = add(v128.load(y), v128.load(bias + n)), t = v128.load(x), e = decay(v);
      let loss = sub(add(log1p(e), f32x4.pmax(zero, v)), mul(t, v)), slope = sub(logistic(v, e), t);
      if (isContinuous) {
        const size = f32x4.abs(v), isSmall = f32x4.lt(size, k(36)), v2 = mul(v, v), rest = sub(k(46), e);
        const far = logarithm(f32x4.pmax(mul(size, f32x4.div(add(k(46), e), rest)), k(49)));
        const near = add(k(37), mul(v2, add(k(38), mul(v2, k(39)))));
        const steep = sub(f32x4.div(k(46), size), f32x4.div(add(e, e), mul(rest, add(k(46), e))));
        const signed = v128.xor(steep, v128.and(v, f32x4.splat(-0.0)));
        const flat = mul(v, add(k(40), mul(v2, k(41))));
        loss = sub(loss, v128.bitselect(near, far, isSmall));
        slope = sub(slope, v128.bitselect(flat, signed, isSmall));
      }
      slope = mul(slope, factor);
      part = add(part, loss);
      v128.store(y, slope);
      v128.store(sums + n, add(v128.load(sums + n), slope));
    }
    total += lanes(part);
  }
  return total;
}

/** (x - y - bias)^2. */
export function squared(x: usize, y: usize, bias: usize, sums: usize, R: i32, N: i32, scale: f32): f64 {
  return square(x, y, bias, sums, R, N, scale, false);
}

/** (x - sigmoid(y + bias))^2. */
export function squaredSigmoid(x: usize, y: usize, bias: usize, sums: usize, R: i32, N: i32, scale: f32): f64 {
  return square(x, y, bias, sums, R, N, scale, true);
}

@inline
function square(x: usize, y: usize, bias: usize, sums: usize, R: i32, N: i32, scale: f32, isSquashed: bool): f64 {
  const factor = f32x4.splat(scale + scale), zero = f32x4.splat(0), row = <usize>N << 2;
  let total: f64 = 0;
  memory.fill(sums, 0, row);
  for (let r = 0; r < R; r++) {
    let part = zero;
    for (let n: usize = 0; n < row; n += 16, x += 16, y += 16) {
      let v = add(v128.load(y), v128.load(bias + n));
      if (isSquashed) v = logistic(v, exponentialOf(f32x4.neg(f32x4.abs(v))));
      const apart = sub(v, v128.load(x));
      let slope = mul(apart, factor);
      if (isSquashed) slope = mul(slope, mul(v, sub(k(46), v)));
      part = add(part, mul(apart, apart));
      v128.store(y, slope);
      v128.store(sums + n, add(v128.load(sums + n), slope));
    }
    total += lanes(part);
  }
  return total;
}
