"""Reports over the seeds of recipes, as one document; that of the shipped 2-D MNIST pair is shipped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from vaeexplorer.analysis.report.report import Report
from vaeexplorer.analysis.report.seeds import Difference, Spread, differences, spreads
from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.documents import DocumentError, from_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED, why
from vaeexplorer.runs.folder import RunCard

ROOT = SHIPPED / "seeds"


class SeedsError(UserError):
    """A document over seeds that cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Recipe:
    """What runs of different seeds have in common.

    Attributes:
        name: of its runs, without the seed.
        config: that of seed 0.
        seeds: one a run.
    """

    name: str
    config: RunConfig
    seeds: list[int]


@dataclass(frozen=True)
class SeedsDocument:
    """Of several runs: recipes, every number over their seeds, and what other recipes have more than the first."""

    schema: Literal[1]
    recipes: list[Recipe]
    numbers: list[Spread]
    differences: list[Difference]


def recipe_of(config: RunConfig) -> RunConfig:
    """The configuration without its seed and the device."""
    return replace(config, train=replace(config.train, seed=0, device="auto"))


def over_seeds(runs: Sequence[tuple[RunCard, Report]]) -> SeedsDocument:
    """The document of runs and their reports.

    Raises:
        ConfigError: a seed of a recipe comes twice.
    """
    groups: dict[RunConfig, list[tuple[RunCard, Report]]] = {}
    for run, report in runs:
        groups.setdefault(recipe_of(run.config), []).append((run, report))
    recipes, reports = [], {}
    for config, members in groups.items():
        name = re.sub(r"-seed\d+$", "", members[0][0].name)
        name = name if name not in reports else members[0][0].name
        seeds = [run.config.train.seed for run, _ in members]
        if len(set(seeds)) < len(seeds):
            raise ConfigError(f"Of {name} a seed comes twice: seeds are {', '.join(map(str, seeds))}.")
        recipes.append(Recipe(name, config, seeds))
        reports[name] = [report for _, report in members]
    found = spreads(reports)
    return SeedsDocument(1, recipes, found, differences(found))


def shipped(config: RunConfig, root: Path = ROOT) -> tuple[Recipe, list[Spread]] | None:
    """What is shipped of other seeds of a configuration, and its numbers; None where nothing is.

    Raises:
        SeedsError: a document cannot be read.
    """
    for path in sorted(root.glob("*.json")):
        try:
            document = from_json(path.read_bytes(), SeedsDocument)
        except OSError as error:
            raise SeedsError(f"{path.name} cannot be read: {why(error)}.") from None
        except (DocumentError, ConfigError) as error:
            raise SeedsError(f"{path.name} cannot be read: {error}.") from None
        for recipe in document.recipes:
            if recipe.config == recipe_of(config):
                return recipe, [each for each in document.numbers if each.recipe == recipe.name]
    return None
