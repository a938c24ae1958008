// @ts-check
/**
 * What the app's own controls have chosen, written into the address: an order of `app/state.py`, carried out once.
 *
 * @typedef {{session: string, number: number, push?: boolean, texts?: import("../interact/links.js").Texts}} Order
 *   number: of the session, from 1 on
 */
import { changed, go } from "../interact/address.js";

/** The session and the number of the order that was carried out last. */
const done = { session: "", number: 0 };

/** @param {{data: Order}} component */
export default function ({ data: { session, number, push, texts } }) {
  if (!texts || (session === done.session && number <= done.number)) return;
  Object.assign(done, { session, number });
  go(changed("search", texts), push);
}
