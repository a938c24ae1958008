// @ts-check
/** Requests of which only the newest counts: an answer or a failure that comes after another request, or after `stop`, is ignored. */

export class Latest {
  constructor() {
    this.newest = 0;
  }

  /** @template T @param {() => Promise<T>} request @param {(answer: T) => void} show
   * @param {(error: Error) => void} fail  gets what `request` or `show` throws; the same may be asked for again */
  async ask(request, show, fail) {
    const number = ++this.newest;
    try {
      const answer = await request();
      if (number === this.newest) show(answer);
    } catch (error) {
      if (number === this.newest) fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Nothing is waited for any more. */
  stop() {
    this.newest++;
  }
}
