"""Which runs belong side by side."""

from collections.abc import Sequence
from dataclasses import replace

from vaeexplorer.config import RunConfig
from vaeexplorer.runs.folder import RunCard


def are_partners(first: RunConfig, second: RunConfig) -> bool:
    """Whether two runs are an AE and a VAE of the same data, network, seed and reconstruction term, whatever beta."""
    return first.model.model != second.model.model and _apart_from_kl(first) == _apart_from_kl(second)


def partner(card: RunCard, cards: Sequence[RunCard]) -> RunCard | None:
    """The first of `cards` that is the partner of a run: the AE beside a VAE, or the VAE beside an AE."""
    return next((other for other in cards if are_partners(card.config, other.config)), None)


def _apart_from_kl(config: RunConfig) -> RunConfig:
    objective = replace(config.objective, beta=1.0, kl_warmup=0)
    return replace(config, model=replace(config.model, model="vae"), objective=objective)
