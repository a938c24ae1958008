"""The regularization report of anybody's arrays, as an object that shows itself."""

import html
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vaeexplorer.analysis.report import report as measured
from vaeexplorer.analysis.report.evidence import Evidence, evidence
from vaeexplorer.analysis.report.posteriors import CodesLike, checked
from vaeexplorer.codes import Codes
from vaeexplorer.errors import UserError, installed
from vaeexplorer.export import cards, paper
from vaeexplorer.export import report as export
from vaeexplorer.export.html import write
from vaeexplorer.notebook.shown import Shown, isolated, plain

if TYPE_CHECKING:
    from vaeexplorer.analysis.report.measurements import Features, Progress
    from vaeexplorer.figures.theme import Figure


@dataclass(frozen=True, repr=False)
class Report(measured.Report, Shown):
    """A report that shows itself in a notebook: `summary`, `verdicts`, `find("holes")` and `to_json()` as ever, and the
    table and figures of `Shown`.

    Attributes:
        codes: that it is of; None where it was read from a document.
        decode: latent points to images; None where there was none.
    """

    codes: Codes | None = field(default=None, repr=False)
    decode: Callable[[np.ndarray], np.ndarray] | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, found: measured.Report, codes: Codes | None, decode: Callable[[np.ndarray], np.ndarray] | None = None
    ) -> "Report":
        """A report as it was measured, and what it is of."""
        return cls(**{each.name: getattr(found, each.name) for each in fields(found)}, codes=codes, decode=decode)

    @classmethod
    def from_json(cls, document: Any) -> "Report":
        """What `to_json` wrote. It has no figures, which are drawn from codes.

        Raises:
            ReportError: it is another schema, or something is missing or not finite.
        """
        return cls.of(measured.Report.from_json(document), None)

    def to_json(self) -> dict[str, Any]:
        """The whole as plain values."""
        own = {each.name: getattr(self, each.name) for each in fields(measured.Report)}
        return measured.Report(**own).to_json()

    @property
    def caption(self) -> str:  # type: ignore[override]
        """One line."""
        return f"{self.summary} N = {self.count:,}, D = {self.dimensions}, seed {self.seed}."

    def __repr__(self) -> str:
        return f"Report({self.caption!r})"

    def table(self) -> list[dict[str, object]]:
        """Every diagnostic: question, value, unit, limits, what perfect models have, p, and a note."""
        return plain([{name: cell for name, cell in row.items() if name != "meaning"} for row in export.table(self)])

    def _tabular(self) -> str:
        """The table of `vaeexplorer report --format latex`."""
        return paper.numbers_tabular(self)

    @cached_property
    def figures(self) -> "dict[str, Figure]":
        """Plotly figures by what they show; the first asks for some seconds, in which a classifier learns.

        Raises:
            UserError: the report was read from a document.
        """
        from vaeexplorer.figures.report import named

        return named(self, self._evidence)

    @cached_property
    def _evidence(self) -> Evidence:
        if self.codes is None:
            raise UserError("Figures are drawn from codes, and this report was read from a document.")
        return evidence(self.codes)

    def to_html(self, path: str | Path | None = None, *, name: str = "My model") -> str:
        """The whole as a page that needs no network, some 5 MB, as text; written to a file where a path is given.

        Raises:
            UserError: the report was read from a document.
            ExportError: the file cannot be written.
        """
        if self.codes is None:
            raise UserError("A page is drawn from codes, and this report was read from a document.")
        text = export.html(name, self.codes, self.decode, self)
        if path is not None:
            write(Path(path), text)
        return text

    def _repr_html_(self) -> str:
        said = f"<p><strong>{html.escape(self.summary)}</strong></p>{cards.cards({'': self})}"
        return isolated(cards.STYLE, said, "vaeexplorer-report")


@installed()
def report(
    codes: "CodesLike | np.ndarray | tuple[np.ndarray, np.ndarray]",
    *,
    training: "CodesLike | np.ndarray | tuple[np.ndarray, np.ndarray] | None" = None,
    prior_samples: np.ndarray | None = None,
    decode: Callable[[np.ndarray], np.ndarray] | None = None,
    images: np.ndarray | None = None,
    features: "Features | None" = None,
    judge: str = "the features given",
    seed: int = 0,
    on_progress: "Progress | None" = None,
) -> Report:
    """Is a latent space regularized? A report card from arrays: three answers, each number with its interval or null.

    Args:
        codes: q(z|x) of N test images, as `explore` takes it from `encode`: points [N, D]; a pair (mean, ln sigma^2),
            each [N, D]; a pair (mean, covariance [N, D, D]); or an object with `mean` and `logvar`.
        training: the same of the training images, by which the classifier learns; without them the test images are
            halved, and a part of what there is to see is not seen.
        prior_samples: draws from the prior, [M, D], where it is not N(0, I); what needs its density is then n/a.
        decode: latent points float32 [M, D] to images [M, ...] in [0, 1]. Without it the third question stays open.
        images: real images [N, ...] like those that `decode` gives, those that the codes are of and in their order;
            bytes are divided by 255. Without them, decoded codes stand in.
        features: images to [M, F], the space in which images are compared; by default their pixels, which reward blur,
            so that the third question stays open.
        judge: what the features are of, in words.
        seed: of all that is drawn here.
        on_progress: called with the share done, 0 to 1, and what is done next. What it raises ends the work.

    Raises:
        UserError: fewer than 100 codes, more than 256 dimensions, numbers that are not finite, a dimension that never
            varies, images of another scale than the decoded ones, or arrays that do not fit together.

    Examples:
        >>> rng = np.random.default_rng(0)
        >>> mean, logvar = rng.normal(size=(2000, 2)), np.full((2000, 2), -9.0)  # narrow, around draws of the prior
        >>> found = report((mean, logvar))
        >>> [each.answer for each in found.verdicts]
        ['yes', 'yes', 'n/a']

    Warns:
        CodesWarning: log variances that look like standard deviations.
    """
    found = measured.report(
        codes,
        training=training,
        prior_samples=prior_samples,
        decode=decode,
        images=images,
        features=features,
        judge=judge,
        seed=seed,
        on_progress=on_progress,
    )
    return Report.of(found, checked(codes), decode)
