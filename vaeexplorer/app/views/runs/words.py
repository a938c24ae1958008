"""The words of "Runs"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="Every run, and how it became what it is",
    instruction="Choose one or two in the table, and press Play.",
    see="Dots are 2,000 test images at their codes, behind them is what the decoder drew at each place at that "
    "moment. Both films are on one slider; each keeps its scale. A VAE is seen in the region of its prior, ±4, an AE "
    "in what its codes fill at the end. The strong line is the loss on test images, the thin one on training images.",
    why="What a network learns first is where kinds of images lie; how they look comes later. An AE's codes spread as "
    "far as they like, while a VAE's stay near the prior, since the KL term asks for it.",
    attempt="Put an AE beside its VAE and stop both at the end of the first epoch. Which of them knows its classes "
    "apart already, and which goes on moving until the end?",
    formula=r"""
A frame is taken at each epoch's end, and before it whenever the step has grown by half. Codes are $\mu(x)$, in
65,536 steps from least to greatest, in runs that come with vaeexplorer 256; decoded images $d(z)$ are of a lattice of
12 by 12 points $z$: of a VAE over
$[-3, 3]^2$, of an AE over what 98 % of its codes fill in each dimension. Of more than two dimensions the two are
shown along which the codes vary most, and the decoded images are at 144 draws $z \sim \mathcal N(0, I)$, of an AE
$z \sim \mathcal N(m, s^2)$ with the mean and variance of its codes.
""",
)
NO_DECODER = "Codes and curves: no images were recorded."
READ_ONLY = "This app is open to everybody: it takes no files and changes no run."
