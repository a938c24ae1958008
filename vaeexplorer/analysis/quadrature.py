"""Integrals over the plane of densities far narrower than the plane: midpoint sums on cells that are halved."""

from collections.abc import Callable

import numpy as np

CELLS = 128  # along a side of the first grid
REACH = 5.0  # half a side: beyond it lies a millionth of the prior
WITHIN = (40.0, 20.0, 14.0)  # nats below the highest, by level and last: lower cells keep the value of their centre
SHARE = 0.1  # of an integral that one cell may have: a narrow peak between cells can look the same on two grids
TOLERANCE = 0.003  # nats, by which halving the cells may still change an integral that counts as found
LEVELS = 7  # of halving, at most: the last cells have 1/128 of the first step


def grid(cells: int = CELLS, reach: float = REACH) -> tuple[np.ndarray, float]:
    """Centres of square cells that tile [-reach, reach]^2, float32 [cells^2, 2], the first axis fastest; the step.

    Args:
        cells: along a side, an even number.
        reach: half a side.
    """
    step = 2 * reach / cells
    axis = -reach + step * (np.arange(cells) + 0.5)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2).astype(np.float32), step


def log_integrals(
    values: np.ndarray,
    centres: np.ndarray,
    step: float,
    log_density: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    tolerance: float = TOLERANCE,
) -> np.ndarray:
    """ln of the integral over the plane of N densities, each by itself.

    Sums on a lattice converge faster than any power of the step once it is below the width of a smooth density, so an
    integral counts as found where halving the cells changes it by less than the tolerance, and many cells share it.

    Args:
        values: ln of each density at the centres, [N, C]; C the square of an even number, in the order of `grid`.
        centres: [C, 2].
        step: of the cells.
        log_density: points [P, 2] and which density each is for, [P], to ln of it, [P].
        tolerance: nats.

    Returns:
        float64 [N]. Where the last halving still changed it by more, NaN.
    """
    count, side = len(values), round(len(centres) ** 0.5)
    coarse = values.reshape(count, side, side)[:, ::2, ::2].reshape(count, -1)
    before = _log_sum(coarse) + 2 * np.log(2 * step)
    total = _log_sum(values) + 2 * np.log(step)
    close = (np.abs(total - before) < tolerance) & _is_spread(values.max(axis=1), step, total)
    found = np.where(close, total, np.nan)
    high = values > values.max(axis=1, keepdims=True) - WITHIN[0]
    settled = _log_sum(np.where(high, -np.inf, values)) + 2 * np.log(step)  # in cells that are not halved any more
    owner, place = np.nonzero(high & np.isnan(found)[:, None])
    at = centres[place].astype(np.float64)
    for level in range(1, LEVELS + 1):
        if len(owner) == 0:
            break
        before = total
        corners = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]]) * step / 4
        at = (at[:, None] + corners).reshape(-1, 2)
        owner, step = np.repeat(owner, 4), step / 2
        value = log_density(at.astype(np.float32), owner).astype(np.float64)
        highest = np.full(count, -np.inf)
        np.maximum.at(highest, owner, value)
        total = np.logaddexp(settled, _log_sum_by(value, owner, highest) + 2 * np.log(step))
        close = (np.abs(total - before) < tolerance) & _is_spread(highest, step, total)
        found = np.where(np.isnan(found) & close, total, found)
        inside = value > highest[owner] - WITHIN[min(level, len(WITHIN) - 1)]
        low = ~inside
        settled = np.logaddexp(settled, _log_sum_by(value[low], owner[low], highest) + 2 * np.log(step))
        left = inside & np.isnan(found)[owner]
        at, owner = at[left], owner[left]
    return found


def _is_spread(highest: np.ndarray, step: float, total: np.ndarray) -> np.ndarray:
    """Whether no cell has more than `SHARE` of an integral, [N]."""
    return np.asarray(highest + 2 * np.log(step) < total + np.log(SHARE))


def _log_sum(values: np.ndarray) -> np.ndarray:
    """ln sum exp over the last axis, float64; -inf of nothing but -inf."""
    highest = values.max(axis=1).astype(np.float64)
    safe = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(np.exp(values - safe[:, None]).sum(axis=1)))


def _log_sum_by(value: np.ndarray, owner: np.ndarray, highest: np.ndarray) -> np.ndarray:
    """ln sum exp of the values of each owner; -inf where there is none."""
    safe = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(np.bincount(owner, np.exp(value - safe[owner]), len(highest))))
