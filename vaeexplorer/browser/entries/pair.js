// @ts-check
/** Planes side by side as a Streamlit component. */
import { Pair } from "../pair/pair.js";
import { mounted } from "./mount.js";

export default mounted(Pair, "latent-plane pair", (pair, data, setStateValue) => {
  pair.report = setStateValue;
  pair.update(data);
});
