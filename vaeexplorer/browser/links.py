"""What an address can hold, name by name: kind, default and range. The widgets get their part of it with their data.

The app keeps what is chosen in the query of its URL, an exported page behind the #. `engine/links.js` reads and writes
what the widgets keep there, `app/state.py` the rest.
"""

import sys
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, cast

T = TypeVar("T")
Kind = Literal["choice", "number", "pair", "numbers", "axis", "flag", "indices", "image", "text"]


@dataclass(frozen=True)
class Key(Generic[T]):
    """What an address holds under one name.

    Attributes:
        name: in the address, and of the Streamlit widget where there is one.
        kind: choice, one of `options`; number, within `limits`; pair, two whole numbers, 3-14; numbers, one per latent
            dimension or `count` of them, 0.5,-1.25; axis, a latent dimension, z3; flag; indices, whole numbers from 0,
            3,7; image, a drawing; text, a name.
        default: what holds where the address has no such name, or a value that makes no sense.
        options: of a choice.
        limits: the least and the greatest number.
        digits: significant ones, at the most, of each of the numbers.
        count: of numbers, where it is not that of the latent dimensions.
        of_any_run: whether it also holds when another run is chosen.
        aliases: what addresses of earlier versions hold for an option.
    """

    name: str
    kind: Kind
    default: T
    options: tuple[T, ...] = ()
    limits: tuple[Any, Any] = (-sys.float_info.max, sys.float_info.max)
    digits: int = 6
    count: int | None = None
    of_any_run: bool = False
    aliases: dict[str, T] = field(default_factory=dict)

    def parse(self, text: str) -> T | None:
        """The value of a choice, a number or a pair that is written so; None where the text makes no sense."""
        if self.kind == "choice":
            return {self.format(option): option for option in self.options}.get(text, self.aliases.get(text))
        try:
            numbers = [_whole(part) for part in text.split("-")] if self.kind == "pair" else [float(text)]
        except ValueError:
            return None
        low, high = self.limits
        if len(numbers) != (2 if self.kind == "pair" else 1) or not all(low <= number <= high for number in numbers):
            return None
        return cast(T, tuple(numbers) if self.kind == "pair" else numbers[0])

    def format(self, value: T) -> str:
        """How a choice, a number or a pair is written."""
        if isinstance(value, tuple):
            return "-".join(map(str, value))
        return f"{value:.6g}" if isinstance(value, float) else str(value)

    def to_json(self) -> dict[str, Any]:
        """What the browser must know of it."""
        names = ("name", "kind", "default", "options", "limits", "digits", "count")
        return {name: getattr(self, name) for name in names}


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise ValueError(text)
    return int(text)


_COORDINATES = (-3.4e38, 3.4e38)  # float32, in which decoders compute, and the digits that it has
PLANE: tuple[Key[Any], ...] = (
    Key("z", "numbers", None, limits=_COORDINATES, digits=7),
    Key("color", "choice", "class", options=("class", "error", "KL"), of_any_run=True),
    Key("plane", "choice", "z", options=("z", "PCA", "UMAP"), of_any_run=True),
    Key("across", "axis", None),
    Key("up", "axis", None),
    Key("a", "numbers", None, limits=_COORDINATES, digits=7),
    Key("b", "numbers", None, limits=_COORDINATES, digits=7),
    Key("at", "numbers", None, limits=_COORDINATES, digits=7, count=3),  # centre and width of the visible region
    Key("manifold", "flag", None, of_any_run=True),
    Key("hidden", "indices", ()),  # classes
)
"""of the latent plane"""
WALK: tuple[Key[Any], ...] = (
    Key("image", "indices", (0,), count=1, of_any_run=True),  # a test image
    Key("drawing", "image", None, of_any_run=True),
    Key("eps", "numbers", None, limits=(-100, 100), of_any_run=True),
)
"""of the walk from x to x'"""


def tables() -> dict[str, list[dict[str, Any]]]:
    """What the plane and the walk must know of their keys, as plain values."""
    return {name: [key.to_json() for key in keys] for name, keys in (("plane", PLANE), ("walk", WALK))}


PAIR = Key("pair", "pair", (18, 0))
"""the two test images of planes side by side"""
FIELD = Key("field", "choice", "none", options=("none", "nearest", "cycle", "magnification"))
"""what is drawn behind the dots of planes side by side"""
STEP: Key[float | None] = Key("step", "number", None, limits=(0, 1e6))
"""of a training"""
VARIANCE: Key[float | None] = Key("s2", "number", None, limits=(1e-3, 50))
"""of the pixels in the linear VAE; None for the best"""
LINEAR_BETA = Key("beta", "number", 1.0, limits=(0.1, 10))
"""of the linear VAE"""
