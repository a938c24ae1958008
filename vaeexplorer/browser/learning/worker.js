// @ts-check
/**
 * The worker: one side of a training.
 *
 * In:  the name of its role, then Call (calls.js)
 * Out: "ready" at once, then Answer
 */
import { answering, buffersOf } from "./calls.js";
import { create } from "./roles.js";

/** @type {((call: import("./calls.js").Call) => void) | null} */
let answer = null;

self.onmessage = ({ data }) => {
  if (answer) return answer(data);
  const target = create(data, (report, value) => self.postMessage({ report, value }, { transfer: buffersOf(value) }));
  answer = answering(target, (message, transfer) => self.postMessage(message, { transfer }));
};
self.postMessage("ready");
