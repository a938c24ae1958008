"""What an address can hold, name by name: kind, default and range. The widgets get their part of it with their data.

The app keeps what is chosen in the query of its URL, an exported page behind the #. `interact/links.js` reads and
writes what the widgets keep there, `app/address.py` the rest. docs/links.md has the table of all names.
"""

import sys
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar, cast

T = TypeVar("T")
MOST_DIGITS = 9
Kind = Literal[
    "choice",
    "number",
    "whole",
    "pair",
    "numbers",
    "axis",
    "flag",
    "indices",
    "image",
    "polygon",
    "changes",
    "text",
    "texts",
]


@dataclass(frozen=True)
class Key(Generic[T]):
    """What an address holds under one name.

    Attributes:
        name: in the address, and of the Streamlit widget where there is one.
        kind: choice, one of `options`; number, within `limits`; whole, a whole number within them; pair, two whole
            numbers, 3-14; numbers, one per latent dimension or `count` of them, 0.5,-1.25; axis, a latent dimension,
            z3; flag, 1 or 0; indices, whole numbers from 0, 3,7; image, a drawing; polygon, points x,y;x,y;...;
            changes, what was turned at which step, beta 8 at step 234 as 234b8;390r0.001; text, a name; texts, names
            with commas between them.
        default: what holds where the address has no such name, or a value that makes no sense.
        about: what it is, in a few words.
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
    about: str
    options: tuple[T, ...] = ()
    limits: tuple[Any, Any] = (-sys.float_info.max, sys.float_info.max)
    digits: int = 6
    count: int | None = None
    of_any_run: bool = False
    aliases: dict[str, T] = field(default_factory=dict)

    def parse(self, text: str) -> T | None:
        """The value that is written so; None where the text makes no sense. For what only widgets read: the text."""
        if self.kind == "choice":
            value: Any = {self.format(option): option for option in self.options}.get(text, self.aliases.get(text))
        elif self.kind == "flag":
            value = {"1": True, "true": True, "0": False, "false": False}.get(text.lower())
        elif self.kind in ("number", "whole"):
            value = self._number(text)
        elif self.kind == "texts":
            value = tuple(filter(None, text.split(","))) or None
        else:
            value = self.aliases.get(text, text) or None
        return cast(T | None, value)

    def _number(self, text: str) -> float | None:
        low, high = self.limits
        try:
            value = int(text) if self.kind == "whole" and len(text) < MOST_DIGITS else float(text)
        except ValueError:
            return None
        return value if low <= value <= high and not (self.kind == "whole" and isinstance(value, float)) else None

    def format(self, value: T) -> str:
        """How a value is written; what only widgets read is a text already."""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, (tuple, list)):
            return ",".join(map(str, value))
        return f"{value:.6g}" if isinstance(value, float) else str(value)

    def to_json(self) -> dict[str, Any]:
        """What the browser must know of it."""
        names = ("name", "kind", "default", "about", "options", "limits", "digits", "count")
        return {name: getattr(self, name) for name in names}


_COORDINATES = (-3.4e38, 3.4e38)  # float32, in which decoders compute, and the digits that it has
_VIEW = "what is in view: centre across, centre up and width, in latent units"
HIDDEN: Key[tuple[int, ...]] = Key("hidden", "indices", (), "classes whose dots are hidden")
IMAGES: Key[float] = Key(
    "images", "number", 0.0, "the size of images in place of dots, in pixels", limits=(0, 56), of_any_run=True
)
PLANE: tuple[Key[Any], ...] = (
    Key("z", "numbers", None, "the latent point, a number a dimension", limits=_COORDINATES, digits=7),
    Key("test", "indices", None, "the chosen test image, of whose posterior z may be a draw", count=1),
    Key(
        *("color", "choice", "class", "what the dots are coloured by"),
        options=("class", "error", "KL"),
        of_any_run=True,
    ),
    Key("plane", "choice", "z", "which plane is shown", options=("z", "PCA", "UMAP"), of_any_run=True),
    Key("across", "axis", None, "the dimension across, in the plane z"),
    Key("up", "axis", None, "the dimension up, in the plane z"),
    Key("path", "flag", None, "whether the way from A to B is shown; in two dimensions it is, unless this is 0"),
    Key("a", "numbers", None, "where the way begins", limits=_COORDINATES, digits=7),
    Key("b", "numbers", None, "where the way ends", limits=_COORDINATES, digits=7),
    Key("at", "numbers", None, _VIEW, limits=_COORDINATES, digits=7, count=3),
    Key("manifold", "flag", None, "whether the plane is decoded behind the dots", of_any_run=True),
    Key(
        *("behind", "choice", "images", "which map lies behind the dots; images: none"),
        options=("images", "classifier", "unlike"),
        of_any_run=True,
    ),
    HIDDEN,
    Key(
        *("marks", "choice", "mean", "what a dot is: the mean of q(z|x), a draw from it, or an ellipse of one σ"),
        options=("mean", "draw", "ellipse"),
        of_any_run=True,
    ),
    IMAGES,
    Key(
        *("order", "choice", "KL", "how sliders and strips are sorted; KL is the variance where there is no posterior"),
        options=("KL", "effect", "index"),
        of_any_run=True,
    ),
    Key("lasso", "polygon", None, "the lasso's corners, in coordinates of the plane", limits=_COORDINATES, digits=7),
)
"""of the latent plane"""
WALK: tuple[Key[Any], ...] = (
    Key(
        "image",
        "indices",
        None,
        "the test image that goes in; else one with a wide posterior",
        count=1,
        of_any_run=True,
    ),
    Key("drawing", "image", None, "the drawing or picture that goes in, a letter a pixel", of_any_run=True),
    Key("seed", "indices", (68000,), "of the noise: of ε, and of the fifty draws", count=1, of_any_run=True),
    Key("eps", "numbers", None, "ε, where it was moved by hand", limits=(-100, 100), of_any_run=True),
    Key("near", "flag", True, "whether the posterior is shown from near by, not all of the plane", of_any_run=True),
    Key("span", "number", 4.0, "what is near by: so many standard deviations", limits=(1, 200), of_any_run=True),
    IMAGES,
    Key("truth", "flag", False, "whether the true posterior is drawn behind the encoder's", of_any_run=True),
)
"""of the walk from x to x'"""
PAIR: tuple[Key[Any], ...] = (
    Key("pair", "pair", None, "the test images A and B; by itself a pair chosen for the runs", of_any_run=True),
    Key("same", "flag", False, "whether all planes have one scale", of_any_run=True),
    HIDDEN,
    IMAGES,
    Key(
        *("field", "choice", "none", "what is drawn behind the dots"),
        options=("none", "nearest", "cycle", "magnification"),
        of_any_run=True,
    ),
    *(Key(f"at{pane}", "numbers", None, _VIEW, limits=_COORDINATES, digits=7, count=3) for pane in (1, 2, 3)),
)
"""of planes side by side"""
FILM: tuple[Key[Any], ...] = (
    Key("step", "number", None, "the step at which the training is stopped", limits=(0, 1e6)),
    Key("way", "choice", "raw", "how the axes are taken", options=("raw", "svd", "qr"), of_any_run=True),
    IMAGES,
)
"""of a recorded training"""
VARIANCE: Key[float | None] = Key(
    "s2", "number", None, "σₓ² of the linear VAE, where it is not the best", limits=(1e-3, 50), of_any_run=True
)
LINEAR_BETA = Key("beta", "number", 1.0, "β of the linear VAE", limits=(0.1, 10), of_any_run=True)
LINEAR_VAE: tuple[Key[Any], ...] = (VARIANCE, LINEAR_BETA)

