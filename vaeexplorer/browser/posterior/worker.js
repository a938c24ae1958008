// @ts-check
/**
 * The worker: the true posterior beside the page.
 *
 * In:  {network: ArrayBuffer, side, reach} | Request
 * Out: Answer (desk.js)
 */
import { unpack } from "../engine/network.js";
import { Desk } from "./desk.js";

const desk = new Desk(
  (answer) => self.postMessage(answer),
  () => new Promise((done) => setTimeout(done)),
);

self.onmessage = ({ data }) => {
  if (data.network) desk.use(unpack(data.network), data.side, data.reach);
  else desk.ask(data);
};
