"""Rates over many draws of worlds whose answer is known: what docs/report-card.md tabulates. Hours, by hand.

`pytest -m slow -s tests/analysis/report/test_planted.py`; on a GPU `python -m tests.benchmarks.planted`, in minutes.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.benchmarks.planted import Options, run
from tests.benchmarks.planted_tables import by, found
from vaeexplorer.analysis.report.held_out import share

DRAWS = int(os.environ.get("VAEEXPLORER_DRAWS", "40"))
DAY = 86_400.0


def measured(table: str, folder: Path) -> list[dict[str, Any]]:
    out = folder / "planted.jsonl"
    run(DRAWS, [table], Options(out, "cpu", tf32=False, quick=False, end=time.time() + DAY), os.cpu_count() or 1)
    return [json.loads(line) for line in out.read_text().splitlines()]


# More than 12.5 % of 40 draws (and one of few) have a chance of about one in thirty where the rate is 5 %.
FEW = 0.125 * DRAWS + 1


@pytest.mark.slow
def test_perfect_models_are_answered_yes(tmp_path: Path) -> None:
    for cell, draws in by(measured("perfect", tmp_path), "perfect", "dimensions", "images", "world").items():
        assert sum(line["answer"] != "yes" for line in draws) <= FEW, cell
        assert sum(line["total_variation"][1] > 0 for line in draws) <= FEW, cell
        assert sum(line["hole_bound"][1] > 0 for line in draws) <= FEW, cell


@pytest.mark.slow
def test_lower_limits_stay_below_the_truth(tmp_path: Path) -> None:
    for cell, draws in by(measured("limits", tmp_path), "limits", "world", "dimensions", "images").items():
        assert sum(line["total_variation"][1] > line["true_total_variation"] for line in draws) <= FEW, cell
        assert sum(line["hole_bound"][1] > line["true_holes"] for line in draws) <= FEW, cell


@pytest.mark.slow
def test_the_power_table_promises_no_more_than_is_found(tmp_path: Path) -> None:
    for cell, draws in by(measured("power", tmp_path), "power", "dimensions", "images", "world").items():
        least = max(0.0, float(np.mean([found(line) for line in draws])))
        assert share(cell[0], cell[1]) <= least + 0.1, cell
