"""The tables of docs/report-card.md, of the lines that `tests.benchmarks.planted` writes."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

Line = dict[str, Any]
Cells = dict[tuple[Any, ...], list[Line]]


def tables(lines: Sequence[Line]) -> str:
    """All of them in Markdown."""
    parts = (perfect(lines), limits(lines), shares(lines), power(lines), least(lines))
    return "\n\n".join("\n".join(part) for part in parts)


def by(lines: Sequence[Line], table: str, *names: str) -> Cells:
    """The lines of a table, by these of their values, in order."""
    cells: Cells = defaultdict(list)
    for line in lines:
        if line["table"] == table:
            cells[tuple(line[name] for name in names)].append(line)
    return dict(sorted(cells.items()))


def found(line: Line) -> float:
    """The share of the true total variation that a draw's classifier found."""
    return float((2 * line["accuracy"][0] - 1) / line["true_total_variation"])


def perfect(lines: Sequence[Line]) -> Iterator[str]:
    """How many are answered "yes", and how many of TV's lower limits are above 0; then the rates of all."""
    cells = by(lines, "perfect", "images", "world", "dimensions")
    columns = sorted({dimensions for _, _, dimensions in cells})
    yield f"| N | widths | {' | '.join(f'D = {dimensions}' for dimensions in columns)} |"
    yield f"|---:|---|{'---:|' * len(columns)}"
    for images, world in dict.fromkeys((images, world) for images, world, _ in cells):
        row = []
        for dimensions in columns:
            draws = cells.get((images, world, dimensions), [])
            yes, above = (sum(map(each, draws)) for each in (lambda d: d["answer"] == "yes", limit_above_0))
            row.append(f"{yes}/{len(draws)}, {above}" if draws else "")
        yield f"| {images:,} | {world} | {' | '.join(row)} |"
    yield ""
    for (images,), draws in by(lines, "perfect", "images").items():
        rates = {
            "yes": np.mean([line["answer"] == "yes" for line in draws]),
            "TV's lower limit above 0": np.mean([limit_above_0(line) for line in draws]),
            "the hole bound's": np.mean([line["hole_bound"][1] > 0 for line in draws]),
            "p <= .05": np.mean([line["p"] <= 0.05 for line in draws]),
        }
        yield f"N = {images:,}, {len(draws)} draws: " + ", ".join(f"{name} {rate:.1%}" for name, rate in rates.items())


def limit_above_0(line: Line) -> bool:
    """Whether TV's lower limit is."""
    return bool(line["total_variation"][1] > 0)


def limits(lines: Sequence[Line]) -> Iterator[str]:
    """By halves: of each world the true total variation and the share found; then how often limits pass the truth."""
    cells = by(lines, "limits", "images", "world", "dimensions")
    columns = sorted({dimensions for _, _, dimensions in cells})
    yield f"| N | world | {' | '.join(f'D = {dimensions}' for dimensions in columns)} |"
    yield f"|---:|---|{'---:|' * len(columns)}"
    for images, world in dict.fromkeys((images, world) for images, world, _ in cells):
        row = []
        for dimensions in columns:
            draws = cells.get((images, world, dimensions), [])
            share = f"{np.mean([found(line) for line in draws]):.2f}" if draws else ""
            row.append(f"{draws[0]['true_total_variation']:.3f}: {share}" if draws else "")
        yield f"| {images:,} | {world} | {' | '.join(row)} |"
    yield ""
    for (images,), draws in by(lines, "limits", "images").items():
        above = sum(line["total_variation"][1] > line["true_total_variation"] for line in draws)
        over = sum(line["hole_bound"][1] > line["true_holes"] for line in draws)
        yield f"N = {images:,}: TV's lower limit above the truth in {above}, the hole bound's in {over} of {len(draws)}"


def shares(lines: Sequence[Line]) -> Iterator[str]:
    """Bayes accuracy -> what is found by 60,000 training images."""
    cells = by(lines, "share", "world", "dimensions")
    columns = sorted({dimensions for _, dimensions in cells})
    yield f"| world | {' | '.join(f'D = {dimensions}' for dimensions in columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for world in dict.fromkeys(world for world, _ in cells):
        row: list[str] = []
        for dimensions in columns:
            draws = cells.get((world, dimensions))
            if not draws:
                row.append("")
                continue
            best = 0.5 + draws[0]["true_total_variation"] / 2
            accuracy, share = (np.mean([each(line) for line in draws]) for each in (lambda d: d["accuracy"][0], found))
            row.append(f"{best:.3f} → {accuracy:.3f} ({share:.2f})")
        yield f"| {world} | {' | '.join(row)} |"


def power(lines: Sequence[Line]) -> Iterator[str]:
    """Shares by number of images, D and family; a cell is the mean of its draws, and how many they are."""
    cells = by(lines, "power", "images", "dimensions", "world")
    families = list(dict.fromkeys(world.split(" at ")[0] for _, _, world in cells))
    yield f"| images | TV planted | D | {' | '.join(families)} | draws |"
    yield f"|---:|---:|---:|{'---:|' * (len(families) + 1)}"
    rows = dict.fromkeys((images, world.split(" at ")[1], dimensions) for images, dimensions, world in cells)
    for images, size, dimensions in rows:
        of_row = [cells.get((images, dimensions, f"{family} at {size}"), []) for family in families]
        shown = [f"{np.mean([found(line) for line in draws]):.2f}" if draws else "" for draws in of_row]
        count = min(len(draws) for draws in of_row if draws)
        yield f"| {images:,} | {size} | {dimensions} | {' | '.join(shown)} | {count} |"


def least(lines: Sequence[Line]) -> Iterator[str]:
    """The table that is shipped: the least share of each D and N, rounded down, never above that of more images."""
    cells = by(lines, "power", "dimensions", "images", "world")
    columns = sorted({images for _, images, _ in cells})
    for dimensions in sorted({each for each, _, _ in cells}):
        row: list[float] = []
        most = 1.0
        for images in reversed(columns):
            shares = [
                float(np.mean([found(line) for line in draws]))
                for (d, n, _), draws in cells.items()
                if (d, n) == (dimensions, images)
            ]
            most = min([most, *shares]) if shares else 0.0
            row.insert(0, max(0.0, math.floor(100 * most) / 100))
        yield f"    {dimensions}: ({', '.join(f'{share:.2f}' for share in row)}),"
