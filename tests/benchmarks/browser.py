"""How long the browser's network takes to decode an image, under node, on the shipped runs of two dimensions.

python -m tests.benchmarks.browser
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from vaeexplorer.browser import bundle
from vaeexplorer.browser.packing.network import pack_network
from vaeexplorer.files import SHIPPED
from vaeexplorer.runs.folder import load_run

SCRIPT = """
import { readFileSync } from "node:fs";
import { decode, unpack } from "./engine/network.js";
const { buffer, byteOffset, length } = readFileSync("network.bin");
const bytes = buffer.slice(byteOffset, byteOffset + length);
const start = performance.now(), network = unpack(bytes), opened = performance.now() - start;
const times = [];
for (let i = 0; i < 2500; i++) {
  const before = performance.now();
  decode(network, [3 * Math.sin(i), 3 * Math.cos(i * 0.7)]);
  if (i >= 500) times.push(performance.now() - before);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ opened, median: times[1000], p95: times[1900] }));
"""


def main() -> None:
    node = shutil.which("node")
    if node is None:
        raise SystemExit("There is no node here.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "benchmark.js").write_text(SCRIPT)
        (folder / "engine").mkdir()
        for module in ("engine/network.js", "engine/packed.js"):
            shutil.copy(bundle.HERE / module, folder / module)
        print(f"{'milliseconds':30} {'unpack':>8} {'decode':>8} {'p95':>8}")
        for path in sorted(SHIPPED.glob("*-2d*/run.json")):
            run = load_run(path.parent.name)
            (folder / "network.bin").write_bytes(pack_network(run.config, run.weights))
            said = subprocess.run([node, "benchmark.js"], cwd=folder, capture_output=True, text=True, check=True).stdout
            times = json.loads(said)
            print(f"{path.parent.name:30} {times['opened']:8.1f} {times['median']:8.3f} {times['p95']:8.3f}")


if __name__ == "__main__":
    main()
