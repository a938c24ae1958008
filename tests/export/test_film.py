"""Films of runs as files."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from vaeexplorer.__main__ import main
from vaeexplorer.errors import UserError
from vaeexplorer.export import film
from vaeexplorer.figures.theme import CLASS_COLORS
from vaeexplorer.runs.film import film_of
from vaeexplorer.runs.folder import load_run


def test_an_autoencoder_beside_its_vae_as_a_gif(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "film.gif"
    names = ("mnist-ae-2d-lecture", "mnist-vae-2d-lecture")
    assert main(["film", names[0], "--beside", names[1], "--out", str(out)]) == 0
    runs = [load_run(name) for name in names]
    with Image.open(io.BytesIO(out.read_bytes())) as shown:
        frames = film.moments(runs)
        assert len(list(ImageSequence.Iterator(shown))) == frames == len(film_of(runs[0]).epochs)
        assert shown.size[0] == 2 * film.SIZE + 12
        shown.seek(frames - 1)
        last = np.asarray(shown.convert("RGB"))
    for side in (last[:, : film.SIZE], last[:, -film.SIZE :]):
        colors = {tuple(pixel) for pixel in side.reshape(-1, 3)}
        named = [tuple(int(color[at : at + 2], 16) for at in (1, 3, 5)) for color in CLASS_COLORS]
        assert all(color in colors for color in named)  # dots of all classes
    assert "film.gif" in "".join(capsys.readouterr()).replace("\n", "")  # which a narrow terminal breaks


def test_of_more_than_two_dimensions_and_as_a_video() -> None:
    content = film.film_bytes([load_run("mnist-vae-16d")], ".mp4")
    assert content[4:8] == b"ftyp"


def test_what_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [load_run("mnist-ae-2d-lecture")]
    with pytest.raises(UserError, match=r"A film is a \.gif or an \.mp4, not '\.avi'"):
        film.write_film(runs, tmp_path / "film.avi")
    monkeypatch.setattr(film, "has_mp4", lambda: False)
    with pytest.raises(UserError, match="An MP4 needs the package imageio-ffmpeg"):
        film.write_film(runs, tmp_path / "film.mp4")
    monkeypatch.setattr(film, "film_bytes", lambda *_: b"")
    with pytest.raises(UserError, match="cannot be written"):
        film.write_film(runs, tmp_path / "nowhere" / "film.gif")
    assert not list(tmp_path.iterdir())
