// A ring on the plotly chart of the latent plane at {x, y}, in the chart's own coordinates. It is kept apart from the
// chart because any change of the chart's data would send and draw all its dots again.
const rings = new WeakMap(); // one ring a mount; the component is called again whenever z moves

export default function ({ data, parentElement }) {
  const known = rings.get(parentElement);
  if (known) return known.moveTo(data);

  const ring = document.createElement("div");
  ring.className = "vx-ring";
  ring.setAttribute("role", "img");
  let z, frame;

  const moveTo = (next) => {
    z = next;
    ring.setAttribute("aria-label", `z is at ${z.x.toFixed(2)}, ${z.y.toFixed(2)}`);
    return remove;
  };
  // Zooming, resizing and a new chart all move the point: looking once a frame costs less than listening to each.
  const follow = () => {
    frame = requestAnimationFrame(follow);
    const chart = document.querySelector(".st-key-latent-plane .js-plotly-plot");
    const layout = chart?._fullLayout;
    if (!layout?.xaxis?.c2p) return;
    if (ring.parentElement !== chart) chart.append(ring);
    const { xaxis, yaxis } = layout;
    const [x, y] = [xaxis.c2p(z.x), yaxis.c2p(z.y)];
    const inside = x >= 0 && x <= xaxis._length && y >= 0 && y <= yaxis._length;
    ring.style.display = inside ? "" : "none";
    ring.style.transform = `translate(${xaxis._offset + x}px, ${yaxis._offset + y}px)`;
  };
  const remove = () => {
    cancelAnimationFrame(frame);
    ring.remove();
    rings.delete(parentElement);
  };
  rings.set(parentElement, { moveTo });
  moveTo(data);
  follow();
  return remove;
}
