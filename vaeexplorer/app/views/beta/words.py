"""The words of "Turn β"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="Turn β",
    instruction="Move β: a weaker or stronger KL term.",
    see="Twelve VAEs that differ in β alone. Dots are the codes of 2,000 test images; each latent space is rotated to "
    "match the others, which changes nothing: N(0, I) looks the same from all sides. The rate R bounds what z says "
    "about x, the distortion D is what the reconstruction misses. Along the best possible models, one more nat in z "
    "lowers D by β nats (dashed).",
    why="A small β gives sharp reconstructions, but codes sprawl outside the prior and samples decode to nonsense. A "
    "large β gives codes that match the prior because they say little: dimensions collapse one by one. Only at β = 1 "
    "is the loss the negative ELBO. A latent space is well regularized where samples are good *and* R is not 0.",
    attempt="Choose 16 dimensions and move β from 1/16 to 16. At which β do dimensions collapse, and what do the "
    "samples lose? Then set β = 0 and look at the prior's circles.",
    formula=r"""
$$\text{loss} = \underbrace{-\,\mathbb E_{q(z\mid x)}\ln p(x\mid z)}_{D} \;+\;
\beta\,\underbrace{\mathbb E\,\mathrm{KL}\big(q(z\mid x)\,\|\,\mathcal N(0,I)\big)}_{R},
\qquad \mathrm{ELBO} = -(R + D)$$
$$\frac{\mathrm dD}{\mathrm dR} = -\beta \qquad\text{on the least } D \text{ at each } R \text{ (Alemi et al. 2018)}$$

That curve is what the best of all models would reach; trained ones lie above it, and need not follow its slope.

All figures are nats per image over the 10,000 test images, summed over pixels and dimensions, with one draw of $z$ an
image. $D$ is cross-entropy on grey pixels, which has a floor above 0 (Training draws it). A dimension is *active* where
$\mathrm{Var}_x(\mu_j) > 0.01$ (Burda et al. 2016). TV is the total variation of $q(z)$ and the prior, at least, where
it was measured: what a classifier learns from either half of the 2,000 codes and finds in the other, with a 90 %
interval. $\beta = 0$ is an autoencoder that still adds noise to its code but may shrink it freely; its $R$ has no
bound. The networks are small and trained for 20 epochs with one seed: a model may miss the least loss for its $\beta$
by up to 2 nats, and $\beta = 1$ has the best ELBO of each sweep to within 0.3 nats.
""",
)
