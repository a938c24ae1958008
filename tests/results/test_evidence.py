"""What the figures of a report draw, stored with a run: the same again, nothing of other weights, and no other file."""

import dataclasses
import io
import shutil
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.analysis.report.evidence import Evidence, evidence
from vaeexplorer.files import SHIPPED
from vaeexplorer.results.report import StoredEvidence, evidence_of, keep_evidence
from vaeexplorer.results.stored import stored
from vaeexplorer.runs.folder import list_runs, load_run


def same(found: Evidence, meant: Evidence) -> None:
    assert [(each.of, each.plane) for each in found.fields] == [(each.of, each.plane) for each in meant.fields]
    for one, other in zip(found.fields, meant.fields, strict=True):
        np.testing.assert_allclose(one.axis, other.axis, rtol=1e-6)
        np.testing.assert_allclose(one.log_ratio, other.log_ratio, rtol=2e-3, atol=2e-3)
    for name in ("bins", "marginals", "normal_quantiles", "quantiles"):
        np.testing.assert_allclose(getattr(found, name), getattr(meant, name), rtol=1e-6, atol=1e-6)
    assert list(found.strips) == list(meant.strips)
    for source, points in meant.strips.items():
        np.testing.assert_allclose(found.strips[source], points, rtol=1e-6)


def test_it_is_shipped_with_every_run_and_is_what_would_be_made() -> None:
    for card in list_runs()[0]:
        assert stored(card, StoredEvidence) is not None, card.name
    run = load_run("mnist-vae-2d")
    same(evidence_of(run), evidence(run.codes))


def test_that_of_other_weights_does_not_count_and_of_one_dimension_none_is_stored(runs_folder: Path) -> None:
    shutil.copytree(SHIPPED / "mnist-vae-2d", runs_folder / "mine")
    run = load_run("mine")
    found = stored(run, StoredEvidence)
    assert found is not None
    (run.path / "evidence.npz").unlink()
    keep_evidence(run, dataclasses.replace(found.evidence, fields=[]))
    assert stored(run, StoredEvidence) is None
    keep_evidence(run, found.evidence)
    same(evidence_of(run), found.evidence)
    assert stored(dataclasses.replace(run, key="another"), StoredEvidence) is None


@pytest.mark.parametrize("name", ["axis", "marginals", "quantiles", "strips", "planes", "log_ratio", "of", "sources"])
def test_a_file_whose_arrays_do_not_fit_is_refused(name: str) -> None:
    with np.load(io.BytesIO((SHIPPED / "mnist-vae-2d" / "evidence.npz").read_bytes())) as file:
        arrays = dict(file)
    arrays[name] = arrays[name][:-1]
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    with pytest.raises(ValueError, match="arrays it should"):
        StoredEvidence.from_bytes(packed.getvalue())
