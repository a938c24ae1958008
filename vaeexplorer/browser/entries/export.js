// @ts-check
/** The latent plane and the walk from x to x' on a page that needs no server, made by `export/explorer.py`. */
import { FromX } from "../from_x/from_x.js";
import { LatentPlane } from "../plane/latent_plane.js";
import { Address, element, given, open, provideElement, provideNetwork } from "./standalone.js";

const NEAR = "400px"; // below what is seen: where the walk begins to load

/** @param {{name: string}[]} keys */
const names = (keys) => keys.map(({ name }) => name);

open("plane", () => {
  const space = given("space"),
    address = new Address(),
    { plane: ofPlane, walk: ofWalk } = space.keys;
  for (const id of ["network", "codes"]) provideElement(id);
  provideElement("sprite", false);
  provideNetwork("whole", "network", "encoder");
  provideNetwork("plain", "autoencoder", "autoencoder-encoder");
  const urls = { network: "network", codes: "codes", sprite: "sprite" };
  const { name } = element("autoencoder").dataset;
  const plane = new LatentPlane(element("plane"), (chosen) => address.keep(chosen, names(ofPlane)));
  const showPlane = () => plane.update({ ...space, urls }, address.texts);
  /** @type {FromX | null} */ let walk = null;
  const showWalk = () => {
    walk ??= new FromX(element("walk"), (chosen) => address.keep(chosen, names(ofWalk)));
    const plain = name ? { name, url: "plain" } : null;
    walk.update({ ...space, plain, urls: { ...urls, network: "whole" } }, address.texts);
  };
  // Files beside the page are loaded when the walk is about to be seen.
  const seen = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      seen.disconnect();
      showWalk();
    },
    { rootMargin: NEAR },
  );
  if (element("encoder").dataset.src) seen.observe(element("walk"));
  else showWalk();
  return () => {
    showPlane();
    if (walk) showWalk();
  };
});
