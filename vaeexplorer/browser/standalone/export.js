// @ts-check
/** The latent plane on a page that needs no server, and below it the walk from x to x', where the page has a place for
 * it; made by `export/`. */
import { FromX } from "../from_x/from_x.js";
import { LatentPlane } from "../plane/latent_plane.js";
import { element, given, linked, open, opening, provideElement, provideNetwork } from "./standalone.js";

const NEAR = "400px"; // below what is seen: where the walk begins to load

open("plane", () => {
  const { keys, link, ...space } = given("space");
  for (const id of ["network", "codes"]) provideElement(id);
  provideElement("sprite", false);
  if (space.regions) provideElement(space.regions, false);
  const urls = { network: "network", codes: "codes", sprite: "sprite" };
  const plane = linked(LatentPlane, "plane", keys.plane);
  const showPlane = () => plane.update({ space: { ...space, urls } }, opening(plane.address, link));
  if (!element("walk")) return showPlane;
  provideNetwork("whole", "network", "encoder");
  provideNetwork("plain", "autoencoder", "autoencoder-encoder");
  const { name } = element("autoencoder").dataset;
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
