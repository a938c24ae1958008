"""The words of "From x to x′"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="From x to x′",
    instruction="Drag z or move ε: x′ follows.",
    see="The encoder of a VAE gives a Gaussian posterior: its mean μ, and ellipses of one and two standard deviations "
    "σ. Noise ε chooses a point z from it, and the decoder turns z into x′. What x has and x′ lacks is orange, the "
    "reverse blue. The loss is that of this image; its KL term compares the posterior with the prior, dimension by "
    "dimension, each curve drawn to its own height.",
    why="In training z is drawn anew every time, so the decoder learns images for a whole neighbourhood, not for one "
    "point; the KL term keeps μ near 0 and σ near 1. An autoencoder gives one z, and nothing asks where it lies.",
    attempt="Draw a digit badly, or half of one. Where does its posterior lie, how wide is it, and which term of the "
    "loss rises? Then set ε to 0: most papers show that image.",
    formula=r"""
$$z = \mu(x) + \sigma(x)\,\varepsilon, \qquad \varepsilon\sim\mathcal N(0,I), \qquad \sigma = e^{\ln\sigma^2/2}$$
$$\text{loss} = -\ln p(x\mid z) + \beta \cdot \tfrac12\sum_j\big(\mu_j^2+\sigma_j^2-1-\ln\sigma_j^2\big)$$

Many slides write $Z = Z_\mu + Z_{\sigma^2}\cdot\varepsilon$: the factor of $\varepsilon$ must be the standard deviation
$\sigma$, not the variance, or the variance of $z$ would not be $\sigma^2$. The lecture's loss
$|x-x'|^2+\mathrm{KL}$ is a Gaussian $p(x\mid z)$ with $\sigma_x^2=\tfrac12$, its constant left out.

A drawing is fitted into 20 × 20 pixels and centred by its mass, as MNIST's digits were.
""",
)
