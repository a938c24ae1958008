"""The words of "Linear AE vs PCA": each condition, what theory predicts when it is broken, and what was measured."""

from dataclasses import dataclass

from vaeexplorer.analysis.linear.autoencoder import Method
from vaeexplorer.analysis.linear.axes import decayed_singular_values
from vaeexplorer.analysis.linear.experiments import BENDS, Broken, Experiment
from vaeexplorer.analysis.linear.nonlinear import MEASURED
from vaeexplorer.analysis.pca import PCA

CONVERGED = 1e-5  # relative excess over the minimum


@dataclass(frozen=True)
class Condition:
    """What a visitor can break."""

    label: str
    predicted: str
    """Markdown; the names in braces are the fields of `_figures`"""


METHOD_NAMES: dict[Method, str] = {
    "gd": "gradient descent",
    "adam": "Adam",
    "als": "least squares",
    "lbfgs": "L-BFGS",
}
CONDITIONS: dict[Broken, Condition] = {
    "none": Condition(
        "all hold",
        "Every minimum spans PCA's subspace (Baldi & Hornik 1989): error {predicted}, all angles 0°. The columns are "
        "not PCA's axes, and the codes stay correlated; QR recovery finds the axes.",
    ),
    "uncentred": Condition(
        "not centred",
        "One direction is spent on the mean image: the optimum is that of E xxᵀ, error {predicted} instead of "
        "{optimum}.",
    ),
    "bias": Condition(
        "decoder bias",
        "The best bias is b = m − W₂W₁m, which takes the mean off again: error {predicted}, as PCA's.",
    ),
    "decay": Condition(
        "weight decay",
        "λ(|W₁|² + |W₂|²) with λ = {decay}: then W₁ = W₂ᵀ, the left singular vectors *are* PCA's axes, and "
        "sⱼ = √(1 − λ/λⱼ), {first_s} to {last_s} (Kunin et al. 2019). All is shrunk a little: error {predicted}.",
    ),
    "tied": Condition(
        "tied weights",
        "W₂ = W₁ᵀ makes W₂ orthonormal, so codes keep lengths; the optimum is PCA's, error {predicted}, and its axes "
        "are still turned at will.",
    ),
    "sigmoid": Condition(
        "sigmoid",
        "With a sigmoid the theorem no longer applies. x′ = σ(W₂z + b) stays in [0, 1] and leaves the plane, so PCA's "
        "{optimum} is no bound any more, above or below.",
    ),
    "cross-entropy": Condition(
        "cross-entropy",
        "The sigmoid network with another loss: its optimum is not that of the squared error, so neither PCA's span "
        "nor PCA's {optimum} is to be expected.",
    ),
    "hidden": Condition(
        "hidden layer",
        "64 SiLU units on either side of the code: the images may lie on a curved surface. It may go *below* PCA's "
        "{optimum} where it is trained long enough. (A nonlinearity on the code alone could not: Bourlard & Kamp "
        "1988.)",
    ),
    "few": Condition(
        "few steps",
        "Large eigenvalues are learned first. {learned_wanted}",
    ),
    "saddle": Condition(
        "saddle",
        "Axis 1 is left out and axis {spare} taken: every gradient is almost 0, and the excess begins at "
        "λ₁ − λ₍ₖ₊₁₎ = {plateau}. {plateau_left}",
    ),
}


def outcome(experiment: Experiment, pca: PCA, decay_share: float) -> tuple[str, str]:
    """What was predicted and what was measured, in sentences."""
    condition = CONDITIONS[experiment.broken]
    return condition.predicted.format(**_figures(experiment, pca, decay_share)), _measured(experiment)


def _figures(experiment: Experiment, pca: PCA, decay_share: float) -> dict[str, str]:
    k, decay = experiment.k, decay_share * pca.values[experiment.k - 1]
    shrunk = decayed_singular_values(pca.values, k, decay)
    half = experiment.learned
    step = experiment.plateau and experiment.plateau[1]
    left = "" if step is None else f"after about {max(1, round(step))} steps "
    wanted = "" if half is None else f"Stopped where about {half[0]} of {k} axes should be passed on by half."
    return {
        "predicted": "" if experiment.predicted_error is None else f"{experiment.predicted_error:.4f}",
        "optimum": f"{experiment.optimum:.4f}",
        "decay": f"{decay:.4g}",
        "first_s": f"{shrunk[0]:.4f}",
        "last_s": f"{shrunk[-1]:.4f}",
        "spare": str(k + 1),
        "plateau": f"{pca.values[0] - pca.values[k]:.4f}",
        "plateau_left": f"There it stays, though it is no minimum: {left}the plateau is left."
        if experiment.plateau
        else "Adam's steps do not shrink with the gradient: it leaves at once, upwards first, and there is no plateau.",
        "learned_wanted": wanted or "Stopped long before the end: some error is left, most in the last axes.",
    }


def _measured(experiment: Experiment) -> str:
    film, excess = experiment.film, experiment.excess[-1]
    name = METHOD_NAMES[experiment.method]
    parts = [f"After {film.steps[-1]:,} steps of {name}: error {film.error[-1]:.4f}, {_relative(excess)}"]
    parts.append(f"; largest angle {_angle(film.angles[-1][-1])}.")
    if experiment.broken in BENDS:
        parts.append(f" On {MEASURED:,} of the 10,000 training images, for PCA too.")
        if excess < -0.001:
            parts.append(" It beats PCA.")
    if experiment.decayed is not None:
        parts.append(
            f" |W₁ − W₂ᵀ| / |W₁| is {_tiny(experiment.decayed.transpose)}; singular vectors against PCA's axes: least "
            f"|cos| {film.cosines[-1][1].min():.5f}; singular values within "
            f"{_tiny(experiment.decayed.largest_difference)} of the prediction."
        )
        if experiment.decayed.excess > CONVERGED:
            parts.append(
                f" Not there yet: error and decay are {_tiny(experiment.decayed.excess)} above their minimum; these "
                f"steps were too few."
            )
    elif experiment.broken not in (*BENDS, "few") and experiment.k > 1:
        raw, _, recovered = (way.min() for way in film.cosines[-1])
        parts.append(
            f" Least |cos| with PCA's axes: raw columns {raw:.2f}, QR-recovered {recovered:.4f}; codes correlate up to "
            f"{experiment.correlation:.2f}."
        )
    if experiment.learned is not None:
        parts.append(f" {experiment.learned[1]} of {experiment.k} axes are passed on by more than half.")
    if experiment.plateau is not None:
        height, left = experiment.measured_plateau
        until = "and it was not left" if left is None else f"half of it gone by step {left:,}"
        parts.append(f" Plateau {height:.4f}, {until}.")
    predicted = experiment.predicted_error
    if predicted is not None and experiment.decayed is None and film.error[-1] > 1.001 * predicted:
        parts.append(" Not there yet: these steps were too few.")
    return "".join(parts)


def _relative(excess: float) -> str:
    if abs(excess) < 1e-12:
        return "PCA's optimum to 12 digits"
    size = _tiny(abs(excess)) if abs(excess) < 1e-3 else f"{100 * abs(excess):.2f} %"
    return f"{size} {'above' if excess > 0 else 'below'} PCA's optimum"


def _angle(degrees: float) -> str:
    if degrees < 1e-9:
        return "below 10⁻⁹°"
    return f"{_tiny(degrees)}°" if degrees < 0.01 else f"{degrees:.2f}°"


def _tiny(value: float) -> str:
    """8.8e-08 -> 8.8 · 10⁻⁸."""
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} · 10{str(int(exponent)).translate(_RAISED)}"


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
