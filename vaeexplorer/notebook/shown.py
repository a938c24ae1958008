"""What results do in a notebook: show themselves, and become files, data frames and pictures."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vaeexplorer.errors import UserError
from vaeexplorer.export.html import write
from vaeexplorer.export.latex import floating, of_values
from vaeexplorer.export.pictures import Format, write_figures
from vaeexplorer.export.tables import to_csv
from vaeexplorer.files import user_path

if TYPE_CHECKING:
    import pandas as pd

    from vaeexplorer.figures.theme import Figure

Row = Mapping[str, object]


class Shown:
    """A result with rows and figures. What takes a path writes a file too, and always returns the text."""

    caption: str
    """of its table, one line"""

    def table(self) -> Sequence[Row]:
        """The table: a mapping a row, all of the same names."""
        raise NotImplementedError

    @property
    def figures(self) -> "dict[str, Figure]":
        """Plotly figures, by what they show."""
        raise NotImplementedError

    def to_csv(self, path: str | Path | None = None) -> str:
        """The table as CSV: numbers to seven digits; what has no value is empty.

        Raises:
            ExportError: the file cannot be written.
        """
        return _written(to_csv(self.table()), path)

    def to_latex(self, path: str | Path | None = None) -> str:
        r"""The table as LaTeX, for `\usepackage{booktabs}`: numbers to four digits.

        Raises:
            ExportError: the file cannot be written.
        """
        return _written(floating(self._tabular(), self.caption), path)

    def _tabular(self) -> str:
        return of_values(self.table())

    def to_frame(self) -> "pd.DataFrame":
        """The table as a data frame; what has no value is missing.

        Raises:
            UserError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ModuleNotFoundError:
            raise UserError("A data frame needs pandas: pip install pandas.") from None
        return pd.DataFrame([dict(row) for row in self.table()])

    def save_figures(self, folder: str | Path, file_format: Format = "svg") -> list[Path]:
        """Write every figure, on white and with its words in black, for paper.

        Args:
            folder: made where it is not there; files take the names of `figures`.
            file_format: svg, pdf or png.

        Returns:
            The files.

        Raises:
            UserError: kaleido, or the Chrome that it draws with, is not there.
            OSError: a file cannot be written.
        """
        return write_figures(self.figures, user_path(folder), file_format)


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        write(Path(path), text)
    return text


def plain(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Rows without numbers that are none."""
    return [
        {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
        for row in rows
    ]


def isolated(style: str, content: str, name: str) -> str:
    """HTML whose styles hold for itself alone, and which is light wherever it stands."""
    light = "color-scheme: light; color: #1d1f24; background: #fbfaf7; padding: 0.8rem; border-radius: 8px"
    return f'<style>.{name} {{ {style} }}</style><div class="{name}" style="{light}">{content}</div>'
