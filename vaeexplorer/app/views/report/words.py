"""The words of "Is it regularized?"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="Is it regularized?",
    instruction="",
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
