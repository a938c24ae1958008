"""The runs as rows of a table, which of them words find, and in which options some of them differ."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from vaeexplorer.data.datasets import title
from vaeexplorer.runs.folder import RunCard
from vaeexplorer.runs.names import is_own


def rows(cards: Sequence[RunCard], dataset: str) -> list[dict[str, object]]:
    """A row a run, those of a data set first: what it is, and its figures on the test images in nats."""
    cards = sorted(cards, key=lambda card: card.config.data.dataset != dataset)
    titles = {name: title(name) for name in {card.config.data.dataset for card in cards}}
    return [
        {
            "run": card.name,
            "model": f"{card.config.model.arch} {card.config.model.model}",
            "D": card.config.model.latent_dim,
            "beta": card.config.objective.beta if card.config.model.model == "vae" else None,
            "loss": card.metrics.get("test_total"),
            "likelihood": card.config.objective.likelihood,
            "images": titles[card.config.data.dataset],
            "reconstruction": card.metrics.get("test_reconstruction"),
            "KL": card.metrics.get("test_kl") if card.config.model.model == "vae" else None,
            "epochs": len(card.history),
            "seed": card.config.train.seed,
            "whose": "yours" if is_own(card) else "shipped",
        }
        for card in cards
    ]


def found(listed: Sequence[dict[str, object]], words: str) -> list[dict[str, object]]:
    """The rows in which all of these words occur, in any column: `vae 16`, `beta=4`."""
    wanted = words.lower().split()

    def text(row: dict[str, object]) -> str:
        named = (f"{name}={value:g}" for name, value in row.items() if isinstance(value, int | float))
        return " ".join([*map(str, row.values()), *named]).lower()

    return [row for row in listed if all(word in text(row) for word in wanted)]


def differences(cards: Sequence[RunCard]) -> dict[str, list[Any]]:
    """The options in which these runs differ, each with its value in every run."""
    flat = [
        {name: value for values in card.config.to_json().values() for name, value in values.items()} for card in cards
    ]
    every = {name: [options[name] for options in flat] for name in (flat[0] if flat else ())}
    return {name: values for name, values in every.items() if any(value != values[0] for value in values)}


def as_html(names: Sequence[str], differing: dict[str, list[Any]]) -> Markup:
    """A table of options by runs; what is other than in the first run is marked."""
    cell, marked = Markup("<td>{}</td>"), Markup("<td><mark>{}</mark></td>")
    row = Markup('<tr><th scope="row">{}</th>{}</tr>')
    lines = [
        row.format(option, Markup("").join((cell if v == values[0] else marked).format(_text(v)) for v in values))
        for option, values in differing.items()
    ]
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in names)
    table = Markup(
        '<div class="vx-differences"><table><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>'
    )
    return table.format(head, Markup("").join(lines))


def _text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "-".join(map(str, value)) or "the usual"
    return f"{value:g}" if isinstance(value, float) else str(value)
