"""The words of the pages, as data, and the two places where a page shows them."""

from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Page:
    """What a page says."""

    title: str
    instruction: str
    """one sentence: what to do"""
    see: str
    why: str
    attempt: str
    """one thing to try"""
    formula: str
    """Markdown with LaTeX"""


EXPLORE = Page(
    title="Every point is an image",
    instruction="Drag anywhere on the plane: the decoder draws what lives there, also where no image was ever seen.",
    see="Each dot is a test image, placed at its code: the encoder squeezed its 784 pixels into the few numbers of z. "
    "The large picture goes the other way, from z back to pixels. Images that look alike lie close together although "
    "the network never saw a label: the colours were added afterwards.",
    why="An autoencoder is only asked to reconstruct, so it may leave holes in which the decoder draws nonsense. A "
    "variational autoencoder is also asked to keep its codes near N(0, I); that fills the holes, and a random point "
    "then decodes to a plausible image. This is what turns a compressor into a generator.",
    attempt="Choose the mean of one class, then walk a slider slowly towards another class. Where does one become the "
    "other, and is there a point that is neither? Then choose the `ae` run and do the same.",
    formula=r"""
$$x \;\to\; z = e(x) \;\to\; x' = d(z) \qquad\text{autoencoder}$$
$$x \;\to\; q(z\mid x)=\mathcal N\big(\mu(x),\,\operatorname{diag}\sigma(x)^2\big) \;\to\;
z = \mu + \sigma\,\varepsilon, \;\; \varepsilon\sim\mathcal N(0,I) \;\to\; x' = d(z) \qquad\text{VAE}$$
$$\mathrm{KL}\big(q(z\mid x)\,\|\,\mathcal N(0,I)\big)=\tfrac12\sum_j\big(\mu_j^2+\sigma_j^2-1-\ln\sigma_j^2\big)$$

Dots lie at $\mu(x)$. *error* is $|x - d(\mu)|^2$ summed over the 784 pixels, with white as 1.
*KL* is in nats per image. A dimension whose mean KL is below 0.01 nats is *collapsed*: the decoder ignores it.
""",
)

FROM_X = Page(
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

TRAINING = Page(
    title="How it was learned",
    instruction="Choose runs to compare: each line falls as the network learns, and the test line shows how "
    "well that carries over to images it never saw.",
    see="Solid lines are the 10,000 test images, dotted lines the training images. The loss is the reconstruction term "
    "plus beta times the KL term, in nats per image: summed over pixels and latent dimensions, averaged over images.",
    why="Where train keeps falling and test does not, the network memorises. The KL term is the price in nats of what "
    "z says about x: an autoencoder pays none and reconstructs better, a VAE pays and gets a space it can sample from.",
    attempt="Overlay the `ae` and the `vae` run of the same size. By how many nats does the VAE reconstruct worse, and "
    "how many nats does it spend on KL?",
    formula=r"""
$$\text{loss}(x) = \underbrace{-\,\mathbb E_{q(z\mid x)}\ln p(x\mid z)}_{\text{reconstruction}} \;+\;
\beta\,\underbrace{\mathrm{KL}\big(q(z\mid x)\,\|\,\mathcal N(0,I)\big)}_{\text{KL}}$$

With $\beta = 1$ this is minus the ELBO, a bound on $-\ln p(x)$. The lecture's loss $|x-x'|^2+\mathrm{KL}$ is a
Gaussian $p(x\mid z)$ with $\sigma_x^2=\tfrac12$, its constant left out. The Bernoulli likelihood is cross-entropy: on
grey pixels it cannot fall below the sum of the pixels' own entropies (*floor*), and always answering with the *mean
image* costs as much as the upper line. Nats of different likelihoods are not comparable.
""",
)

BETA = Page(
    title="Turn β",
    instruction="Move the slider: the same network, trained with another weight on the KL term, takes the place of the "
    "last.",
    see="Twelve VAEs that differ in β alone. Dots are 2,000 test images at their codes; each latent space is turned to "
    "lie like its neighbour's, which changes nothing, since N(0, I) looks the same from all sides. The 36 images are "
    "decoded from the same noise for every β. Rate R is what z says about x, distortion D what is still missing: the "
    "curve shows how many nats of picture a nat of code buys, and its slope is −β.",
    why="A small β gives sharp reconstructions and codes that sprawl far outside the prior, so that samples decode to "
    "nonsense. A large β gives codes that look like the prior because they say little: dimensions collapse one by one. "
    "Only at β = 1 is the loss minus the ELBO itself. A latent space is regularized well where samples are good *and* "
    "R is not 0.",
    attempt="Choose 16 dimensions and move β from 1/16 up to 16. At which β do dimensions leave, and what do the "
    "samples lose with each? Then go to β = 0 and look at the circles of the prior.",
    formula=r"""
$$\text{loss} = \underbrace{-\,\mathbb E_{q(z\mid x)}\ln p(x\mid z)}_{D} \;+\;
\beta\,\underbrace{\mathbb E\,\mathrm{KL}\big(q(z\mid x)\,\|\,\mathcal N(0,I)\big)}_{R},
\qquad \mathrm{ELBO} = -(R + D)$$
$$\frac{\mathrm dD}{\mathrm dR} = -\beta \qquad\text{where the loss is least (Alemi et al. 2018)}$$

All figures are nats per image over the 10,000 test images, summed over pixels and dimensions, with one draw of $z$ an
image. $D$ is cross-entropy on grey pixels, which has a floor above 0 (Training draws it). A dimension is *active* where
$\mathrm{Var}_x(\mu_j) > 0.01$ (Burda et al. 2016). $\beta = 0$ is an autoencoder that still adds noise to its code but
may shrink it freely; its $R$ has no bound. The networks are small and trained for 20 epochs with one seed: a model may
miss the least loss for its $\beta$ by up to 2 nats, and $\beta = 1$ has the best ELBO of each sweep to within 0.3 nats.
""",
)


def heading(page: Page) -> None:
    """Title and instruction, at the top."""
    st.title(page.title, anchor=False)
    st.html(f'<p class="vx-instruction">{escape(page.instruction)}</p>')


def notes(page: Page) -> None:
    """What you see, why it matters, one thing to try, and the formula, below the picture."""
    titles = ("What you see", "Why it matters", "One thing to try")
    for column, title, text in zip(st.columns(3, gap="large"), titles, (page.see, page.why, page.attempt), strict=True):
        with column:
            st.subheader(title, anchor=False)
            st.markdown(text)
    with st.expander("The formula"):
        st.markdown(page.formula)
