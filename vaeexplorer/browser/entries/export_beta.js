// @ts-check
/** The beta dial on a page that needs no server, made by `export/gallery.py`. */
import { BetaDial } from "../beta/dial.js";
import { Address, element, given, open, provideElement } from "./standalone.js";

open("dial", () => {
  const data = given("data"),
    address = new Address();
  provideElement("sweep");
  const dial = new BetaDial(element("dial"), (beta) => address.keep({ beta: String(beta) }, ["beta"]));
  return () => dial.update({ ...data, url: "sweep", beta: Number(address.texts.beta ?? 1) });
});
