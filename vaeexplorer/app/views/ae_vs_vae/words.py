"""The words of "AE vs VAE"."""

from vaeexplorer.analysis.sampling import Source
from vaeexplorer.app.words import Page

PAGE = Page(
    title="With and without KL",
    instruction="Drag A or B: what lies between?",
    see="Two networks, by default of the same layers, seed and data order, one trained with noise and the KL term and "
    "one without either, have placed the same test images. A and B snap to images, so that the pair is one pair in "
    "both. *Unlike training images* colours the plane by how far decoded images are from their nearest training "
    "image, *Re-encoding* by "
    "how far from z the decoded image is encoded again, *Magnification* by how much the decoder stretches; all on one "
    "scale.",
    why="A latent space is smooth if small steps make small changes, and if all that lies between two images looks "
    "like one. The KL term asks for it only indirectly: it keeps codes together and blurs each of them. Whether that "
    "makes the ways between them better is a question for measurements, and the table answers it for this pair.",
    attempt="Choose *Unlike training images*, and put A and B on either side of a bright gap of the autoencoder. What "
    "is drawn in the gap, and what does the other model draw between the same two images? Then press *Another pair*, "
    "and read what the table says of all pairs.",
    formula=r"""
With $z_t = z_A + \tfrac tT (z_B - z_A)$, $x_t = d(z_t)$, $T = 32$ and $d_t = |\phi(x_{t+1}) - \phi(x_t)|$, where $\phi$
are the pixels or a classifier's features:

$$\text{detour} = \frac{\sum_t d_t}{|\phi(x_T)-\phi(x_0)|} \ge 1 \qquad
\text{unevenness} = \frac{T\sum_t d_t^2}{\big(\sum_t d_t\big)^2} \ge 1$$

Curvature is the mean angle between steps after cutting the curve into steps of equal length. With $J = \partial
d/\partial z$ and $G = J^\top J$ in whitened $z$: magnification $\tfrac12\ln\det G$ (Bishop et al. 1997; Nazari et al.
2023) and anisotropy $1 \le D\operatorname{tr}G^2/(\operatorname{tr}G)^2 \le D$ (Lee et al. 2022, at each point).
Trustworthiness and continuity: Venna & Kaski 2001. The ellipses are $dz^\top G\,dz = \text{const}$: where they are
long, the image changes slowly.
""",
)
MEASURES = (
    "**1. Detour ratio**: the length of the drawn curve over the distance of its ends; 1 is a cross-fade. It misleads "
    "for classes far apart: a way that passes through other sensible digits is a detour, a plain cross-fade is not.",
    "**2. Unevenness**: of speed, 1 if the image changes equally with every step, 32 if all of it happens in one. It "
    "says nothing about what is drawn: a decoder of one blurred image everywhere has little to be uneven in.",
    "**3. Curvature**: how sharply the curve turns, whatever its speed. Small steps that come from rounding look like "
    "sharp turns, so it means little where the way is short.",
    "**4. Realism of the way**: distance to the nearest training image, against that of the ends' reconstructions; "
    "the classifier's entropy; how far decoded points are re-encoded from where they were. Blurred images are near to "
    "everything in pixels; a classifier can be sure of nonsense; and an encoder that agrees with its decoder may be "
    "wrong together with it.",
    "**5. Magnification and anisotropy**: how much more the decoder stretches one place than another, and at each "
    "place one direction than another, in whitened coordinates. Collapsed dimensions are left out. Both, and the cycle "
    "error, grow with the number of dimensions in use: where the two models differ in it, they are left out.",
    "**6. Neighbourhood fidelity**: whether neighbours in pixels are neighbours as codes and the reverse, and whether "
    "neighbours share a class. Pixels are a poor judge of likeness, and the classes were never shown to the model.",
    "**The squared error** stands beside them all: a model that draws one image is perfectly smooth.",
)
FOREST = (
    "The two runs' figures as a ratio, turned so that left is smoother for the first run. Filled: decided; hollow: the "
    "interval holds 1. All intervals hold together at 95%."
)
SAMPLING = (
    "A VAE is trained so that N(0, I) can be sampled; an autoencoder is not, and there its draws mean nothing. But a "
    "Gaussian or a mixture fitted to the codes can be sampled from either. Compare the samples below."
)
SAMPLES: dict[Source, str] = {
    "prior": "From N(0, I)",
    "gaussian": "From a Gaussian fitted to the codes",
    "mixture": "From a mixture of ten Gaussians fitted to the codes",
}
