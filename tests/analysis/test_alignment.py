import numpy as np
import pytest

from vaeexplorer.analysis.alignment import aligned


def test_turned_and_mirrored_copies_come_to_lie_on_each_other(rng: np.random.Generator) -> None:
    codes = rng.normal(size=(200, 4)) * [3, 2, 1, 0.5]
    turns = [np.linalg.qr(rng.normal(size=(4, 4)))[0] for _ in range(3)]
    copies = [codes @ turn for turn in turns]
    rotations = aligned(copies, 1)
    turned = [copy @ rotation for copy, rotation in zip(copies, rotations, strict=True)]
    assert turned[0] == pytest.approx(turned[1], abs=1e-9)
    assert turned[2] == pytest.approx(turned[1], abs=1e-9)


def test_rotations_are_orthogonal_and_the_reference_lies_along_its_principal_axes(rng: np.random.Generator) -> None:
    codes = [rng.normal(size=(500, 3)) @ rng.normal(size=(3, 3)) for _ in range(4)]
    rotations = aligned(codes, 2)
    for rotation in rotations:
        assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-9)
    covariance = np.cov(codes[2] @ rotations[2], rowvar=False)
    assert covariance == pytest.approx(np.diag(np.diag(covariance)), abs=1e-9)
    assert (np.diff(np.diag(covariance)) < 0).all()
