// @ts-check
/** A worker of a script that the page has as text: works from a disk and in a frame, where none could be fetched. */

/** @param {string} source  the script @param {(data: any) => void} take  gets each message
 * @param {() => void} refused  the script or the worker fails
 * @returns {Worker}
 * @throws {Error} where the browser has no workers, or the page's policy allows none */
export function startWorker(source, take, refused) {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" })),
    worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.onmessage = ({ data }) => take(data);
  worker.onmessageerror = () => refused();
  worker.onerror = (event) => {
    event.preventDefault?.(); // it is dealt with
    refused();
  };
  return worker;
}
