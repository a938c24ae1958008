"""The words of "Training"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="How it was learned",
    instruction="Choose runs to compare: the loss falls as the network learns (the KL may rise), and the test line "
    "shows how well that carries over to images it never saw.",
    see="Solid lines are the 10,000 test images, dotted lines the training images. The loss is the reconstruction term "
    "plus beta times the KL term, in nats per image: summed over pixels and latent dimensions, averaged over images.",
    why="Where train keeps falling and test does not, the network memorises. The KL is at least as many nats as "
    "z says about x, and its price: an autoencoder pays none and reconstructs better, a VAE pays and gets a space it "
    "can sample from.",
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
