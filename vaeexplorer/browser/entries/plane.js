// @ts-check
/** The latent plane as a Streamlit component. */
import { LatentPlane } from "../plane/latent_plane.js";
import { mounted } from "../interact/mount.js";

export default mounted(LatentPlane, "latent-plane");
