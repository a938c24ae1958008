// @ts-check
/** "Train one now" on a page that needs no server, made by `export/gallery`. */
import { Train } from "../train/train.js";
import { given, linked, open, provideElement } from "./standalone.js";

open("train", () => {
  const { keys, ...data } = given("data");
  for (const { train, test, sprite } of Object.values(data.sets))
    for (const id of [train, test, sprite]) provideElement(id, false);
  const widget = linked(Train, "train", keys);
  return () => widget.update(data, widget.address.last);
});
