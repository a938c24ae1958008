"""The words of "Explore"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="Every point is an image",
    instruction="Drag: the decoder draws what lies there.",
    see="Each dot is a test image, placed at its code: the encoder squeezed its pixels into the few numbers of z. "
    "The large picture goes the other way, from z back to pixels. Images that look alike lie close together although "
    "the network never saw a label: the colours were added afterwards.",
    why="An autoencoder is only asked to reconstruct, so it may leave holes in which the decoder draws nonsense. A "
    "variational autoencoder is also asked to keep its codes near N(0, I). This leaves fewer holes, so most random "
    "points decode plausibly. This is what turns a compressor into a generator.",
    attempt="Choose the mean of one class, then walk a slider slowly towards another class. Where does one become the "
    "other, and is there a point that is neither? Then choose the `ae` run and do the same.",
    formula=r"""
$$x \;\to\; z = e(x) \;\to\; x' = d(z) \qquad\text{autoencoder}$$
$$x \;\to\; q(z\mid x)=\mathcal N\big(\mu(x),\,\operatorname{diag}\sigma(x)^2\big) \;\to\;
z = \mu + \sigma\,\varepsilon, \;\; \varepsilon\sim\mathcal N(0,I) \;\to\; x' = d(z) \qquad\text{VAE}$$
$$\mathrm{KL}\big(q(z\mid x)\,\|\,\mathcal N(0,I)\big)=\tfrac12\sum_j\big(\mu_j^2+\sigma_j^2-1-\ln\sigma_j^2\big)$$

Dots lie at $\mu(x)$. *error* is $|x - d(\mu)|^2$ summed over all pixels, with white as 1.
*KL* is in nats per image. A dimension with $\mathrm{Var}_x(\mu_j) \le 0.01$ is *collapsed*:
it hardly moves with the image.
""",
)
