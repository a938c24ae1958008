"""The words of "Is it regularized?"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="Is it regularized?",
    instruction="Three questions, never one number. Read the answers of a run, and put another beside it.",
    see="Three verdicts in words, then what they rest on. Each number stands beside its null: what twenty perfect "
    "models show that have as many images, dimensions and nats. Estimators are biased and samples are noisy; "
    "the null says by how much, so that only what is outside it counts against the model.",
    why="A collapsed model matches the prior and says nothing; an autoencoder says everything and matches nothing. "
    "Only the three answers together tell whether samples from the prior are worth looking at.",
    attempt="Put `mnist-ae-2d` beside `mnist-vae-2d`. How much of the prior's mass is in holes? Then look at "
    "`fashion-mnist-vae-16d`: how many of its dimensions carry anything, and does the second answer notice?",
    formula=r"""
$$q(z) = \frac1N\sum_n q(z\mid x_n), \qquad
\underbrace{\mathbb E\,\mathrm{KL}(q(z\mid x)\|p)}_{\text{KL}} =
\underbrace{I(z; n)}_{\text{mutual information}} + \underbrace{\mathrm{KL}(q(z)\|p)}_{\text{marginal KL}}$$
$$\mathrm{KL}(q(z)\|p) = \underbrace{\mathrm{KL}\big(q(z)\|\textstyle\prod_j q(z_j)\big)}_{\text{total correlation}}
+ \sum_j \mathrm{KL}(q(z_j)\|p(z_j))$$

$\ln q(z)$ is taken over all $N$ posteriors, so the mutual information cannot pass $\ln N$: where the KL is above
$\ln N - 2$ the report says *saturated*, and what is missing turns up in the marginal KL and the total correlation.
The perfect model has $m_n\sim\mathcal N(0,(1-s^2)I)$, $q_n=\mathcal N(m_n, s^2I)$, $s^2=e^{-2\,\mathrm{KL}/D}$.
A *hole* is where $q(z)/p(z) < 1/10$. An autoencoder has no $q(z\mid x)$: what needs one is n/a, and its codes are
also compared after moving and stretching them to the prior's mean and covariance, and with a mixture fitted to them.
""",
)
