"""Two latent spaces compared, as an object that shows itself."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vaeexplorer.analysis.smoothness.smoothness import PAIRS
from vaeexplorer.analysis.smoothness.verdict import details, verdict
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.errors import installed
from vaeexplorer.export.html import PAGE_STYLE, render, write
from vaeexplorer.export.places import Inside
from vaeexplorer.export.tables import comparison_conditions, comparison_figures, comparison_table
from vaeexplorer.notebook.shown import Shown, isolated, plain
from vaeexplorer.notebook.spaces import NotebookError, space_of
from vaeexplorer.results import comparison as measured
from vaeexplorer.runs.folder import Run
from vaeexplorer.spaces.space import Space

if TYPE_CHECKING:
    from vaeexplorer.figures.theme import Figure

Functions = tuple[Callable[[np.ndarray], Any], Callable[[np.ndarray], Any]]
Model = str | Path | Run | Functions
_STYLE = "table { border-collapse: collapse; font-size: 0.85rem } td, th { text-align: left; padding: 0 1rem 0 0 }"


@dataclass(frozen=True, repr=False)
class Comparison(measured.Comparison, Shown):
    """A comparison that shows itself in a notebook: `row("cycle")` and `to_json()` as ever, and the table and figures
    of `Shown`."""

    @classmethod
    def of(cls, found: measured.Comparison) -> "Comparison":
        """A comparison as it was measured."""
        return cls(**{each.name: getattr(found, each.name) for each in fields(found)})

    @property
    def sentences(self) -> list[str]:
        """What it comes to; the first is the answer."""
        answer, *grounds = verdict(self.rows, self.runs, self.conditions)
        return [answer, *details(self.rows, self.runs, self.kept_dimensions), *grounds]

    @property
    def caption(self) -> str:  # type: ignore[override]
        """One line."""
        return f"{self.runs[0]} and {self.runs[1]}: {comparison_conditions(self)}"

    def __repr__(self) -> str:
        return f"Comparison({self.caption!r})"

    def table(self) -> list[dict[str, object]]:
        """Every measure and group of pairs: both models, difference and ratio, with limits in columns of their own."""
        return plain(comparison_figures(self))

    @cached_property
    def figures(self) -> "dict[str, Figure]":
        """The forest plot of the ratios, over all pairs, within and between classes."""
        from vaeexplorer.figures.smoothness import forest

        return {f"{group} pairs": forest(self.rows, self.runs, group) for group in ("all", "within", "between")}

    def to_html(self, path: str | Path | None = None) -> str:
        """The whole as a page that needs no network, as text; written to a file where a path is given.

        Raises:
            ExportError: the file cannot be written.
        """
        text = render(
            "comparison.html",
            names=self.runs,
            policy=Inside.policy,
            style=Inside().style(PAGE_STYLE),
            content=self._content(),
            facts=["Made with vaeexplorer."],
            links=[],
        )
        if path is not None:
            write(Path(path), text)
        return text

    def _content(self) -> str:
        rows = comparison_table(self, "all")
        head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.values()) + "</tr>" for row in rows)
        said = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        return (
            f"{said}<div class='scroll'><table><tr>{head}</tr>{body}</table></div><p>{comparison_conditions(self)}</p>"
        )

    def _repr_html_(self) -> str:
        return isolated(_STYLE, self._content(), "vaeexplorer-comparison")


@installed()
def compare(
    a: Model,
    b: Model,
    data: Any = None,
    *,
    names: tuple[str, str] = ("model-a", "model-b"),
    train: ImageDataset | None = None,
    pairs: int = PAIRS,
    on_progress: Callable[[float, str], None] | None = None,
) -> Comparison:
    """How smooth two latent spaces of the same images are: six measures on the same pairs of images, with intervals.

    What was measured before of two runs is read and not measured again; the rest takes a minute or two.

    Args:
        a, b: runs (a name, a path, or what `load_run` gives), or pairs (encode, decode) as `explore` takes them.
        data: the images, for pairs of functions.
        names: what models of one's own are called.
        train: the images that "nearest" means; by default the training images of the data set, or `data` where it is
            none of ours.
        pairs: of images, half of them within classes.
        on_progress: called with the share done, 0 to 1, and what is done. What it raises ends the work.

    Raises:
        ComparisonError: they are of different images.
        ModelError, RunError, DataError: see `explore` and `load_run`.
        NotebookError: functions without images, or images beside runs alone.
    """
    spaces = [_opened(model, data, name) for model, name in zip((a, b), names, strict=True)]
    if data is not None and all(space.run for space in spaces):
        raise NotebookError("Runs have images of their own: give data beside functions alone.")
    first, second = spaces
    measured.check_comparable(first, second)
    if train is None:
        train = first.data if first.dataset is None else load_dataset(first.dataset, "train", download=False)
    kept = measured.load_comparison(first, second, train) if first.run and second.run and pairs == PAIRS else None
    if kept is None:
        from vaeexplorer.results.smoothness import compare

        kept = compare(first, second, train, on_progress or (lambda share, doing: None), pairs=pairs)
    return Comparison.of(kept)


def _opened(model: Model, data: Any, name: str) -> Space:
    if isinstance(model, tuple):
        if len(model) != 2:
            raise NotebookError(f"A model of one's own is a pair (encode, decode), not {len(model)} things.")
        return space_of(*model, data, name)
    return space_of(model)
