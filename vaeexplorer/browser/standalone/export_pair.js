// @ts-check
/** An AE and a VAE side by side on a page that needs no server, made by `export/`; it shows no fields. */
import { Pair } from "../pair/pair.js";
import { given, linked, open, opening, provideElement } from "./standalone.js";

open("pair", () => {
  const { keys, link, ...data } = given("data");
  for (const { urls } of data.spaces) {
    provideElement(urls.network);
    provideElement(urls.codes);
  }
  provideElement("sprite", false);
  const pair = linked(Pair, "pair", keys);
  return () => pair.update({ ...data, fields: null }, opening(pair.address, link));
});
