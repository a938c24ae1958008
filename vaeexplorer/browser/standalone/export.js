// @ts-check
/** The latent plane and the walk from x to x' on a page that needs no server, made by `export/explorer.py`. */
import { FromX } from "../from_x/from_x.js";
import { LatentPlane } from "../plane/latent_plane.js";
import { element, given, linked, open, provideElement, provideNetwork } from "./standalone.js";

const NEAR = "400px"; // below what is seen: where the walk begins to load

open("plane", () => {
  const { keys, ...space } = given("space");
  for (const id of ["network", "codes"]) provideElement(id);
  provideElement("sprite", false);
  provideNetwork("whole", "network", "encoder");
  provideNetwork("plain", "autoencoder", "autoencoder-encoder");
  const urls = { network: "network", codes: "codes", sprite: "sprite" };
  const { name } = element("autoencoder").dataset;
  const plane = linked(LatentPlane, "plane", keys.plane);
  const showPlane = () => plane.update({ space: { ...space, urls } }, plane.address.last);
  /** @type {FromX | null} */ let walk = null;
  const showWalk = () => {
    walk ??= linked(FromX, "walk", keys.walk);
    const plain = name ? { name, url: "plain" } : null;
    walk.update({ space: { ...space, plain, urls: { ...urls, network: "whole" } } }, walk.address.last);
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
