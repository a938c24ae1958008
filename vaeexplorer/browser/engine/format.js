// @ts-check
/**
 * How the numbers of an image lie: rows from the top; of a colour image first all red ones, then green, then blue.
 *
 * @typedef {{width: number, height: number, channels: number, size: number}} Format  pixels across and down; 1 of grey
 *   and 3 of colour images; how many numbers an image is
 * @typedef {readonly number[]} Shape  [height, width], and 3 of colour images: as NumPy has it
 */

/** @param {Shape} shape @returns {Format} */
export const formatOf = ([height, width, channels = 1]) => ({
  width,
  height,
  channels,
  size: height * width * channels,
});

/** Of the sets by name, and of all that is trained here. */
export const DIGIT = formatOf([28, 28]);

/** @param {Format} format */
export const isDigit = ({ width, height, channels }) =>
  width === DIGIT.width && height === DIGIT.height && channels === DIGIT.channels;

/** Where the grey level, or each colour, of a pixel begins. @param {Format} format
 * @returns {[number, number, number]} */
export const planesOf = ({ width, height, channels }) =>
  channels === 3 ? [0, width * height, 2 * width * height] : [0, 0, 0];

/** One of several images that follow each other. @param {Uint8Array} images  [N * size] @param {number} index
 * @param {Format} [format] */
export const imageAt = (images, index, { size } = DIGIT) => images.subarray(index * size, (index + 1) * size);
