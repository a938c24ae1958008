"""Figures as files, for paper."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vaeexplorer.errors import UserError

if TYPE_CHECKING:
    from vaeexplorer.figures.theme import Figure

Format = Literal["svg", "pdf", "png"]
_WIDE = {"width": 760, "scale": 2}  # pixels


def write_figures(figures: "Mapping[str, Figure]", folder: Path, file_format: Format) -> list[Path]:
    """Write every figure, on white and with its words in black.

    Args:
        figures: by name, from which files take theirs.
        folder: made where it is not there.
        file_format: svg, pdf or png.

    Returns:
        The files.

    Raises:
        UserError: kaleido, or the Chrome that it draws with, is not there.
        OSError: a file cannot be written.
    """
    made = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        path = folder / f"{name.replace(' ', '-')}.{file_format}"
        paper = type(figure)(figure).update_layout(paper_bgcolor="white", plot_bgcolor="white", font_color="black")
        try:
            paper.write_image(path, format=file_format, **_WIDE)
        except (ValueError, RuntimeError) as error:  # as plotly and kaleido say that something is missing
            reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
            raise UserError(f"Figures become files by kaleido and Chrome: pip install kaleido ({reason}).") from None
        made.append(path)
    return made
