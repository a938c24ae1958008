"""A training in a real tab: in workers from a disk, and without WebAssembly; to the same bits as under node."""

import re
from pathlib import Path
from typing import Any

import pytest

from vaeexplorer.browser import bundle
from vaeexplorer.export.places import Inside

HERE = Path(__file__).parent
EXPORTED = f"""<meta http-equiv="Content-Security-Policy" content="{Inside.policy}">"""
# Without 'wasm-unsafe-eval'.
POLICY = """<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline' blob:; worker-src blob:">"""
NO_WORKERS = """<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">"""
RUN = """async () => {
  const images = { train: drawings(90), test: drawings(30) }, seen = { moments: 0, frames: 0 };
  return new Promise(async (resolve, reject) => {
    const session = new Session({ ...CHOICES }, images, {
      onMoment: () => seen.moments++,
      onEnd: (reason, sentence) => reject(new Error(reason + sentence)),
      onProgress: async ({ step }) => {
        if (step < 40) return;
        const { hash } = await session.record();
        const { mean } = await session.encode(new Float32Array(784));
        session.end();
        resolve({ ...(await session.ready), hash, step, moments: seen.moments, dim: mean.length });
      },
    });
    session.limit(40);
    session.play();
  });
}"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("policy", "expected", "complaint"),
    [
        ("", ("worker", "webassembly"), None),
        (EXPORTED, ("worker", "webassembly"), None),
        (POLICY, ("worker", "javascript"), "WebAssembly"),
        (NO_WORKERS, ("page", "webassembly"), "[Ww]orker"),
    ],
    ids=["disk", "exported", "no WebAssembly", "no workers"],
)
def test_the_same_bits(
    chromium: Any, tmp_path: Path, troubles: list[str], *, policy: str, expected: tuple[str, str], complaint: str | None
) -> None:
    drawings = re.sub(r"^export ", "", (HERE / "drawings.js").read_text(encoding="utf-8"), flags=re.MULTILINE)
    session = re.sub(r"^export ", "", bundle.script("learning/session.js"), flags=re.MULTILINE)
    script = f"{session}\n{drawings}".replace("</", "<\\/")
    page = f'<!doctype html><meta charset="utf-8">{policy}<link rel="icon" href="data:,"><script>{script}</script>'
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    chromium.goto((tmp_path / "page.html").as_uri())
    found = chromium.evaluate(RUN)
    assert (found["where"], found["arithmetic"]) == expected
    written = re.search(r'HASH = "(\w+)"', (HERE / "trainer.test.js").read_text(encoding="utf-8"))
    assert written is not None
    assert (found["step"], found["hash"], found["dim"]) == (40, written[1], 3)
    assert found["moments"] >= 2
    if complaint:
        assert all(re.search(complaint, trouble) for trouble in troubles), troubles
        troubles.clear()
