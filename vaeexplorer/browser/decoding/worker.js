// @ts-check
/**
 * The worker: decodes strips, galleries and the manifold beside the page.
 *
 * In:  {network: ArrayBuffer} | Request
 * Out: Answer (queue.js); pixels are handed over, not copied
 */
import { unpack } from "../engine/network.js";
import { Queue } from "./queue.js";

const queue = new Queue(20, 400, (answer) =>
  self.postMessage(answer, { transfer: "pixels" in answer ? [answer.pixels.buffer] : [] }),
);

self.onmessage = ({ data }) => {
  if (data.network) queue.use(unpack(data.network));
  else queue.add(data);
};
