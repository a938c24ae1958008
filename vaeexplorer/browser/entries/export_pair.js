// @ts-check
/** An AE and a VAE side by side on a page that needs no server, made by `export/gallery.py`; it shows no fields. */
import { Pair } from "../pair/pair.js";
import { Address, element, given, open, provideElement } from "./standalone.js";

open("pair", () => {
  const { count, ...data } = given("data"),
    address = new Address();
  for (const { urls } of data.spaces) {
    provideElement(urls.network);
    provideElement(urls.codes);
  }
  provideElement("sprite", false);
  const pair = new Pair(element("pair"), (name, value) => {
    if (name === "pair") address.keep({ pair: /** @type {number[]} */ (value).join("-") }, ["pair"]);
  });
  const asked = /^\d+-\d+$/
    .exec(address.texts.pair ?? "")?.[0]
    .split("-")
    .map(Number);
  const isPair = asked?.every((index) => index < count);
  return () => pair.update({ ...data, pair: isPair ? asked : data.pair, field: "none", fields: null });
});
