// @ts-check
/** Images as they are shipped for training: 4 bits a pixel. */

/** @param {Uint8Array} packed  [N * 392], the earlier of two pixels in the high half of a byte
 * @returns {Uint8Array<ArrayBuffer>} [N * 784], grey levels 0, 17, ... 255 */
export function unpackNibbles(packed) {
  const images = new Uint8Array(2 * packed.length);
  for (let i = 0; i < packed.length; i++) {
    images[2 * i] = 17 * (packed[i] >> 4);
    images[2 * i + 1] = 17 * (packed[i] & 15);
  }
  return images;
}
