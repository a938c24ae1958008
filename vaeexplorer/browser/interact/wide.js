// @ts-check
/** Which image a walk through a posterior opens with: one of whose posterior every draw looks different. */
import { column } from "../engine/codes.js";
import { decode } from "../engine/network.js";

const LOOKED_AT = 2000; // test images, from the first on
const TRIED = 24; // of which so many are decoded
const LEAST = 10; // codes that a posterior covers

/**
 * Of the first test images, those whose posterior covers codes of the most classes (within two standard deviations, by
 * the entropy of their labels); of these, the one whose images decoded around its mean differ most.
 *
 * @param {import("../engine/codes.js").Codes} codes @param {number[]} order  dimensions, the most informative first
 * @param {import("../engine/network.js").Network | null} network  null where the server decodes
 * @returns {number} its number; 0 for an autoencoder, which has no posteriors
 */
export function widestImage(codes, order, network) {
  const { logvar, mean, dim, labels, count } = codes;
  if (!logvar || dim < 2) return 0;
  const [j, k] = order,
    [xs, ys] = [column(codes, j), column(codes, k)];
  const mixed = Array.from({ length: Math.min(count, LOOKED_AT) }, (_, i) => {
    const [a, b] = [j, k].map((d) => Math.exp(-logvar[i * dim + d]) / 4),
      counts = new Float64Array(256);
    let covered = 0;
    for (let n = 0; n < count; n++)
      if ((xs[n] - xs[i]) ** 2 * a + (ys[n] - ys[i]) ** 2 * b < 1) {
        counts[labels[n]]++;
        covered++;
      }
    const entropy = counts.reduce((sum, c) => (c ? sum - (c / covered) * Math.log(c / covered) : sum), 0);
    return { i, entropy: covered < LEAST ? 0 : entropy };
  });
  mixed.sort((one, other) => other.entropy - one.entropy || one.i - other.i);
  const tried = mixed.slice(0, TRIED).map(({ i }) => {
    if (!network) return { i, spread: 0 };
    const images = [j, k].flatMap((d) =>
      [-1, 1].map((sign) => {
        const z = Array.from(mean.subarray(i * dim, (i + 1) * dim));
        z[d] += sign * Math.exp(logvar[i * dim + d] / 2);
        return decode(network, z).slice();
      }),
    );
    let spread = 0;
    for (let p = 0; p < images[0].length; p++) {
      const middle = images.reduce((sum, image) => sum + image[p], 0) / images.length;
      for (const image of images) spread += (image[p] - middle) ** 2;
    }
    return { i, spread };
  });
  return tried.reduce((best, each) => (each.spread > best.spread ? each : best)).i;
}
