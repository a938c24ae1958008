"""The report as text for a paper or a model card: Markdown, and LaTeX with booktabs."""

from collections.abc import Sequence

from vaeexplorer.analysis.report.diagnostics import DEFINITIONS, Diagnostic
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.analysis.report.verdicts import Verdict
from vaeexplorer.export.latex import tabular, tex
from vaeexplorer.export.report import methods
from vaeexplorer.version import __version__

ANSWERS = ("question", "answer", "number", "90 % interval", "ideal")
NUMBERS = ("diagnostic", "of", "value", "90 % interval", "perfect models", "p")


def markdown(name: str, found: Report) -> str:
    """Answers, numbers, how they were measured, and the sentence to cite, with a newline at its end."""
    parts = [f"# {name}: is the latent space regularized?", f"**{found.summary}**", _pipes(ANSWERS, answers(found))]
    parts += [_md(f"*{each.asked}* {each.sentence} {each.sureness}") for each in found.verdicts]
    parts += ["## Numbers", _pipes(NUMBERS, numbers(found)), "## Method", _md(methods(found))]
    if unasked := not_asked(found):
        parts += ["## Not asked", unasked]
    parts += ["## About", _pipes(("", ""), about(found)), "## To cite", f"> {_md(citation(name, found))}"]
    return "\n\n".join(parts) + "\n"


def latex(name: str, found: Report) -> str:
    """The same as the body of a LaTeX document; it needs the package booktabs and is ASCII."""
    parts = [
        "% needs \\usepackage{booktabs}",
        f"\\section*{{{tex(name)}: is the latent space regularized?}}\n\\textbf{{{tex(found.summary)}}}",
        tabular(ANSWERS, answers(found), "llrll"),
        *(f"\\emph{{{tex(each.asked)}}} {tex(f'{each.sentence} {each.sureness}')}" for each in found.verdicts),
        numbers_tabular(found),
        f"\\paragraph{{Method.}} {tex(methods(found))}",
    ]
    if unasked := not_asked(found):
        parts.append(f"\\paragraph{{Not asked.}} {tex(unasked)}")
    parts += [
        tabular(("", ""), about(found), "ll"),
        f"\\begin{{quote}}\n{tex(citation(name, found))}\n\\end{{quote}}",
    ]
    return "\n\n".join(parts) + "\n"


def answers(found: Report) -> list[tuple[str, ...]]:
    """A row a question."""
    return [_answer(each) for each in found.verdicts]


def numbers(found: Report) -> list[tuple[str, ...]]:
    """A row a diagnostic that has a value."""
    return [_number(each) for each in found.diagnostics if each.value is not None]


def numbers_tabular(found: Report) -> str:
    """These rows as LaTeX."""
    return tabular(NUMBERS, numbers(found), "llrllr")


def about(found: Report) -> list[tuple[str, ...]]:
    """Hashes, versions and seed, a row each."""
    versions = {"vaeexplorer": found.about.get("vaeexplorer", __version__), **found.about.get("versions", {})}
    keys = ("model", "dataset", "images", "codes", "training", "training_source", "images_compared_by", "date")
    plain = {key.replace("_", " "): str(found.about[key]) for key in keys if found.about.get(key) is not None}
    listed = ", ".join(f"{key} {value}" for key, value in versions.items())
    counts = {"codes measured": f"{found.count:,} in {found.dimensions} dimensions", "seed": str(found.seed)}
    return list({**plain, **counts, "versions": listed}.items())


def citation(name: str, found: Report) -> str:
    """One sentence with the numbers that the answers rest on."""
    accuracy, tv = found.find("classifier"), found.find("total_variation")
    said = [
        f"a held-out classifier tells codes of {name} from draws of the prior in {_percent(accuracy)} of cases",
        f"so that their total variation is at least {tv.low:.3f}" if tv.low is not None else "",
    ]
    information = found.find("mutual_information")
    if information.value is not None:
        said.append(f"I(z; n) is {information.value:.2f} nats of a KL of {found.kl:.2f}")
    kept = found.find("kept")
    if kept.value is not None:
        said.append(f"samples cover {kept.value:.2f} times the test images that reconstructions cover")
    text = "; ".join(filter(None, said))
    date = found.about.get("date", "n.d.")
    return f"{text[0].upper()}{text[1:]} (vaeexplorer {__version__}, {date}, codes {found.about.get('codes', 'n/a')})."


def not_asked(found: Report) -> str:
    """What a report of codes alone could not ask; empty where all was."""
    return "; ".join(found.about.get("not_asked", []))


def _answer(each: Verdict) -> tuple[str, ...]:
    answer = each.answer.capitalize() if each.answer != "n/a" else "n/a"
    if (scale := each.scale) is None:
        return (each.asked, answer, "n/a", "", "")
    ideal = "" if scale.ideal is None else f"{scale.ideal:.4g} ({scale.ideal_label})"
    number = f"{scale.value:.4g} {scale.unit}"
    return (each.asked, answer, number.strip(), f"{scale.low:.4g} to {scale.high:.4g}", ideal)


def _number(each: Diagnostic) -> tuple[str, ...]:
    definition = DEFINITIONS[each.key]
    named = f"{definition.name} ({definition.unit})" if definition.unit else definition.name
    null = f"{min(each.null):.4g} to {max(each.null):.4g}" if each.null else ""
    interval = "" if each.low is None or each.high is None else f"{each.low:.4g} to {each.high:.4g}"
    return (named, each.of, f"{each.value:.4g}", interval, null, "" if each.p is None else f"{each.p:.3f}")


def _percent(found: Diagnostic) -> str:
    low, high = (100 * (end or 0.0) for end in (found.low, found.high))
    return f"{100 * (found.value or 0.0):.1f} % (90 % interval {low:.1f} to {high:.1f})"


def _md(text: str) -> str:
    return text.replace("|", "\\|")


def _pipes(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(_md(cell) for cell in line)} |" for line in lines)
