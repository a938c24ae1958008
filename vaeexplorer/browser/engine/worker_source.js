// @ts-check
/** The text of worker.js with all it imports: `bundle.py` puts it here, so that a page needs no second script. */
export const WORKER_SOURCE = "";
