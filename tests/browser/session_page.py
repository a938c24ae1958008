"""A page on a disk that holds a training and nothing else, and the hash that it comes to."""

import re
from pathlib import Path

from vaeexplorer.browser import bundle

HERE = Path(__file__).parent
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


def known_hash() -> str:
    """Of the parameters after 40 steps, as the test under node has it."""
    written = re.search(r'HASH = "(\w+)"', (HERE / "trainer.test.js").read_text(encoding="utf-8"))
    assert written is not None
    return written[1]


def write_page(folder: Path, policy: str = "") -> str:
    """Write the page, and its address.

    Args:
        folder: where.
        policy: an element with what the page may do.
    """
    drawings = re.sub(r"^export ", "", (HERE / "drawings.js").read_text(encoding="utf-8"), flags=re.MULTILINE)
    session = re.sub(r"^export ", "", bundle.script("learning/session.js"), flags=re.MULTILINE)
    script = f"{session}\n{drawings}".replace("</", "<\\/")
    page = f'<!doctype html><meta charset="utf-8">{policy}<link rel="icon" href="data:,"><script>{script}</script>'
    (folder / "page.html").write_text(page, encoding="utf-8")
    return (folder / "page.html").as_uri()
