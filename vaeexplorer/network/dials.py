"""beta and the learning rate of every step: they follow from the configuration and from what was changed at which step.

A change is an event with a step, so the same configuration and events train the same weights again, to the bit.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from vaeexplorer.config import ConfigError, RunConfig, Schedule
from vaeexplorer.documents import DocumentError, NotNegative, convert
from vaeexplorer.files import read_file, user_path, why

Dial = Literal["beta", "rate"]
MOST_EVENTS = 100_000
_MOST_FILE = 10_000_000  # bytes


@dataclass(frozen=True)
class Event:
    """A dial that is turned.

    Attributes:
        step: before which it is turned, counted from 0.
        name: beta, the weight of the KL term; or rate, the largest step size, of which the schedule takes a share.
        value: from that step on.
    """

    step: Annotated[int, msgspec.Meta(ge=0)]
    name: Dial
    value: NotNegative


class Dials:
    """beta and the learning rate, by step.

    Attributes:
        events: what is turned, in the order of steps.
    """

    def __init__(self, config: RunConfig, events: Iterable[Event] = ()) -> None:
        """Raises ConfigError where the model has no such dial, or a rate is out of range."""
        self._config = config
        self.events: list[Event] = []
        for event in sorted(events, key=lambda event: event.step):
            self.turn(event)

    def turn(self, event: Event) -> None:
        """Add an event, at or after the last one's step; of one dial at one step the last value counts.

        Raises:
            ConfigError: the model has no such dial, the value is out of range, or the step is before the last one's.
        """
        check(event, self._config)
        if self.events and event.step < self.events[-1].step:
            raise ConfigError(f"The dials were turned at step {self.events[-1].step} already, after {event.step}.")
        if len(self.events) >= MOST_EVENTS:
            raise ConfigError(f"The dials of one training can be turned {MOST_EVENTS:,} times.")
        same = (event.step, event.name)
        self.events = [each for each in self.events if (each.step, each.name) != same] + [event]

    def beta(self, step: int) -> float:
        """The weight of the KL term at a step, before any warm-up."""
        return self._value("beta", step, self._config.objective.beta)

    def rate(self, step: int) -> float:
        """The largest step size at a step."""
        return self._value("rate", step, self._config.train.learning_rate)

    def _value(self, name: Dial, step: int, start: float) -> float:
        turned = (event.value for event in reversed(self.events) if event.name == name and event.step <= step)
        return next(turned, start)


def check(event: Event, config: RunConfig) -> None:
    """Raise ConfigError where a training has no such dial, or the value is out of its range."""
    if event.name == "rate" and not 0 < event.value <= 1:
        raise ConfigError(f"The learning rate must be above 0 and at most 1, not {event.value:g}.")
    if event.name == "beta" and (config.model.model == "ae" or config.objective.bound != "elbo"):
        what = "an autoencoder" if config.model.model == "ae" else f"the bound {config.objective.bound}"
        raise ConfigError(f"beta cannot be turned: {what} has no KL term to weigh.")


def read_events(path: Path) -> list[Event]:
    """The events in a file: a JSON list of them, or a run.json, of which the `events` are taken.

    Raises:
        ConfigError: it cannot be read, or holds anything else.
    """
    path = user_path(path)
    try:
        document = msgspec.json.decode(read_file(path, _MOST_FILE))
        return convert(document.get("events", []) if isinstance(document, dict) else document, list[Event])
    except OSError as error:
        raise ConfigError(f"The events in {path.name} cannot be read: {why(error)}.") from None
    except (DocumentError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"The events in {path.name} cannot be read: {error}.") from None


def ended(config: RunConfig, events: Sequence[Event], step: int) -> tuple[RunConfig, list[Event]]:
    """What a training was that was steered: its configuration with the beta that it ended at, and all its events.

    The loss of a run is weighed with its configuration's beta. Where it began with another, the first event says so.
    """
    done = [event for event in events if event.step < step]
    beta = Dials(config, done).beta(step)
    if beta == config.objective.beta:
        return config, done
    if not any(event.step == 0 and event.name == "beta" for event in done):
        done.insert(0, Event(0, "beta", config.objective.beta))
    return replace(config, objective=replace(config.objective, beta=beta)), done


def schedule(name: Schedule, step: int, steps: int) -> float:
    """The step size at `step` of `steps`, as a share of the largest.

    one-cycle: a cosine from 1/25 up over the first 30%, then a cosine down to almost 0 (Smith & Topin 2018).
    """
    if name == "constant":
        return 1.0
    position = step / max(1, steps - 1)
    if name == "cosine":
        return _cosine(1, 0.001, position)
    if position < 0.3:
        return _cosine(1 / 25, 1, position / 0.3)
    return _cosine(1, 1e-5, (position - 0.3) / 0.7)


def _cosine(start: float, end: float, position: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * position)) / 2


def warmed_up(beta: float, epoch: int, warmup: int) -> float:
    """beta_t = beta * min(1, t / T): the KL weight of an epoch (counted from 1); T = 0 is no warm-up."""
    return beta * min(1.0, epoch / warmup) if warmup else beta


def check_warmup(config: RunConfig) -> None:
    """Raise ConfigError where the KL warm-up is longer than the run."""
    objective, epochs = config.objective, config.train.epochs
    if config.model.model == "vae" and objective.kl_warmup > epochs:
        raise ConfigError(
            f"kl_warmup is {objective.kl_warmup} epochs and the run has {epochs}: the weight of the KL term ends at "
            f"{warmed_up(objective.beta, epochs, objective.kl_warmup):.3g}, below beta = {objective.beta:g}."
        )
