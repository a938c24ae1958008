"""The words of "Linear AE vs PCA"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="A linear autoencoder is PCA, or is it?",
    instruction="Press play. Then break a condition.",
    see="PCA, computed directly, beside x′ = W₂W₁x, learned step by step from the same covariance. The error falls to "
    "PCA's and the angles between the two subspaces go to 0, but the learned columns look unlike PCA's axes: any basis "
    "of the subspace serves as well. Recover the axes, and the two scatters become one.",
    why="PCA is the one autoencoder whose optimum is known in closed form, so every claim can be checked to many "
    "digits: what training finds, what it leaves open, and what each condition is for. A VAE with linear maps is "
    "probabilistic PCA: its noise determines the axes, and its collapse can be predicted exactly.",
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
$\mathrm{KL}_j=\tfrac12\ln\big(\lambda_j/(\beta\sigma_x^2)\big)$ where $\lambda_j>\beta\sigma_x^2$, else nothing:
it goes to 0 without the jump that arXiv 2510.01621 describes.
The best variance is $\sigma_x^2=\sum_{j>k}\lambda_j/(D-k)$ (Tipping & Bishop 1999; Lucas et al. 2019).
""",
)
LINEAR_VAE = (
    "Move σₓ². A dimension is on while its eigenvalue lies above the line at βσₓ². Below the line it collapses. Bars: "
    "theory. Dots: trained model, updated on release."
)
