// @ts-check
/** The two sides of a training that is watched, by name. */
import { Training } from "./training.js";
import { Viewing } from "./viewing.js";

/** @typedef {"training" | "viewing"} Role */

/** @param {Role} role @param {import("./calls.js").Report} report */
export const create = (role, report) => (role === "training" ? new Training(report) : new Viewing(report));
