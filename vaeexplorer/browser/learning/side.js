// @ts-check
/**
 * One side of a training, in a worker of its own; in the page where the browser refuses a worker.
 *
 * @typedef {{call: (name: string, given?: any[], transfer?: Transferable[]) => Promise<any>, end: () => void,
 *            inWorker: boolean}} Side
 */
import { Caller, answering } from "./calls.js";
import { create } from "./roles.js";
import { WORKER_SOURCE } from "./worker_source.js";

/** @param {import("./roles.js").Role} role @param {import("./calls.js").Report} report  also of "trouble", a sentence
 * @returns {Promise<Side>} */
export function open(role, report) {
  return new Promise((resolve) => {
    const here = () => resolve(inPage(role, report));
    if (!WORKER_SOURCE || typeof Worker === "undefined") return here();
    try {
      const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" })),
        worker = new Worker(url);
      URL.revokeObjectURL(url);
      const caller = new Caller((call, transfer) => worker.postMessage(call, transfer), report);
      let isReady = false;
      worker.onmessage = ({ data }) => {
        if (data !== "ready") return caller.take(data);
        isReady = true;
        worker.postMessage(role);
        resolve({
          call: (name, given = [], transfer = []) => caller.call(name, given, transfer),
          end: () => worker.terminate(),
          inWorker: true,
        });
      };
      worker.onerror = (event) => {
        event.preventDefault?.(); // it is dealt with
        worker.terminate();
        if (isReady) report("trouble", "The training has stopped: its worker ended. Begin it again.");
        else here();
      };
    } catch {
      here();
    }
  });
}

/** @param {import("./roles.js").Role} role @param {import("./calls.js").Report} report @returns {Side} */
function inPage(role, report) {
  let isOver = false;
  const target = create(role, (name, value) => isOver || report(name, value)),
    answer = answering(target, (message) => isOver || caller.take(message)),
    caller = new Caller((call) => void answer(call), report);
  return {
    call: (name, given = []) => caller.call(name, given),
    end: () => {
      isOver = true;
      target.end();
    },
    inWorker: false,
  };
}
