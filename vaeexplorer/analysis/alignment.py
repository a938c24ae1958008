"""Latent spaces of several models turned so that they can be compared by eye."""

from collections.abc import Sequence

import numpy as np


def aligned(codes: Sequence[np.ndarray], reference: int) -> list[np.ndarray]:
    """A rotation for each model's codes of the same images, so that neighbours in the sequence lie alike.

    A rotation or reflection of latent space changes nothing that a model is judged by: N(0, I) looks the same from all
    sides, and a decoder can be turned along. The reference is turned to its principal axes about the origin, so that
    its codes vary most along the first coordinate; from there every model follows its neighbour, by orthogonal
    Procrustes (Schönemann 1966).

    Args:
        codes: of each model, [N, D], row i of the same image in all.
        reference: which of them the others follow.

    Returns:
        Of each model Q, orthogonal [D, D]: `codes @ Q` are the turned codes, and a turned point a is decoded from Q a.
    """
    from scipy.linalg import orthogonal_procrustes

    rotations = [np.eye(each.shape[1]) for each in codes]
    _, vectors = np.linalg.eigh(np.cov(codes[reference].astype(np.float64), rowvar=False))  # values rise
    rotations[reference] = vectors[:, ::-1] * np.where(vectors[:, ::-1].sum(axis=0) < 0, -1, 1)
    for step in (-1, 1):
        end = -1 if step < 0 else len(codes)
        for model in range(reference + step, end, step):
            target = codes[model - step].astype(np.float64) @ rotations[model - step]
            rotations[model], _ = orthogonal_procrustes(codes[model].astype(np.float64), target)
    return rotations
