// @ts-check
/** A training on the server as a Streamlit component, which tells the app when it stands otherwise. */
import { Served } from "../served/served.js";
import { mounted } from "../interact/mount.js";

export default mounted(Served, "latent-plane train served", (widget, setStateValue) => {
  widget.changed = (state) => setStateValue("state", state);
});
