// @ts-check
/** products.ts and sparse.ts in plain JavaScript. */

const f = Math.fround;

/** @param {import("./exports.js").Views} views */
export const products = (views) => ({
  /** @type {import("./exports.js").Kernel["product"]} */
  product(a, b, c, M, K, N, lda) {
    for (let n = 0; n < N; n += 8)
      for (let m = 0; m < M; m++) row(views.F, (a >> 2) + m * lda, 1, (b >> 2) + n * K, (c >> 2) + m * N + n, K);
  },

  /** @type {import("./exports.js").Kernel["productT"]} */
  productT(a, b, c, M, K, N) {
    for (let n = 0; n < N; n += 8)
      for (let m = 0; m < M; m++)
        row(views.F, (a >> 2) + (m - (m % 4)) * K + (m % 4), 4, (b >> 2) + n * K, (c >> 2) + n * M + m * 8, K);
  },

  /** @type {import("./exports.js").Kernel["pack"]} */
  pack(b, out, K, N, width) {
    for (let n = 0; n < N; n += width) {
      if (n + width > N) width = 8;
      copy(views.F, (b >> 2) + n, N, (out >> 2) + n * K, K, width);
    }
  },

  /** @type {import("./exports.js").Kernel["turn"]} */
  turn(b, out, K, N, isWide) {
    const { F } = views,
      to = out >> 2;
    for (let n = 0, at = b >> 2, width = isWide ? 16 : 8; n < N; n += width) {
      if (n + width > N) width = 8;
      for (let i = 0; i < K; i++)
        for (let u = n; u < n + width; u++, at++) F[to + (i - (i % 8)) * N + u * 8 + (i % 8)] = F[at];
    }
  },

  /** @type {import("./exports.js").Kernel["rows"]} */
  rows(images, numbers, x, starts, entries, B, P) {
    const { F, U, B: bytes } = views;
    for (let i = 0, at = x >> 2; i < B; i++) {
      const from = images + U[(numbers >> 2) + i] * P;
      for (let p = 0; p < P; p++, at++) F[at] = bytes[from + p] / 255;
    }
    this.nonzero(x, starts, entries, B, P);
  },

  /** @type {import("./exports.js").Kernel["nonzero"]} */
  nonzero(x, starts, entries, R, C) {
    const { F, U } = views;
    let n = 0,
      at = x >> 2;
    for (let r = 0; r < R; r++) {
      U[(starts >> 2) + r] = n;
      for (let c = 0; c < C; c++, at++) {
        if (F[at] === 0) continue;
        U[(entries >> 2) + 2 * n] = c;
        F[(entries >> 2) + 2 * n++ + 1] = F[at];
      }
    }
    U[(starts >> 2) + R] = n;
  },

  /** @type {import("./exports.js").Kernel["columns"]} */
  columns(starts, entries, starts2, entries2, R, C) {
    const { F, U } = views,
      [from, from2, to, to2] = [starts >> 2, starts2 >> 2, entries >> 2, entries2 >> 2];
    U.fill(0, from2, from2 + C + 1);
    for (let e = 0; e < U[from + R]; e++) U[from2 + U[to + 2 * e] + 1]++;
    for (let c = 0; c < C; c++) U[from2 + c + 1] += U[from2 + c];
    const next = U.slice(from2, from2 + C);
    for (let r = 0; r < R; r++)
      for (let e = U[from + r]; e < U[from + r + 1]; e++) {
        const at = to2 + 2 * next[U[to + 2 * e]]++;
        U[at] = r;
        F[at + 1] = F[to + 2 * e + 1];
      }
  },

  /** @type {import("./exports.js").Kernel["sparse"]} */
  sparse(starts, entries, b, c, R, K, N, inPanels) {
    const { F, U } = views,
      sums = new Float32Array(16);
    for (let n = 0, width = 0; n < N; n += width) {
      width = n + 16 <= N ? 16 : 8;
      for (let r = 0; r < R; r++) {
        sums.fill(0);
        for (let e = U[(starts >> 2) + r]; e < U[(starts >> 2) + r + 1]; e++) {
          const at = (entries >> 2) + 2 * e,
            x = F[at + 1],
            from = (b >> 2) + n * K + U[at] * width;
          for (let v = 0; v < width; v++) sums[v] += f(x * F[from + v]);
        }
        F.set(sums.subarray(0, width), (c >> 2) + (inPanels ? n * R + r * width : r * N + n));
      }
    }
  },
});

/** Eight numbers of a product: K numbers of a from `a` on, `step` apart, times a panel.
 * @param {Float32Array} F @param {number} a @param {number} step @param {number} b @param {number} c
 * @param {number} K */
function row(F, a, step, b, c, K) {
  let c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0, c7 = 0; // biome-ignore format: one thing
  for (let k = 0; k < K; k++, a += step, b += 8) {
    const x = F[a];
    c0 = f(c0 + f(x * F[b]));
    c1 = f(c1 + f(x * F[b + 1]));
    c2 = f(c2 + f(x * F[b + 2]));
    c3 = f(c3 + f(x * F[b + 3]));
    c4 = f(c4 + f(x * F[b + 4]));
    c5 = f(c5 + f(x * F[b + 5]));
    c6 = f(c6 + f(x * F[b + 6]));
    c7 = f(c7 + f(x * F[b + 7]));
  }
  F[c] = c0;
  F[c + 1] = c1;
  F[c + 2] = c2;
  F[c + 3] = c3;
  F[c + 4] = c4;
  F[c + 5] = c5;
  F[c + 6] = c6;
  F[c + 7] = c7;
}

/** `width` numbers of each of K rows. @param {Float32Array} F @param {number} from @param {number} step
 * @param {number} to @param {number} K @param {number} width */
function copy(F, from, step, to, K, width) {
  for (let i = 0; i < K; i++) F.copyWithin(to + i * width, from + i * step, from + i * step + width);
}
