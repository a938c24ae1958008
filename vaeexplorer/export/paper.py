"""The report as text for a paper or a model card: Markdown, and LaTeX with booktabs."""

from collections.abc import Sequence
from typing import Any

from vaeexplorer.analysis.report.diagnostics import DEFINITIONS, Diagnostic
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.analysis.report.verdicts import Verdict
from vaeexplorer.export.latex import tabular, tex
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


def document(name: str, found: Report) -> dict[str, Any]:
    """The report as plain values, the sentence to cite among them."""
    return {**found.to_json(), "cite": citation(name, found)}


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


def methods(found: Report) -> str:
    """How it was measured, as a paragraph of a paper would have it."""
    about, limits = found.about, found.about["thresholds"]["total_variation_and_holes"]
    budget, versions = about["budget"], about["versions"]
    split = (
        f"{about['training_images']:,} images' codes (each half of the {found.count:,} tested by the other)"
        if about["halved"]
        else f"codes of {about['training_images']:,} training images, tested on those of {found.count:,} test images"
    )
    scaled = "Images were bytes, and were divided by 255. " if about.get("bytes_divided_by_255") else ""
    levels = "; ".join(f"“{name}” below {tv:g} and {holes:g}" for name, (tv, holes) in limits.items())
    return (
        f"A classifier two-sample test (Lopez-Paz & Oquab 2017) between the aggregate posterior and the prior, by "
        f"{about['instrument']} learned from {split}; networks were trained for {budget['training_steps']:,} steps in "
        f"all on fresh draws. Accuracy is the mean of both kinds' shares, with {budget['draws_a_test_image']} draws a "
        f"test image and limits clustered by image, each a one-sided 95 % limit; 2 accuracy - 1 bounds the total "
        f"variation from below; p is exact, by ranks. Holes are where q/p < {about['thresholds']['hole']:g}. Answers "
        f"go by total variation and prior mass in holes: {levels}, else “no”. Moments, kernel distances and Mardia's "
        f"measures are compared with {budget['nulls']} joint nulls by the max-T rank (Westfall & Young 1993) at a "
        f"family-wise level of {about['thresholds']['family_wise_level']:g}. Decoded samples are compared by "
        f"{about['images_compared_by']}: coverage (Naeem et al. 2020) of prior samples over that of reconstructions of "
        f"other images, mean of {budget['splits_of_the_images']} splits. torch "
        f"{versions['torch']}, NumPy {versions['numpy']}; seed {found.seed}; {about['date']}; {found.seconds:g} s. "
        f"{scaled}Codes {about['codes']}" + (f", images {about['images']}." if "images" in about else ".")
    )


def citation(name: str, found: Report) -> str:
    """One sentence with the numbers that the answers rest on."""
    accuracy, tv = found.find("classifier"), found.find("total_variation")
    least = f", so that their total variation is at least {tv.low:.3f}" if tv.low is not None else ""
    said = [
        f"a held-out classifier tells codes of {name} from draws of the prior in {_percent(accuracy)} of cases{least}"
    ]
    information = found.find("mutual_information")
    if information.value is not None:
        said.append(f"I(z; n) is {information.value:.2f} nats of a KL of {found.kl:.2f}")
    kept = found.find("kept")
    if kept.value is not None:
        said.append(f"samples cover {kept.value:.2f} times the test images that reconstructions cover")
    text, about = "; ".join(said), found.about
    version, date, codes = about.get("vaeexplorer", __version__), about.get("date", "n.d."), about.get("codes", "n/a")
    return f"{text[0].upper()}{text[1:]} (vaeexplorer {version}, {date}, seed {found.seed}, codes {codes})."


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
    return (named, each.of, f"{each.value:.4g}", interval, null, "" if each.p is None else p_text(each.p))


def p_text(p: float) -> str:
    """Three digits, of which one that would be 0 is a limit."""
    return f"{p:.3f}" if p >= 0.0005 else "< 0.001"


def _percent(found: Diagnostic) -> str:
    low, high = (100 * (end or 0.0) for end in (found.low, found.high))
    return f"{100 * (found.value or 0.0):.1f} % (90 % interval {low:.1f} to {high:.1f})"


def _md(text: str) -> str:
    return text.replace("|", "\\|")


def _pipes(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(_md(cell) for cell in line)} |" for line in lines)
