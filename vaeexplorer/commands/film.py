"""film: how a run was trained, as a GIF or an MP4."""

from pathlib import Path
from typing import Annotated

import tyro

from vaeexplorer.commands.console import console, progress
from vaeexplorer.files import user_path


def film(run: Annotated[str, tyro.conf.Positional], out: Path, beside: str | None = None) -> None:
    """Write the film of a run: its codes, what its decoder drew where that was recorded, and its loss.

    Args:
        run: a name or a path
        out: the file to write, .gif or .mp4, which needs the package imageio-ffmpeg; one of that name is replaced
        beside: another run, on the same clock
    """
    from vaeexplorer.export.film import moments, write_film
    from vaeexplorer.runs.folder import load_run

    out = user_path(out)
    runs = [load_run(name) for name in (run, beside) if name is not None]
    with progress(moments(runs), "frames") as bar:
        write_film(runs, out, bar)
    console.print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
