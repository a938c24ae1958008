// @ts-check
/** The latent plane as a Streamlit component. */
import { LatentPlane } from "../plane/latent_plane.js";
import { mounted } from "./mount.js";

export default mounted(LatentPlane, "latent-plane", (plane, data, setStateValue) => {
  let told = JSON.stringify(data.link);
  plane.report = (texts) => {
    if (JSON.stringify(texts) === told) return;
    told = JSON.stringify(texts);
    setStateValue("link", texts);
  };
  plane.update(data.space, data.link);
});
