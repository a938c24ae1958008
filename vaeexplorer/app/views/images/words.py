"""The words of "Your images"."""

from vaeexplorer.app.words import Page

PAGE = Page(
    title="Train on your own images",
    instruction="Bring images, look at what will be learned, and store it.",
    see="A row a class: images as a network will see them, 28 by 28 pixels, light ink on a dark ground, the longer "
    "side 28 and in the middle. What was assumed on the way is said beside it.",
    why="A network learns what it is given. Ink that is darker than its ground, a range of values that was guessed "
    "wrong or classes that were mixed up are seen at once here, and cost an hour of training otherwise.",
    attempt="Draw a hundred symbols of your own on paper, photograph each, put each kind into a folder of its name, "
    "and bring the zip. Which of your symbols share a region of the latent space?",
    formula=r"""
Colours become luminance, $0.299\,R + 0.587\,G + 0.114\,B$. Floats are taken for $[0, 1]$, $[-1, 1]$ or $[0, 255]$, as
their range says. Where most pixels at the border are light, light and dark change places. Equal images are taken once.
Of what comes in one part a sixth, drawn with a fixed seed, and at most 10,000 images, is for testing. A set is known by
the SHA-256 of its images, labels and class names.
""",
)
FORMS = (
    "A zip of a folder of pictures, whose sub-folders are classes; pictures alone; an .npz or .npy of arrays; a CSV "
    "with an image a row and a label; or IDX files as MNIST has them. At least 100 images, at most 250,000."
)
READ_ONLY = (
    "This app is open to everybody and takes no files. On your own machine it does: `pip install vaeexplorer`, then "
    "`vaeexplorer app`; or `vaeexplorer images PATH`."
)
GROUND = {"auto": "as guessed", "light ink": "ink is light", "dark ink": "ink is dark"}
