// @ts-check
/** "Train one now" as a Streamlit component. */
import { Train } from "../train/train.js";
import { mounted } from "../interact/mount.js";

export default mounted(Train, "latent-plane train");
