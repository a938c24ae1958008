// @ts-check
/** Films of runs as a Streamlit component. */
import { Film } from "../film/film.js";
import { mounted } from "../interact/mount.js";

export default mounted(Film, "latent-plane film-of-runs");
