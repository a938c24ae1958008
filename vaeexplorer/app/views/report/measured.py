"""What "More instruments" shows of a latent space: figures with a line each, and every number beside its reference."""

from collections.abc import Sequence
from threading import Lock

import streamlit as st

from vaeexplorer.analysis.posterior import ACTIVE_VARIANCE
from vaeexplorer.analysis.report.measurements import Progress
from vaeexplorer.app import caches, sidebar
from vaeexplorer.app.server.figures import Drawn, drawn
from vaeexplorer.figures import instruments as draw
from vaeexplorer.results import instruments as results
from vaeexplorer.results.instruments import InstrumentsDocument, StabilityDocument
from vaeexplorer.results.seeds import recipe_of
from vaeexplorer.results.stored import store, stored
from vaeexplorer.runs.folder import RunCard, load_run
from vaeexplorer.spaces.space import Space

OTHER_COORDINATES = 0.03  # of geodesics between models that differ in coordinates alone (docs/instruments.md)
DEAD = 0.05  # of the other side's effect: a side below it is called dead
MOST_SEEDS = 5
_lock = Lock()

Rows = list[dict[str, object]]


def stability(space: Space) -> StabilityDocument | None:
    """How distances vary over seeds of a run's recipe, as it was stored with the run; None where it was not."""
    found = _stability(space.key, space)
    return found[0] if found else None


@st.cache_resource(max_entries=64, show_spinner=False)
def _stability(key: str, _space: Space) -> list[StabilityDocument]:
    found = stored(_space.run, StabilityDocument) if _space.run and _space.dimensions == 2 else None
    return [] if found is None else [found]


def forget() -> None:
    """Read everything again when it is asked for next."""
    _stability.clear()
    caches._instruments.clear()


def seeds_of(space: Space) -> list[RunCard]:
    """Runs of the same recipe in two dimensions, one a seed, at most five, this one first; none of other spaces."""
    if space.run is None or space.dimensions != 2:
        return []
    recipe = recipe_of(space.run.config)
    cards: dict[int, RunCard] = {space.run.config.train.seed: space.run}
    for card in sidebar.cards():
        if recipe_of(card.config) == recipe:
            cards.setdefault(card.config.train.seed, card)
    return list(cards.values())[:MOST_SEEDS]


def measure_stability(space: Space, on_progress: Progress) -> None:
    """Measure distances under the seeds that are here, and store the result with the run; one visitor at a time.

    Raises:
        RunError: a run cannot be read, or the result is measured but cannot be stored.
    """
    with _lock:
        found = _stability(space.key, space)
        if found or space.run is None:
            return
        cards, done = seeds_of(space), 0

        def show(count: int, doing: str) -> None:
            nonlocal done
            done += count
            on_progress(done / len(cards), f"distances under {doing}")

        found.append(results.measure_stability([load_run(card.path) for card in cards], show))
        store(space.run, found[0])


def exhibits(space: Space, found: InstrumentsDocument, over_seeds: StabilityDocument | None) -> list[Drawn]:
    """The figures, in the order in which they are looked at, made once for all visitors."""
    return _exhibits(space.key, over_seeds is not None, found, over_seeds)


@st.cache_resource(max_entries=12, show_spinner=False)
def _exhibits(key: str, has_seeds: bool, _found: InstrumentsDocument, _seeds: StabilityDocument | None) -> list[Drawn]:
    rows, normal, name = _found.dimensions, _found.normality, _found.about["run"]
    shown = [
        drawn(
            draw.effect_bars(
                [row.dimension for row in rows],
                [row.effect_above for row in rows],
                [row.effect_below for row in rows],
                [row.activity for row in rows],
            ),
            f"Effect of {len(rows)} dimensions of {name} on the image, above and below their means.",
            of_effects(_found),
        ),
        drawn(
            draw.worst_direction(normal.bins, normal.density, normal.largest, normal.null_largest, along(normal.worst)),
            f"Histogram of draws of q(z) of {name} along their least normal direction, over N(0, 1).",
            of_normality(_found),
        ),
        drawn(
            draw.pixel_maps(_found.maps),
            f"Mean and variance of each pixel, of prior samples of {name} and of test images.",
            of_pixels(_found),
        ),
    ]
    if _seeds is not None:
        shown.append(
            drawn(
                draw.variations(_seeds.pairs["euclidean"], _seeds.pairs["geodesic"]),
                f"Variation over seeds of Euclidean and geodesic distances of {len(_seeds.pairs['geodesic'])} pairs.",
                of_distances(_seeds),
            )
        )
    return shown


def active(found: InstrumentsDocument) -> int | None:
    """Active units (Burda et al. 2016); None of an autoencoder."""
    activity = [row.activity for row in found.dimensions if row.activity is not None]
    return sum(value > ACTIVE_VARIANCE for value in activity) if activity else None


