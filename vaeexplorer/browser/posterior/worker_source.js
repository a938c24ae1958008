// @ts-check
/** The text of worker.js with its imports. `bundle.py` fills it in, so that a page needs no second script. */
export const WORKER_SOURCE = "";
