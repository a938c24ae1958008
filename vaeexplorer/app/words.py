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
    "decoded from the same noise for every β. Rate R is the most that z can say about x, distortion D what is still "
    "missing: one more nat in z lowers D by β nats, where the loss is least.",
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


AE_VS_VAE = Page(
    title="The same images, with and without the KL term",
    instruction="Drag A or B in either plane: both show the same two test images, and below what each decoder draws on "
    "the straight way between them.",
    see="Two networks, by default of the same layers, seed and data order, one trained with noise and the KL term and "
    "one without either, have placed the same test images. A and B snap to images, so that the pair is one pair in "
    "both. *Holes* colours the plane by how far decoded images are from their nearest training image, *Re-encoding* by "
    "how far from z the decoded image is encoded again, *Magnification* by how much the decoder stretches; all on one "
    "scale.",
    why="A latent space is smooth if small steps make small changes, and if all that lies between two images looks "
    "like one. The KL term asks for it only indirectly: it keeps codes together and blurs each of them. Whether that "
    "makes the ways between them better is a question for measurements, and the table answers it for this pair.",
    attempt="Choose Holes, and put A and B on either side of a bright gap of the autoencoder. What is drawn in the "
    "gap, and what does the other model draw between the same two images? Then read what the table says of all pairs.",
    formula=r"""
With $z_t = z_A + \tfrac tT (z_B - z_A)$, $x_t = d(z_t)$, $T = 32$ and $d_t = |\phi(x_{t+1}) - \phi(x_t)|$, where $\phi$
are the pixels or a classifier's features:

$$\text{detour} = \frac{\sum_t d_t}{|\phi(x_T)-\phi(x_0)|} \ge 1 \qquad
\text{unevenness} = \frac{T\sum_t d_t^2}{\big(\sum_t d_t\big)^2} \ge 1$$

Curvature is the mean angle between steps after cutting the curve into steps of equal length. With $J = \partial
d/\partial z$ and $G = J^\top J$ in whitened $z$: magnification $\tfrac12\ln\det G$ (Bishop et al. 1997; Nazari et al.
2023) and distortion $D\,\mathbb E[\operatorname{tr}G^2]/(\mathbb E\operatorname{tr}G)^2 \ge 1$ (Lee et al. 2022).
Trustworthiness and continuity: Venna & Kaski 2001. The ellipses are $dz^\top G\,dz = \text{const}$: where they are
long, the image changes slowly.
""",
)

MEASURES = (
    "**1. Detour ratio**: the length of the drawn curve over the distance of its ends; 1 is a cross-fade. It misleads "
    "for classes far apart: a way that passes through other sensible digits is a detour, a plain cross-fade is not.",
    "**2. Speed unevenness**: 1 if the image changes equally with every step, 32 if all of it happens in one. It says "
    "nothing about what is drawn, and a decoder that draws one blurred image everywhere has little to be uneven in.",
    "**3. Curvature**: how sharply the curve turns, whatever its speed. Small steps that come from rounding look like "
    "sharp turns, so it means little where the way is short.",
    "**4. Realism of the way**: distance to the nearest training image, against that of the ends' reconstructions; "
    "the classifier's entropy; how far decoded points are re-encoded from where they were. Blurred images are near to "
    "everything in pixels; a classifier can be sure of nonsense; and an encoder that agrees with its decoder may be "
    "wrong together with it.",
    "**5. Magnification and distortion**: how unevenly the decoder stretches latent space, in whitened coordinates. "
    "Collapsed dimensions are left out, so models that use different numbers of dimensions are not strictly "
    "comparable.",
    "**6. Neighbourhood fidelity**: whether neighbours in pixels are neighbours as codes and the reverse, and whether "
    "neighbours share a class. Pixels are a poor judge of likeness, and the classes were never shown to the model.",
    "**Reconstruction error** stands beside them all: a model that draws one image is perfectly smooth.",
)
SAMPLING = (
    "A VAE is trained so that N(0, I) can be sampled; an autoencoder is not, and there its draws mean nothing. But a "
    "Gaussian or a mixture fitted to the codes can be sampled from either: look before you say that an autoencoder "
    "cannot."
)
SAMPLES = {
    "prior": "From N(0, I)",
    "gaussian": "From a Gaussian fitted to the codes",
    "mixture": "From a mixture of ten Gaussians fitted to the codes",
}


