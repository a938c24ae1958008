"""`streamlit run app.py` where evidence is of few codes and learned in an instant, and no mixture is fitted.

Nothing is made before a page asks for it. Tests in a browser look at what is there; the figures themselves, and what is
made ahead of the visitors, are looked at in tests of the analysis and of the app.
"""

import sys

import numpy as np
import pytest

from vaeexplorer.analysis import sampling
from vaeexplorer.analysis.report import evidence
from vaeexplorer.analysis.report.classifier.networks import Recipe
from vaeexplorer.analysis.report.posteriors import World, uncorrelated
from vaeexplorer.codes import Codes

QUICK = Recipe(20, 1e-3, 0.3)


def few(codes: Codes, rng: np.random.Generator) -> World:
    """Draws of the first 300 posteriors."""
    return uncorrelated(Codes(codes.mean[:300], None if codes.logvar is None else codes.logvar[:300]), rng)


def some(source: sampling.Source, codes: np.ndarray, count: int) -> np.ndarray:
    """Codes in the place of samples, [count, D]."""
    return codes[:count]


if __name__ == "__main__":
    from streamlit.web.cli import main

    from vaeexplorer.app.lecture import ahead as scenes
    from vaeexplorer.trainings import ahead as processes

    patch = pytest.MonkeyPatch()
    patch.setattr(evidence, "SHORT", QUICK)
    patch.setattr(evidence, "uncorrelated", few)
    patch.setattr(sampling, "sample", some)
    patch.setattr(scenes, "make_ready", lambda lecture: None)
    patch.setattr(processes, "start", lambda: None)
    sys.argv = ["streamlit", "run", "app.py", *sys.argv[1:]]
    main()
