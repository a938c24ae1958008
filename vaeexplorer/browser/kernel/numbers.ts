// Functions of four numbers at once.

// Constants of inner loops, read from memory: V8 builds a v128.const anew in every turn of a loop.
const TABLE: usize = memory.data<f32>([
  -87.3, 1.4426950408889634, 12583039 /* 1.5 * 2^23 + 127 */, 0.693359375, -2.12194440e-4, // 0: exp (Cephes' expf)
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, // 5
  0.15384615, 0.18181818, 0.22222222, 0.28571429, 0.4, 0.66666667, 2, // 11: 2 atanh(s) / s in s^2
  7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, // 18: ln (Cephes' logf)
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1, // 23
  12582912 /* 1.5 * 2^23 */, 0.25, 6.283185307179586, // 27: cosine and sine
  -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1, // 30
  2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, // 33
  0.2, 0.69314718, 0.083333333, -0.0048611111, 0.16666667, -0.019444444, // 36: the continuous Bernoulli near 0
  -5, 9, 0.11111111, // 42: ln sigma^2 = -5 + 9 tanh((raw + 5) / 9)
  0.5, 1, 255, 5.9604644775390625e-8 /* 2^-24 */, 1.17549435e-38, // 45
]);

@inline
export function k(index: usize): v128 {
  return v128.load_splat<f32>(TABLE + (index << 2));
}
@inline
export function add(a: v128, b: v128): v128 { return f32x4.add(a, b); }
@inline
export function sub(a: v128, b: v128): v128 { return f32x4.sub(a, b); }
@inline
export function mul(a: v128, b: v128): v128 { return f32x4.mul(a, b); }

/** exp(x) for x <= 88, to 2e-7 of itself; 0 below -87. */
@inline
export function exponential(x: v128): v128 {
  x = f32x4.pmax(x, k(0));
  const shifted = add(mul(x, k(1)), k(2)), n = sub(shifted, k(2));
  const r = sub(sub(x, mul(n, k(3))), mul(n, k(4)));
  let y = k(5);
  y = add(mul(y, r), k(6));
  y = add(mul(y, r), k(7));
  y = add(mul(y, r), k(8));
  y = add(mul(y, r), k(9));
  y = add(mul(y, r), k(10));
  y = add(add(mul(y, mul(r, r)), r), k(46));
  return mul(y, i32x4.shl(shifted, 23)); // the low bits of `shifted` are n + 127
}

/** The same as a function that is called: smaller, for what does not run over all pixels or features. */
export function exponentialOf(x: v128): v128 { return exponential(x); }

/** ln(x) for normal x > 0. */
export function logarithm(x: v128): v128 {
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23); // x = 2^exponent * [sqrt(1/2), sqrt(2))
  const f = sub(i32x4.sub(x, i32x4.shl(exponent, 23)), k(46)), e = f32x4.convert_i32x4_s(exponent), f2 = mul(f, f);
  let y = k(18);
  y = add(mul(y, f), k(19));
  y = add(mul(y, f), k(20));
  y = add(mul(y, f), k(21));
  y = add(mul(y, f), k(22));
  y = add(mul(y, f), k(23));
  y = add(mul(y, f), k(24));
  y = add(mul(y, f), k(25));
  y = add(mul(y, f), k(26));
  y = add(mul(mul(y, f), f2), mul(e, k(4)));
  return add(add(f, sub(y, mul(f2, k(45)))), mul(e, k(3)));
}

/** ln(1 + e) for e in [0, 1], by 2 atanh(e / (2 + e)). */
@inline
export function log1p(e: v128): v128 {
  const s = f32x4.div(e, add(k(17), e)), q = mul(s, s);
  let y = k(11);
  y = add(mul(y, q), k(12));
  y = add(mul(y, q), k(13));
  y = add(mul(y, q), k(14));
  y = add(mul(y, q), k(15));
  y = add(mul(y, q), k(16));
  y = add(mul(y, q), k(17));
  return mul(y, s);
}

/** 1 / (1 + exp(-x)), where e = exp(-|x|). */
@inline
export function logistic(x: v128, e: v128): v128 {
  const r = f32x4.div(k(46), add(k(46), e));
  return v128.bitselect(r, mul(e, r), f32x4.ge(x, f32x4.splat(0)));
}

@inline
export function decay(x: v128): v128 { return exponential(f32x4.neg(f32x4.abs(x))); }

/** 2 / (1 + exp(-2x)) - 1; to 1e-7, not to 1e-7 of a small value. */
export function tangent(x: v128): v128 {
  x = add(x, x);
  const y = logistic(x, exponentialOf(f32x4.neg(f32x4.abs(x))));
  return sub(add(y, y), k(46));
}

/** cos and sin of 2 pi u, |u| <= 1: `by` is 0 or 1. The angle is reduced to within a quarter turn, exactly. */
export function wave(u: v128, by: i32): v128 {
  const shifted = add(mul(u, f32x4.splat(4)), k(27)), quarters = sub(shifted, k(27));
  const t = mul(sub(u, mul(quarters, k(28))), k(29)), z = mul(t, t);
  let s = k(30), c = k(33);
  s = add(mul(s, z), k(31));
  s = add(mul(mul(add(mul(s, z), k(32)), z), t), t);
  c = add(mul(c, z), k(34));
  c = add(mul(mul(add(mul(c, z), k(35)), z), z), sub(k(46), mul(z, k(45))));
  const q = i32x4.add(shifted, i32x4.splat(1 - by)); // whole quarter turns in the low bits, cos one ahead
  const isSine = i32x4.ne(v128.and(q, i32x4.splat(1)), i32x4.splat(0));
  return v128.xor(v128.bitselect(c, s, isSine), i32x4.shl(v128.and(q, i32x4.splat(2)), 30));
}

@inline
export function lanes(x: v128): f64 {
  return <f64>f32x4.extract_lane(x, 0) + <f64>f32x4.extract_lane(x, 1) +
    <f64>f32x4.extract_lane(x, 2) + <f64>f32x4.extract_lane(x, 3);
}

/** exp(x), x <= 88. */
export function exp(x: f32): f32 { return f32x4.extract_lane(exponentialOf(f32x4.splat(x)), 0); }
/** ln(x), x > 0. */
export function ln(x: f32): f32 { return f32x4.extract_lane(logarithm(f32x4.splat(x)), 0); }
/** cos(2 pi u), |u| <= 1. */
export function cosine(u: f32): f32 { return f32x4.extract_lane(wave(f32x4.splat(u), 0), 0); }
