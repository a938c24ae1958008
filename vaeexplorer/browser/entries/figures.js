// @ts-check
/** Plotly figures as a Streamlit component. */
import { FigureGrid } from "../charts/figures.js";

/** @type {WeakMap<object, FigureGrid>} */
const mounts = new WeakMap();

/** @param {{data: import("../charts/figures.js").Figures, parentElement: HTMLElement}} component */
export default function mount({ data, parentElement }) {
  let grid = mounts.get(parentElement);
  if (!grid) {
    const root = document.createElement("div");
    root.className = "vx-figures";
    parentElement.append(root);
    grid = new FigureGrid(root);
    mounts.set(parentElement, grid);
  }
  grid.update(data);
  return () => {
    const left = mounts.get(parentElement);
    left?.stop();
    left?.root.remove();
    mounts.delete(parentElement);
  };
}
