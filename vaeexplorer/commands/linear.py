"""linear: a linear autoencoder beside PCA, in numbers."""

import json as jsonlib
from contextlib import nullcontext
from typing import Any

from vaeexplorer.commands.console import complain, console, progress
from vaeexplorer.config import PIXELS, ConfigError, Dataset

SCHEMA = 1
SLOW = 100  # dimensions: from here on it takes long enough for a bar
CLOSE = 0.01  # nats that the trained ELBO may lie below the closed form's, its optimum


def linear(dataset: Dataset = "mnist", k: int = 8, from_images: bool = False, json: bool = False) -> None:
    """Train a linear autoencoder to its optimum and compare it with PCA; the linear VAE beside it.

    Args:
        dataset: whose training images
        k: dimensions of the code, from 1 to as many as leave more than rounding out, 681 of MNIST; 400 take minutes
        from_images: take mean and covariance from the training images at hand, not from the shipped ones of all 60,000
        json: print one JSON document and nothing else
    """
    document = compare(dataset, k, from_images=from_images)
    for what, each in (("autoencoder", document["linear_autoencoder"]), ("VAE", document["linear_vae"])):
        if not each["converged"]:
            complain(
                f"The linear {what} has not converged: its figures are those of where it stopped, not of its optimum."
            )
    if json:
        print(jsonlib.dumps(document, indent=2))
        return
    pca, ae, vae = document["pca"], document["linear_autoencoder"], document["linear_vae"]
    axes = ae["least_cosine_with_principal_axes"]
    print(
        f"{dataset}, k = {k}, mean and covariance of {document['source']}",
        f"PCA                 {pca['train_error']:.6f} per image, {pca['train_error_per_pixel']:.8f} per pixel; "
        f"test {pca['test_error_per_pixel']:.8f}",
        f"linear autoencoder  relative excess {ae['relative_excess']:.1e} after {ae['steps']} steps of alternating "
        f"least squares; largest principal angle {ae['largest_angle_degrees']:.1e} degrees",
        f"its axes            least |cos| with PCA's: raw columns {axes['raw']:.3f}, singular vectors "
        f"{axes['singular']:.3f}, QR-recovered {axes['recovered']:.6f}; "
        f"largest code correlation {ae['correlation']:.2f}",
        f"linear VAE          sigma_x^2 {vae['pixel_variance']:.7f}; ELBO {vae['train_elbo']:.4f} trained, "
        f"{vae['train_log_likelihood']:.4f} log-likelihood in closed form; KL {vae['kl']:.4f} nats per image; "
        f"test ELBO {vae['test_elbo']:.4f}",
        sep="\n",
    )


def compare(dataset: Dataset, k: int, *, from_images: bool = False) -> dict[str, Any]:
    """The comparison as plain values; errors are |x - x'|^2 per image, pixels in [0, 1], the rest nats per image.

    Raises:
        ConfigError: k is out of range.
        UserError: what so many axes leave out is the rounding of the covariance.
        DataError: images or covariance cannot be had.
    """
    import numpy as np

    from vaeexplorer.analysis.linear import vae as linear_vae
    from vaeexplorer.analysis.linear.autoencoder import train
    from vaeexplorer.analysis.linear.axes import cosines, three_ways
    from vaeexplorer.analysis.linear.film import angles_to_pca
    from vaeexplorer.analysis.pca import moments, pca
    from vaeexplorer.data.datasets import load_dataset
    from vaeexplorer.data.moments import load_moments

    if not 1 <= k < PIXELS:
        raise ConfigError(f"k must be 1 to {PIXELS - 1} (with all {PIXELS} axes nothing is left out), not {k}.")
    if from_images:
        images = load_dataset(dataset, "train")
        console.print(f"Summing up {len(images):,} images")
        reference = pca(moments(images.images, images.source))
    else:
        reference = pca(load_moments(dataset))
    optimum = reference.least_error(k)
    variance = linear_vae.best_variance(reference.values, k, reference.rounding)
    test = load_dataset(dataset, "test", download=False)
    test_moments = reference.mean_squares(moments(test.images, test.source))
    end = train(reference, k)[-1]
    codes = (end.W1 * reference.values) @ end.W1.T
    spread = np.sqrt(np.diagonal(codes))
    with progress(100, f"linear VAE, k = {k}") if k >= SLOW else nullcontext() as bar:
        shown = 0

        def show(share: float) -> None:
            nonlocal shown
            if bar and (done := round(100 * share)) > shown:
                bar(done - shown)
                shown = done

        trained = linear_vae.train_linear_vae(reference.values, k, variance, on_progress=show)
    exact = linear_vae.closed_form(reference.values, k, variance)
    return {
        "schema": SCHEMA,
        "dataset": dataset,
        "k": k,
        "source": reference.source,
        "test_source": test.source,
        "pca": {
            "train_error": optimum,
            "train_error_per_pixel": optimum / PIXELS,
            "test_error_per_pixel": float(test_moments[k:].sum()) / PIXELS,
            "eigenvalues": reference.values[:k].tolist(),
        },
        "linear_autoencoder": {
            "method": "alternating least squares",
            "steps": end.step,
            "train_error": end.error,
            "relative_excess": end.error / optimum - 1,
            "converged": end.error / optimum - 1 < 1e-6,
            "largest_angle_degrees": float(angles_to_pca(end.W2)[-1]),
            "correlation": float(np.abs(np.triu(codes / np.outer(spread, spread), 1)).max()),
            "least_cosine_with_principal_axes": {
                name: float(cosines(axes).min())
                for name, axes in three_ways(end.W2, reference.values)._asdict().items()
            },
        },
        "linear_vae": {
            "pixel_variance": variance,
            "train_elbo": trained.elbo(reference.values),
            "converged": exact.log_likelihood(reference.values) - trained.elbo(reference.values) < CLOSE,
            "train_log_likelihood": exact.log_likelihood(reference.values),
            "test_elbo": trained.elbo(test_moments),
            "test_log_likelihood": exact.log_likelihood(test_moments),
            "kl": float(trained.kl(reference.values).sum()),
            "kl_per_dimension": trained.kl(reference.values).tolist(),
            "kl_per_dimension_closed_form": exact.kl(reference.values).tolist(),
            "active_at_half": linear_vae.active(reference.values, 0.5),
            "active_at_one": linear_vae.active(reference.values, 1.0),
        },
    }
