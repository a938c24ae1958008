"""Figures that look wrong and are right, a sentence each: what users of VAEs ask most, said where they see it."""

from collections.abc import Iterable, Iterator

from vaeexplorer.runs.folder import RunCard

NEGATIVE = (
    "An ELBO below 0 is usual: it bounds ln p(x). A loss below 0, and so an ELBO above 0, is right too where p(x) is a "
    "density of grey pixels, which may exceed 1: with every likelihood but bernoulli."
)
KL_RISES = (
    "A KL term that rises while training is right as long as the loss falls: z comes to say more about x, which costs "
    "less than the reconstruction gains."
)
GREY = (
    "elbo and nll of bernoulli runs: cross-entropy of grey pixels is no log density of them, and never 0. Such figures "
    "compare with each other, not with other likelihoods and not with tables of binarized images."
)
SQUARED = "squared_error: x' is decoded from one z drawn from q(z|x); compare and the pages decode its mean."


def on_figures(cards: Iterable[RunCard]) -> Iterator[str]:
    """What is to be said where the figures of runs are shown: `NEGATIVE` where one is, and what they mean."""
    figures = ("train_total", "test_total", "train_elbo", "test_elbo")
    vaes = [card for card in cards if card.config.model.model == "vae"]
    if any(card.metrics.get(name, 0.0) < 0 for card in vaes for name in figures):
        yield NEGATIVE
    if any(card.config.objective.likelihood == "bernoulli" for card in vaes):
        yield GREY
    if vaes:
        yield SQUARED


def on_history(cards: Iterable[RunCard]) -> Iterator[str]:
    """What is to be said where the epochs of runs are shown: `NEGATIVE`, `KL_RISES`, where that is seen."""
    histories = [card.history for card in cards]
    if any(min(record.train.total, record.test.total) < 0 for history in histories for record in history):
        yield NEGATIVE
    ends = [(history[0].test, history[-1].test) for history in histories if history]
    if any(last.kl > first.kl and last.total < first.total for first, last in ends):
        yield KL_RISES
