// @ts-check
/** From x to x' as a Streamlit component. */
import { FromX } from "../from_x/from_x.js";
import { mounted } from "./mount.js";

export default mounted(FromX, "latent-plane from-x");
