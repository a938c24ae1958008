// @ts-check
/** From x to x' as a Streamlit component. */
import { FromX } from "../from_x/from_x.js";
import { mounted } from "../interact/mount.js";

export default mounted(FromX, "latent-plane from-x");