TRAIN: tuple[Key[Any], ...] = (
    Key(
        "set",
        "choice",
        "",
        "the images to train on, where they are not the data set's",
        options=("mnist", "fashion-mnist"),
    ),
    Key("model", "choice", "vae", "what is trained", options=("ae", "vae", "linear-ae", "linear-vae")),
    Key("dim", "number", 2, "latent dimensions", limits=(1, 32)),
    Key(
        "width",
        "choice",
        "256",
        "hidden layers: one or more of so many units",
        options=("64", "128", "256", "400", "512"),
    ),
    Key("activation", "choice", "silu", "between the layers", options=("silu", "relu", "tanh")),
    Key(
        *("likelihood", "choice", "bernoulli", "how a reconstruction is judged"),
        options=("bernoulli", "continuous-bernoulli", "gaussian", "gaussian-learned"),
    ),
    Key("beta", "number", 1, "β at the start", limits=(0, 1000)),
    Key("warmup", "number", 0, "epochs in which β rises from 0", limits=(0, 100)),
    Key("rate", "number", 0.003, "the learning rate at the start", limits=(1e-6, 0.1)),
    Key("schedule", "choice", "constant", "how the rate moves by itself", options=("constant", "one-cycle")),
    Key("epochs", "number", 20, "passes over the images", limits=(1, 1000)),
    Key("batch", "number", 128, "images a step", limits=(1, 2048)),
    Key("seed", "indices", (0,), "of weights, order and noise", count=1),
    Key("images", "number", 30_000, "how many training images", limits=(100, 60_000)),
    Key(
        *("reduce", "choice", "sum-sum-mean", "sum or mean over pixels, over dimensions, over the batch"),
        options=tuple(f"{a}-{b}-{c}" for a in ("sum", "mean") for b in ("sum", "mean") for c in ("mean", "sum")),
    ),
    Key("events", "changes", None, "what was turned while it learned"),
    replace(IMAGES, name="size"),  # `images` are those that are learned
)
"""of a training in the browser"""

RUN_FILM: tuple[Key[Any], ...] = (
    Key("epoch", "number", None, "the epoch at which the film is stopped", limits=(0, 1e6)),
)
"""of films of runs"""


def dial(betas: tuple[float, ...]) -> tuple[Key[Any], ...]:
    """Of the dial over the models of a sweep."""
    return (
        Key("beta", "choice", 1.0, "β of the model", options=betas, of_any_run=True),
        Key(
            "at",
            "numbers",
            (0.0, 0.0),
            "the point that is decoded",
            limits=_COORDINATES,
            digits=7,
            count=2,
            of_any_run=True,
        ),
        Key("sample", "indices", None, "the sample that is decoded in its place", count=1, of_any_run=True),
        HIDDEN,
        IMAGES,
    )


def table(keys: tuple[Key[Any], ...]) -> list[dict[str, Any]]:
    """What a widget must know of its keys, as plain values."""
    return [key.to_json() for key in keys]
