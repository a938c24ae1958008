// @ts-check
/**
 * What stands on every page: the app's own choices are written into the address, an order of `app/state.py`, carried
 * out once; and where the server is gone, a sentence of ours says what that means here.
 *
 * @typedef {{session: string, number: number, push?: boolean, texts?: import("../interact/links.js").Texts}} Order
 *   number: of the session, from 1 on
 */
import { changed, go } from "../interact/address.js";

const LOST = "The server does not answer";
const WORKS = "This page goes on working: close this and drag.";
const WAITS = "Other runs and pages are back as soon as the server is, without a reload.";

/** The session and the number of the order that was carried out last. */
const done = { session: "", number: 0 };
/** @type {MutationObserver | null} */ let watching = null;

/** Streamlit asks in a dialog whether one is connected to the internet, or for a command of its own. Its elements stay,
 * since it updates them itself; their texts are others. */
function explain() {
  const dialog = document.querySelector("[data-testid=stDialog]"),
    title = dialog?.querySelector("h2")?.firstChild,
    text = dialog?.querySelector("h2 + div > div")?.firstChild;
  if (title?.nodeValue !== "Connection error" || text?.nodeType !== Node.TEXT_NODE) return;
  title.nodeValue = LOST;
  text.nodeValue = `${WORKS} ${WAITS}`;
  const command = /** @type {HTMLElement | null | undefined} */ (
    dialog?.querySelector("[data-testid=stErrorCodeBlock]")
  );
  if (command) command.hidden = true;
}

/** @param {{data: [Order]}} component */
export default function ({ data: [{ session, number, push, texts }] }) {
  if (!watching) {
    watching = new MutationObserver(explain);
    watching.observe(document.body, { childList: true }); // where dialogs are put
  }
  if (!texts || (session === done.session && number <= done.number)) return;
  Object.assign(done, { session, number });
  go(changed("search", texts), push);
}
