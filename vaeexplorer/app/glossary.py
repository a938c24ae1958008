"""The field's words in one sentence each: shown where a page first uses one, and listed in docs/glossary.md."""

import re

from markupsafe import escape

GLOSSARY = {
    "latent": "Not observed: a latent point z is the short code that the decoder turns into an image.",
    "encoder": "The half of the network that turns an image x into its code z, or into a distribution over codes.",
    "decoder": "The half of the network that turns a code z into an image x′.",
    "manifold": "The surface, bent through the space of all images, on which the decoder's images lie.",
    "prior": "The distribution of z before any image is seen: here N(0, I), round and centred.",
    "posterior": "The distribution of z once an image is seen: q(z|x), which the encoder gives as a Gaussian.",
    "aggregate": "The aggregate posterior q(z): the mixture of the posteriors of all images.",
    "reconstruction": "The image x′ that comes back when x goes through encoder and decoder.",
    "ELBO": "The evidence lower bound: reconstruction term minus KL; it is never above ln p(x).",
    "KL": "The Kullback-Leibler divergence: how far the posterior is from the prior, in nats.",
    "nats": "Units of information by the natural logarithm; 1 nat is 1.44 bits.",
    "traversal": "Images decoded while one coordinate of z moves and the others stay.",
    "active": "A dimension of z is active if its mean moves from image to image: variance above 0.01.",
    "collapsed": "A dimension of z is collapsed if it does not depend on the image; the decoder then ignores it.",
}
_TERM = re.compile(rf"(?<![`*\w-])({'|'.join(GLOSSARY)})(?![\w`*-])")


def terms_in(text: str) -> list[str]:
    """The words of the glossary that a text uses."""
    return list(dict.fromkeys(_TERM.findall(text)))


def with_terms(text: str, explained: set[str] | None = None) -> str:
    """A text in which the first use of each word has its sentence, as HTML, shown while a pointer rests on it.

    Args:
        text: HTML, or Markdown that may hold HTML.
        explained: words that have been explained on the page; those explained here are added.
    """
    done = set() if explained is None else explained

    def explain(match: re.Match[str]) -> str:
        if match[1] in done:
            return match[0]
        done.add(match[1])
        return f'<abbr title="{escape(GLOSSARY[match[1]])}">{match[1]}</abbr>'

    return _TERM.sub(explain, text)


def document() -> str:
    """docs/glossary.md."""
    rows = "\n".join(f"| {term} | {sentence.replace('|', chr(92) + '|')} |" for term, sentence in GLOSSARY.items())
    return (
        f"# Glossary\n\nThe words that the pages use, in one sentence each.\n\n| word | meaning |\n|---|---|\n{rows}\n"
    )
