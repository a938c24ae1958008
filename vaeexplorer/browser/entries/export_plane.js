// @ts-check
/** The latent plane alone on a page that needs no server, made by `export/planes.py`. */
import { LatentPlane } from "../plane/latent_plane.js";
import { given, linked, open, opening, provideElement } from "./standalone.js";

open("plane", () => {
  const { keys, link, space } = given("data");
  for (const id of ["network", "codes"]) provideElement(id);
  provideElement("sprite", false);
  const plane = linked(LatentPlane, "plane", keys);
  return () => plane.update({ space }, opening(plane.address, link));
});
