// @ts-check
/**
 * Scenes of a lecture and their addresses.
 *
 * @typedef {{ask: string, low: number, high: number, step: number, within: number, unit: string, reveal: string,
 *            then: string, number: number, of: string}} Question
 *   number, of: the answer, and a hash of what it was measured on; reveal: the address that is shown with it
 * @typedef {{title: string, say: string, page: string, address: string, notes: string, minutes: number,
 *            question: Question | null}} Scene
 * @typedef {{key: string, title: string, scenes: Scene[], presenter: boolean, files?: string[]}} Lecture
 *   files: of a gallery, the page of each scene, whose part of the address stands behind the #; presenter: whether this
 *   is the presenter's own window
 * @typedef {{scene: number, guess: string, shown: boolean}} Place  scene from 0; guess: as text, or empty
 */

/** What an address holds of a lecture; all else is of the page. */
const NAMES = ["lecture", "presenter", "scene", "guess", "shown"];
const FRAME = "frame"; // what the address of a page in a frame of the lecture holds

/** The address of the page that a lecture shows, without the lecture. @param {URL} url @returns {URL} */
export const pageOf = (url) => moved(url, [...NAMES, FRAME]);

/** That page in a frame of the lecture's window. @param {URL} url @returns {URL} */
export const framed = (url) => moved(url, NAMES, new URLSearchParams([[FRAME, "1"]]));

/** The address of the window where a frame's page is at another. @param {URL} url  of the frame
 * @param {URL} window  as it was @returns {URL} */
export const unframed = (url, window) =>
  moved(url, [FRAME], new URLSearchParams([...window.searchParams].filter(([name]) => NAMES.includes(name))));

/** @param {URL} from @param {string[]} without @param {URLSearchParams} [more] @returns {URL} */
function moved(from, without, more = new URLSearchParams()) {
  const url = new URL(from.href),
    held = url.searchParams;
  for (const name of without) held.delete(name);
  for (const [name, value] of more) held.set(name, value);
  url.search = held.toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
  return url;
}

/** Where a lecture stands, by an address. @param {URL} url @param {Lecture} lecture @returns {Place} */
export function placeOf(url, { scenes }) {
  const held = url.searchParams,
    scene = Math.round(Number(held.get("scene") || 1)) - 1,
    guess = held.get("guess") ?? "";
  return {
    scene: scene >= 0 && scene < scenes.length ? scene : 0,
    guess: guess !== "" && Number.isFinite(Number(guess)) ? guess : "",
    shown: held.get("shown") === "1",
  };
}

/** Whether the address names a scene. @param {URL} url */
export const isPlaced = (url) => url.searchParams.has("scene");

/** The address of a scene. @param {URL} from  an address of the same app @param {Lecture} lecture
 * @param {Place} place @returns {URL} */
export function addressOf(from, { scenes, presenter, files }, { scene, guess, shown }) {
  const { page, address, question } = scenes[scene],
    at = from.pathname.split("/"),
    url = new URL(from.href);
  if (!presenter) at[at.length - 1] = files ? files[scene] : page;
  url.pathname = at.join("/");
  const chosen = shown && question?.reveal ? question.reveal : address,
    held = new URLSearchParams(files ? "" : chosen);
  url.hash = files ? chosen : "";
  held.set("lecture", "1");
  if (presenter) held.set("presenter", "1");
  held.set("scene", String(scene + 1));
  if (guess !== "") held.set("guess", guess);
  if (shown) held.set("shown", "1");
  url.search = held.toString().replaceAll("%2C", ",");
  return url;
}

/** The sentence that is said with an answer. @param {Question} question @param {string} guess */
export function sentence({ then, number, unit }, guess) {
  const text = then || `It is {number:.4g}${unit ? ` ${unit}` : ""}.`;
  return text.replace(/\{(number|guess)(?::(?:\.(\d))?([fg]))?\}/g, (_, name, digits, kind) => {
    const value = name === "number" ? number : Number(guess);
    if (name === "guess" && guess === "") return "none";
    if (kind === "f") return value.toFixed(Number(digits));
    return String(Number(value.toPrecision(Number(digits ?? 6))));
  });
}

/** What is handed in: a guess, and the number that was shown. @param {Lecture} lecture @param {Place} place
 * @param {string} address */
export function answer({ key, scenes }, { scene, guess, shown }, address) {
  const { title, question } = scenes[scene];
  return {
    schema: 1,
    lecture: key,
    scene: title,
    guess: Number(guess),
    address,
    ...(shown && question ? { number: question.number, of: question.of } : {}),
  };
}

/** The name of that file: students hand in several. @param {Scene} scene */
export const answerName = ({ title }) =>
  `answer-${title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "")}.json`;

/** Minutes and seconds. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
