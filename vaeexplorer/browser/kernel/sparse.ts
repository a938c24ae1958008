// Where the inputs of a layer are 0, they are left out: four of five pixels of a digit, and half of what a ReLU lets
// through. Entries (u32 column, f32 value) number `starts[r]` to `starts[r + 1]` are row r's.

import { add, mul } from "./numbers";

/** Images by number, bytes [.., P], to grey values x [B, P] in [0, 1] and their entries. P is a multiple of 16. */
export function rows(images: usize, numbers: usize, x: usize, starts: usize, entries: usize, B: i32, P: i32): void {
  const scale = f32x4.splat(255);
  let to = x;
  for (let i = 0; i < B; i++) {
    const from = images + <usize>load<u32>(numbers + (<usize>i << 2)) * P;
    for (let p = 0; p < P; p += 16, to += 64) {
      const bytes = v128.load(from + p);
      const low = i16x8.extend_low_i8x16_u(bytes), high = i16x8.extend_high_i8x16_u(bytes);
      v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low)), scale));
      v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low)), scale), 16);
      v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high)), scale), 32);
      v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high)), scale), 48);
    }
  }
  nonzero(x, starts, entries, B, P);
}

/** What of x [R, C] is not 0, as entries. C is a multiple of 8. */
export function nonzero(x: usize, starts: usize, entries: usize, R: i32, C: i32): void {
  const zero = f32x4.splat(0);
  let n = 0;
  for (let r = 0; r < R; r++) {
    store<u32>(starts + (<usize>r << 2), n);
    for (let c = 0; c < C; c += 8, x += 32) {
      const isOne = i16x8.narrow_i32x4_s(f32x4.ne(v128.load(x), zero), f32x4.ne(v128.load(x, 16), zero));
      for (let mask = i16x8.bitmask(isOne); mask; mask &= mask - 1, n++) {
        const at = ctz(mask), entry = entries + (<usize>n << 3);
        store<u32>(entry, c + at);
        store<f32>(entry, load<f32>(x + (<usize>at << 2)), 4);
      }
    }
  }
  store<u32>(starts + (<usize>R << 2), n);
}

/** Entries by row, of R rows and C columns, to entries by column. */
export function columns(starts: usize, entries: usize, starts2: usize, entries2: usize, R: i32, C: i32): void {
  const end = entries + (<usize>load<u32>(starts + (<usize>R << 2)) << 3);
  for (let c = 0; c <= C; c++) store<u32>(starts2 + (<usize>c << 2), 0);
  for (let e = entries; e < end; e += 8) {
    const count = starts2 + (<usize>load<u32>(e) << 2);
    store<u32>(count, load<u32>(count, 4) + 1, 4);
  }
  for (let c = starts2; c < starts2 + (<usize>C << 2); c += 4) store<u32>(c, load<u32>(c) + load<u32>(c, 4), 4);
  let e = entries;
  for (let r = 0; r < R; r++)
    for (const last = entries + (<usize>load<u32>(starts + (<usize>r << 2), 4) << 3); e < last; e += 8) {
      const next = starts2 + (<usize>load<u32>(e) << 2), at = load<u32>(next), entry = entries2 + (<usize>at << 3);
      store<u32>(next, at + 1); // a column's start moves to its end,
      store<u32>(entry, r);
      store<f32>(entry, load<f32>(e, 4), 4);
    }
  for (let c = starts2 + (<usize>C << 2); c > starts2; c -= 4) store<u32>(c, load<u32>(c - 4)); // which is the next one's
  store<u32>(starts2, 0);
}

/** c [R, N] = sparse rows [R, K] times b [K, N] in wide panels; c lies in rows, or in wide panels as weights do. */
export function sparse(starts: usize, entries: usize, b: usize, c: usize, R: i32, K: i32, N: i32, inPanels: bool): void {
  let n = 0;
  while (n < N) {
    const isWide = n + 16 <= N, width: usize = isWide ? 64 : 32;
    const row = inPanels ? width : <usize>N << 2;
    let to = c + (inPanels ? (<usize>n * R) << 2 : <usize>n << 2);
    for (let r = starts; r < starts + (<usize>R << 2); r += 4, to += row) {
      const from = entries + (<usize>load<u32>(r) << 3), end = entries + (<usize>load<u32>(r, 4) << 3);
      if (isWide) sparse16(from, end, b, to);
      else sparse8(from, end, b, to);
    }
    b += width * K;
    n += isWide ? 16 : 8;
  }
}

function sparse16(e: usize, end: usize, b: usize, c: usize): void {
  let c0: v128 = f32x4.splat(0), c1: v128 = f32x4.splat(0), c2: v128 = f32x4.splat(0), c3: v128 = f32x4.splat(0);
  for (; e < end; e += 8) {
    const row = b + (<usize>load<u32>(e) << 6), x = v128.load_splat<f32>(e, 4);
    c0 = add(c0, mul(x, v128.load(row))); c1 = add(c1, mul(x, v128.load(row, 16)));
    c2 = add(c2, mul(x, v128.load(row, 32))); c3 = add(c3, mul(x, v128.load(row, 48)));
  }
  v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48);
}

function sparse8(e: usize, end: usize, b: usize, c: usize): void {
  let c0: v128 = f32x4.splat(0), c1: v128 = f32x4.splat(0);
  for (; e < end; e += 8) {
    const row = b + (<usize>load<u32>(e) << 5), x = v128.load_splat<f32>(e, 4);
    c0 = add(c0, mul(x, v128.load(row))); c1 = add(c1, mul(x, v128.load(row, 16)));
  }
  v128.store(c, c0); v128.store(c, c1, 16);
}