LINEAR = Page(
    title="A linear autoencoder is PCA, or is it?",
    instruction="Press play: gradient descent finds PCA's subspace before your eyes. Then break a condition and see "
    "what is left of the theorem.",
    see="Left, PCA in one stroke; right, x′ = W₂W₁x learned step by step from the same covariance. The error falls to "
    "PCA's and the angles between the two subspaces go to 0, but the learned columns look like nothing that PCA drew: "
    "any basis of the subspace serves as well. Recover the axes, and the two scatters become one.",
    why="PCA is the one autoencoder whose optimum is known in closed form, so every claim can be checked to many "
    "digits: what training finds, what it leaves open, and what each condition is for. A VAE with linear maps is "
    "probabilistic PCA; its noise pins the axes down, and its collapse can be predicted exactly.",
    attempt="Take k = 2 and compare raw columns, singular vectors and QR-recovered axes. Then switch weight decay on "
    "and look at the singular vectors again. Last, start at a saddle with gradient descent and watch the plateau.",
    formula=r"""
$$L(W_1, W_2) = \operatorname{tr} S - 2\operatorname{tr}(W_2W_1S) + \operatorname{tr}(W_1SW_1^\top W_2^\top W_2)
\;\ge\; \sum_{j>k}\lambda_j$$

$S$ is the covariance of the centred images, $\lambda_1\ge\lambda_2\ge\dots$ its eigenvalues. Minima are $W_2 = UC$,
$W_1 = C^{-1}U^\top$ with $U$ the first $k$ principal axes and any invertible $C$; all other critical points are saddles
(Baldi & Hornik 1989). *QR-recovered*: $W_2 = QR$, then the eigenvectors of $Q^\top S Q$, taken back by $Q$. The left
singular vectors of $W_2$ are the axes only with weight decay on both matrices, where $W_1 = W_2^\top$ and
$s_j = \sqrt{1-\lambda/\lambda_j}$ (Kunin et al. 2019).

*Alternating least squares*: $W_1 = (W_2^\top W_2)^{-1}W_2^\top$, then $W_2 = SW_1^\top(W_1SW_1^\top)^{-1}$, which
multiplies the span by $S$ every time.

Linear VAE: $p(x\mid z)=\mathcal N(Wz+m,\sigma_x^2I)$, $q(z\mid x)=\mathcal N(V(x-m),\operatorname{diag} d)$. At the
optimum of reconstruction + $\beta$ KL: $W_j=\sqrt{\lambda_j-\beta\sigma_x^2}\,u_j$, $d_j=\beta\sigma_x^2/\lambda_j$,
$\mathrm{KL}_j=\tfrac12\ln\big(\lambda_j/(\beta\sigma_x^2)\big)$ where $\lambda_j>\beta\sigma_x^2$, else nothing.
The best variance is $\sigma_x^2=\sum_{j>k}\lambda_j/(D-k)$ (Tipping & Bishop 1999; Lucas et al. 2019).
""",
)
LINEAR_VAE = (
    "Move σₓ². A dimension is on only while its eigenvalue stands above the line at βσₓ²; below it, it is collapsed, "
    "and no training can wake it. Bars are the closed form, dots a linear VAE trained without it (when you let go)."
)


REGULARIZED = Page(
    title="Is it regularized?",
    instruction="Three tests. Choose a second run to compare.",
    see="Three answers, each with its number, the ideal and a 90 % interval, then what they rest on. The second rests "
    "on a classifier that learns codes from the prior on training images and is tested on others: on a perfect model "
    "it is right half of the time. Moments and distances stand beside nulls, models that are perfect and as large.",
    why="A collapsed model matches the prior and says nothing; an autoencoder says everything and matches nothing. "
    "Only the three answers together tell whether samples from the prior are worth looking at.",
    attempt="Put `mnist-ae-2d` beside `mnist-vae-2d`. How much of the prior's mass is in holes? Then look at "
    "`fashion-mnist-vae-16d`: how many of its dimensions carry anything, and does the second answer notice?",
    formula=r"""
$$q(z) = \frac1N\sum_n q(z\mid x_n), \qquad
\mathrm{TV}(q, p) \ge 2\,\text{accuracy} - 1, \qquad
P\big(\tfrac qp < \tfrac1{10}\big) \ge P(A) - 10\,Q(A) \ \text{for any } A$$
$$\underbrace{\mathbb E\,\mathrm{KL}(q(z\mid x)\|p)}_{\text{KL}} = I(z; x) + \mathrm{KL}(q(z)\|p), \qquad
I(z; n) \le I(z; x) \le \text{KL} - \big(\mathbb E_q T - \ln \mathbb E_p e^T\big)$$

$T$ is the classifier's logit, $A$ where it says $q/p < 1/10$. The answer to the second question goes by effect, not
by $p$: *yes* below a total variation of .04 and .01 of the prior's mass in holes, *nearly* below .10 and .02, *partly*
below .30 and .15. The total variation is a lower bound, by this classifier. $I(z; n)$, about which of these $N$ images,
cannot pass $\ln N$. The third answer is the coverage of prior samples over that of reconstructions of other images:
*yes* from .9, *nearly* from .7, *partly* from .4. An autoencoder has no $q(z\mid x)$: what needs one is n/a.
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
