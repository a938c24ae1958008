// @ts-check
/** The beta dial on a page that needs no server, made by `export/gallery.py`. */
import { BetaDial } from "../beta/dial.js";
import { given, linked, open, provideElement } from "./standalone.js";

open("dial", () => {
  const { keys, ...data } = given("data");
  provideElement("sweep");
  const dial = linked(BetaDial, "dial", keys);
  return () => dial.update({ ...data, url: "sweep" }, dial.address.last);
});
