"""The words of "Training"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="Train one now",
    instruction="Turn β while the VAE learns.",
    see="Dots are 2,000 test images at their codes, moving as the network learns; behind them is what the decoder "
    "draws at each place. The plane keeps its scale. The curves are nats per image, summed over pixels and dimensions: "
    "blue on test images, grey on training images. Every change you make is marked.",
    why="Loss should fall; KL usually rises. Reconstruction asks for codes that say much, KL for codes that say "
    "little: β sets the price. Where train falls and test does not, the network memorises.",
    attempt="Let it learn for five epochs, then drag β to 8 and back to 1. How far do the codes contract, and how long "
    "do they take to recover? Then branch from before the change, and compare.",
    formula=r"""
$$\text{loss}(x) = \underbrace{-\,\mathbb E_{q(z\mid x)}\ln p(x\mid z)}_{\text{reconstruction}} \;+\;
\beta\,\underbrace{\mathrm{KL}\big(q(z\mid x)\,\|\,\mathcal N(0,I)\big)}_{\text{KL}}$$

With $\beta = 1$ this is minus the ELBO, a bound on $-\ln p(x)$. The lecture's loss $|x-x'|^2+\mathrm{KL}$ is a
Gaussian $p(x\mid z)$ with $\sigma_x^2=\tfrac12$, its constant left out. The Bernoulli likelihood is cross-entropy: on
grey pixels it cannot fall below the sum of the pixels' own entropies (*floor*), and always answering with the *mean
image* costs as much as the upper line. Nats of different likelihoods are not comparable.

What learns here learns in your browser: 30,000 images in 16 grey levels (all 60,000 where the server has them), Adam, a
constant rate. The server is asked for the images, once. A rate that falls at the end reaches about a nat less: *More*,
*Settle*. The KL is at least as
many nats as z says about x.
""",
)
RUNS = "How the shipped runs were learned"
RUNS_INSTRUCTION = (
    "Loss should fall; KL usually rises. The test line shows how well that carries over to images never seen."
)
