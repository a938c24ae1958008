// @ts-check
/** The strip of a lecture on the pages of a gallery, where the address asks for it. */
import { Strip } from "../lecture/lecture.js";

const given = document.getElementById("lecture"),
  asked = new URLSearchParams(location.search);

if (given?.textContent && asked.get("lecture") === "1") {
  const root = document.createElement("div"),
    presenter = asked.get("presenter") === "1";
  root.className = "latent-plane lecture";
  document.body.append(root);
  document.documentElement.classList.add("in-lecture");
  document.documentElement.classList.toggle("in-presenter", presenter);
  new Strip(root, visit).update({ ...JSON.parse(given.textContent), presenter });
}

/** @param {URL} url @param {boolean} makesEntry */
function visit(url, makesEntry) {
  if (url.href === location.href) return;
  if (makesEntry) location.assign(url);
  else location.replace(url);
}
