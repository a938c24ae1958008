"""instruments, stability: what else a reviewer asks of a latent space, as a table or as one JSON document."""

import sys
from typing import TYPE_CHECKING, Annotated

import tyro
from rich.console import Console
from rich.table import Table

from vaeexplorer.commands.console import progress, store_or_complain
from vaeexplorer.documents import to_json

if TYPE_CHECKING:
    from vaeexplorer.results.instruments import InstrumentsDocument, StabilityDocument


def instruments(run: Annotated[str, tyro.conf.Positional], json: bool = False) -> None:
    """What each dimension does to the image; is q(z) normal along every direction; do samples match the data?

    It is stored with the run, where the page Is it regularized? shows it.

    Args:
        run: a name or a path
        json: print one JSON document and nothing else
    """
    from vaeexplorer.results.instruments import STEPS, measure_run
    from vaeexplorer.runs.folder import load_run

    loaded = load_run(run)
    with progress(STEPS, loaded.name) as bar:
        found = measure_run(loaded, bar)
    store_or_complain(loaded, found)
    if json:
        print(to_json(found), end="")
    else:
        show(found)


def stability(runs: Annotated[tuple[str, ...], tyro.conf.Positional], pairs: int = 100, json: bool = False) -> None:
    """Do distances mean anything? How those of the same pairs of images vary over seeds, Euclidean and geodesic.

    It is stored with the first run, where the page Is it regularized? shows it.

    Args:
        runs: of one recipe with two latent dimensions, as `train --seeds 5` makes them
        pairs: of test images
        json: print one JSON document and nothing else
    """
    from vaeexplorer.config import ConfigError
    from vaeexplorer.results.instruments import check_seeds, measure_stability
    from vaeexplorer.runs.folder import load_run

    if not 10 <= pairs <= 1000:
        raise ConfigError(f"pairs must be 10 to 1,000, not {pairs}.")
    loaded = [load_run(run) for run in runs]
    check_seeds(loaded)
    with progress(len(runs), "distances") as bar:
        found = measure_stability(loaded, bar, pairs=pairs)
    store_or_complain(loaded[0], found)
    if json:
        print(to_json(found), end="")
    else:
        show_stability(found)


def show(found: "InstrumentsDocument") -> None:
    """Three tables."""
    out = Console(width=None if sys.stdout.isatty() else 160)
    table = _table("dimension", "KL, nats", "effect on the image", "above its mean", "below it")
    for row in found.dimensions:
        kl = "n/a" if row.kl is None else f"{row.kl:.4f}"
        effect = (f"{each:.4g}" for each in (row.effect, row.effect_above, row.effect_below))
        table.add_row(str(row.dimension), kl, *effect)
    out.print(table)
    out.print("Effect: mean |d(z) - d(z, z_j at its mean)|^2 per image.\n")
    normal = found.normality
    table = _table("Epps-Pulley over directions", "value", "perfect models")
    for name, value, null in (
        ("mean", normal.mean, normal.null_mean),
        ("largest", normal.largest, normal.null_largest),
    ):
        table.add_row(name, f"{value:.3g}", f"{min(null):.3g} to {max(null):.3g}")
    out.print(table)
    main = sorted(enumerate(normal.worst, 1), key=lambda each: -abs(each[1]))[:4]
    worst = ", ".join(f"{weight:+.2f} z{number}" for number, weight in main)
    out.print(f"p = {normal.p:.3f}. Worst direction: {worst}{', ...' if len(normal.worst) > 4 else ''}.\n")
    table = _table("pixels of", "R^2 of means", "R^2 of variances", "variance over that of test images")
    for pixel in found.pixels:
        table.add_row(pixel.of, f"{pixel.mean_r2:.3f}", f"{pixel.variance_r2:.3f}", f"{pixel.spread:.3f}")
    out.print(table)


def show_stability(found: "StabilityDocument") -> None:
    """One table and its reading."""
    out = Console(width=None if sys.stdout.isatty() else 160)
    table = _table(f"distances over {len(found.seeds)} seeds", "median coefficient of variation")
    table.add_row("Euclidean, between codes", f"{found.euclidean:.3f}")
    table.add_row("geodesic, of decoded curves", f"{found.geodesic:.3f}")
    out.print(table)
    out.print(f"Ratio {found.ratio:.2f} (90 % interval {found.low:.2f} to {found.high:.2f}). {found.sentence}")


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table
