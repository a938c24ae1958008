/** Bytes that an exported page holds as text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOfText } from "./standalone/text.js";

const LETTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((c) => !'"&<\\'.includes(c));

/** By the definition in `export/places.py`: all bytes as one row of bits. @param {Uint8Array} bytes */
function textOf(bytes) {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  let text = "";
  for (let at = 0; at < bits.length; at += 13) {
    const part = bits.slice(at, at + 13),
      isShort = part.length <= 6;
    const value = parseInt(part.padEnd(isShort ? 6 : 13, "0"), 2);
    text += isShort ? LETTERS[value] : LETTERS[Math.floor(value / 91)] + LETTERS[value % 91];
  }
  return text;
}

/** Of a file beside a page: 15 bits a character, 7 in the last where these are enough. @param {Uint8Array} bytes */
function wideTextOf(bytes) {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: Math.ceil(bits.length / 15) }, (_, k) => {
    const part = bits.slice(15 * k, 15 * k + 15);
    return String.fromCharCode(
      part.length <= 7 ? 0x2f00 + parseInt(part.padEnd(7, "0"), 2) : 0x3000 + parseInt(part.padEnd(15, "0"), 2),
    );
  }).join("");
}

test("bytes of any length come back", () => {
  for (let length = 0; length < 40; length++)
    for (const byte of [() => 0, () => 255, (/** @type {number} */ i) => (i * i * 37 + length) & 255]) {
      const bytes = Uint8Array.from({ length }, (_, i) => byte(i));
      assert.deepEqual(bytesOfText(textOf(bytes)), bytes);
      assert.deepEqual(bytesOfText(wideTextOf(bytes)), bytes);
    }
});

test("what Python has written", () => {
  assert.equal(new TextDecoder().decode(bytesOfText("8v%yQ}bl#?t|,71FKqS")), "A page is text.");
  assert.equal(
    new TextDecoder().decode(bytesOfText("\u5090\u499a\u5d8c\u8206\u7b99\u31d1\u7af0\ua42e")),
    "A file is text.",
  );
});
