// @ts-check
/** The linear VAE as a Streamlit component. */
import { LinearVAE } from "../linear/linear_vae.js";
import { mounted } from "../interact/mount.js";

export default mounted(LinearVAE, "latent-plane linear-ae linear-vae");
