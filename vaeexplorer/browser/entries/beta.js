// @ts-check
/** The beta dial as a Streamlit component. */
import { BetaDial } from "../beta/dial.js";
import { mounted } from "../interact/mount.js";

export default mounted(BetaDial, "latent-plane beta-dial");
