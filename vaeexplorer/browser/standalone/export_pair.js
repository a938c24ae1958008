// @ts-check
/** An AE and a VAE side by side on a page that needs no server, made by `export/`. It shows the fields that were
 * measured when it was written, of the planes as they open, where it has any. */
import { fetchOnce } from "../engine/fetch.js";
import { Pair } from "../pair/pair.js";
import { turned } from "../pair/turned.js";
import { element, given, linked, open, opening, provideElement } from "./standalone.js";

/** @param {ArrayBuffer} bytes @returns {import("../pair/turned.js").Stored} */
const read = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

open("pair", () => {
  const { keys, link, ...data } = given("data");
  for (const { urls } of data.spaces) {
    provideElement(urls.network);
    provideElement(urls.codes);
  }
  provideElement("sprite", false);
  const pair = linked(Pair, "pair", keys);
  if (element("fields")) {
    provideElement("fields", false);
    pair.ask = async (asked) => {
      const { kind, windows } = JSON.parse(asked);
      if (kind === "none") return;
      const stored = await fetchOnce("fields", read);
      pair.update({ ...data, fields: { asked, ...turned(stored, kind, windows) } }, pair.address.last);
    };
  }
  return () => pair.update({ ...data, fields: null }, opening(pair.address, link));
});