def dead_sides(found: InstrumentsDocument) -> list[str]:
    """Sides that do next to nothing to the image where the other side does something: names, as `z3 below`."""
    least = DEAD * max(row.effect for row in found.dimensions)
    sides = []
    for row in found.dimensions:
        low, side = min((row.effect_above, "above"), (row.effect_below, "below"))
        if row.effect > least and low < DEAD * max(row.effect_above, row.effect_below):
            sides.append(f"z{row.dimension} {side}")
    return sides


def along(direction: Sequence[float]) -> str:
    """A direction by its four largest components, as an axis is named."""
    main = sorted(enumerate(direction, 1), key=lambda each: -abs(each[1]))[:4]
    named = " ".join(f"{weight:+.2f} z<sub>{number}</sub>" for number, weight in main).replace("-", "−")
    return f"{named} …" if len(direction) > len(main) else named


def of_effects(found: InstrumentsDocument) -> str:
    """What to see of effects."""
    count, dead = active(found), dead_sides(found)
    units = (
        "Active units mean nothing for an autoencoder, whose z has no scale; effects do."
        if count is None
        else f"{count} of {len(found.dimensions)} dimensions are active units (Var μ above .01)."
    )
    sides = f"dead on one side: {', '.join(dead)}" if dead else "here no side of one that counts is dead"
    return f"{units} Bars near 0: the decoder ignores that dimension, or that side of it; {sides}."


def of_normality(found: InstrumentsDocument) -> str:
    """What to see of normality along directions."""
    normal = found.normality
    outside = "further from N(0, I) than perfect models" if normal.p <= 0.05 else "as near to N(0, I) as perfect models"
    return (
        f"Sliced Epps-Pulley: {outside} (p = {normal.p:.2f}). The diamond belongs among the dots, the bars "
        "under the curve; the direction need be no axis."
    )


def of_pixels(found: InstrumentsDocument) -> str:
    """What to see of pixels."""
    samples, others, real = found.pixels
    drawn_from = (
        "" if active(found) is not None else "An autoencoder has no prior: samples are decoded draws of N(0, I). "
    )
    return drawn_from + (
        "Left and right should look alike, but decoded means vary less than images. R² of means "
        f"{samples.mean_r2:.3f}, of variances {samples.variance_r2:.3f}; of reconstructions of other images "
        f"{others.mean_r2:.3f} and {others.variance_r2:.3f}, of other test images {real.mean_r2:.3f} and "
        f"{real.variance_r2:.3f}."
    )


def of_distances(found: StabilityDocument) -> str:
    """What to see of distances over seeds."""
    return (
        f"Median coefficient of variation over {len(found.seeds)} seeds: Euclidean {found.euclidean:.2f}, geodesic "
        f"{found.geodesic:.2f}; of one model in other coordinates geodesics have below {OTHER_COORDINATES}. Below the "
        f"dashed line the geodesic of a pair is the more stable. {found.sentence}"
    )


def numbers(found: InstrumentsDocument, over_seeds: StabilityDocument | None) -> Rows:
    """Every number, beside what a perfect model or a reference has."""
    normal, count = found.normality, active(found)
    samples, *references = found.pixels
    rows = [_row("active units", "n/a" if count is None else str(count), f"of {len(found.dimensions)}")]
    rows += [
        _row(
            f"effect of z{row.dimension}",
            f"{row.effect:.3g}",
            f"above its mean {row.effect_above:.3g}, below {row.effect_below:.3g}; 0 where the decoder ignores it",
        )
        for row in found.dimensions
    ]
    for name, value, null in (
        ("mean", normal.mean, normal.null_mean),
        ("largest", normal.largest, normal.null_largest),
    ):
        beside = f"{min(null):.2g} to {max(null):.2g}, {len(null)} perfect models"
        rows.append(_row(f"Epps-Pulley T/n over directions, {name}", f"{value:.2g}", beside))
    rows.append(_row("p of both", f"{normal.p:.3f}", f"{2 / (len(normal.null_mean) + 1):.3f} at least"))
    for name, attribute in (
        ("R² of pixel means", "mean_r2"),
        ("R² of pixel variances", "variance_r2"),
        ("total variance over that of test images", "spread"),
    ):
        beside = "; ".join(f"{getattr(each, attribute):.3f} {each.of}" for each in references)
        rows.append(_row(name, f"{getattr(samples, attribute):.3f}", beside))
    if over_seeds is not None:
        beside = f"below {OTHER_COORDINATES} in other coordinates"
        rows += [
            _row("variation of Euclidean distances over seeds", f"{over_seeds.euclidean:.3f}", ""),
            _row("variation of geodesic distances over seeds", f"{over_seeds.geodesic:.3f}", beside),
            _row(
                "ratio of the two",
                f"{over_seeds.ratio:.2f} ({over_seeds.low:.2f} to {over_seeds.high:.2f})",
                "1 where neither is the more stable; 90 % interval over pairs",
            ),
        ]
    return rows


def _row(number: str, value: str, beside: str) -> dict[str, object]:
    return {"number": number, "here": value, "beside it": beside}
