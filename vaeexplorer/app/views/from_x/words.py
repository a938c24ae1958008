"""The words of "From x to x′"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="From x to x′",
    instruction="Pick a test image or draw one, then move ε: the encoder gives a distribution, each draw another "
    "image.",
    see="An image x goes in. The encoder of a VAE answers with a Gaussian: its centre μ and its spread σ, drawn as "
    "ellipses of one and two standard deviations among the test codes. Noise ε picks a point z from it, and the "
    "decoder turns z into x′. The loss is written out with this image's own numbers.",
    why="Because z is drawn anew every time, the decoder must make sense of a whole neighbourhood, not of a point; and "
    "the KL term asks μ to stay near 0 and σ near 1. An autoencoder has neither: one point, no cloud.",
    attempt="Draw a digit badly, or half of one. Where does it land, how wide is its cloud, and which term of the loss "
    "pays? Then set ε to 0: that is the image that most papers show.",
    formula=r"""
$$z = \mu(x) + \sigma(x)\,\varepsilon, \qquad \varepsilon\sim\mathcal N(0,I), \qquad \sigma = e^{\ln\sigma^2/2}$$
$$\text{loss} = -\ln p(x\mid z) + \beta \cdot \tfrac12\sum_j\big(\mu_j^2+\sigma_j^2-1-\ln\sigma_j^2\big)$$

Many slides write $Z = Z_\mu + Z_{\sigma^2}\cdot\varepsilon$: the factor of $\varepsilon$ must be the standard deviation
$\sigma$, not the variance, or the variance of $z$ would not be $\sigma^2$. The lecture's loss
$|x-x'|^2+\mathrm{KL}$ is a Gaussian $p(x\mid z)$ with $\sigma_x^2=\tfrac12$, its constant left out.

A drawing is fitted into 20 × 20 pixels and centred by its mass, as MNIST's digits were.
""",
)
