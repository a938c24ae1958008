// @ts-check
/** Planes side by side as a Streamlit component. */
import { Pair } from "../pair/pair.js";
import { mounted } from "../interact/mount.js";

export default mounted(Pair, "latent-plane pair", (pair, setStateValue) => {
  pair.ask = (asked) => setStateValue("ask", asked);
});
