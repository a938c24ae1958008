// @ts-check
/** PCA beside a training as a Streamlit component. */
import { LinearAE } from "../linear/linear_ae.js";
import { mounted } from "../interact/mount.js";

export default mounted(LinearAE, "latent-plane linear-ae");
