"""Three answers on a latent space, or on several beside each other, as HTML: a column a question, a row a model."""

from collections.abc import Mapping
from pathlib import Path

from vaeexplorer.analysis.report.diagnostics import DEFINITIONS, Question
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.analysis.report.verdicts import QUESTIONS, Verdict
from vaeexplorer.export.html import render

STYLE = (Path(__file__).parent / "cards.css").read_text(encoding="utf-8")
"""goes with what `cards` returns"""
MARKS = {"yes": "✓", "nearly": "◕", "partly": "◑", "no": "✕", "n/a": "○"}
_RIGHT = 74  # percent of a bar from where on a label at its end would run into that of the ideal


def cards(found: Mapping[str, Report]) -> str:
    """The answers of each report, by the model's name: number, ideal and interval, one sentence; the rest is folded."""
    asked = list(dict.fromkeys(each.question for report in found.values() for each in report.verdicts))
    return render(
        "cards.html",
        is_many=len(found) > 1,
        columns=len(asked) if len(found) > 1 or len(asked) < 4 else 2,
        models=[
            {"name": name, "cards": [_card(report, _verdict(name, report, question)) for question in asked]}
            for name, report in found.items()
        ],
    )


def _verdict(name: str, found: Report, question: Question) -> Verdict:
    """The answer, or that there is none: only the fourth question is asked of some reports and not of others."""
    answer = next((each for each in found.verdicts if each.question == question), None)
    return answer or Verdict(question, QUESTIONS[question], "n/a", unmeasured(name, found), "")


def unmeasured(name: str, found: Report) -> str:
    """Why a report has no fourth answer."""
    if found.kl is None:
        return "No posterior."
    return f"Not measured: python -m vaeexplorer evaluate {name} --gaps"


def _card(found: Report, verdict: Verdict) -> dict[str, object]:
    """What cards.html shows of a verdict; places on the bar are in percent of its length."""
    applies = verdict.answer != "n/a"
    card: dict[str, object] = {
        "asked": verdict.asked,
        "answer": verdict.answer.capitalize() if applies else "n/a",
        "kind": verdict.answer if applies else "none",
        "mark": MARKS[verdict.answer],
        "short": _short(found, verdict),
        "sentence": verdict.sentence,
        "sureness": verdict.sureness,
        "rows": _rows(found, verdict),
        "number": None,
    }
    if (scale := verdict.scale) is None:
        return card
    end = max(scale.most, scale.high, 1e-9)

    def at(value: float) -> float:
        return round(100 * min(max(value / end, 0.0), 1.0), 1)

    ideal = None if scale.ideal is None else at(scale.ideal)
    return card | {
        "label": scale.label,
        "number": _figure(scale.value),
        "unit": scale.unit,
        "half": _figure(max(scale.value - scale.low, scale.high - scale.value)),
        "value": at(scale.value),
        "low": at(scale.low),
        "width": round(at(scale.high) - at(scale.low), 1),
        "ideal": ideal,
        "ideal_label": "" if scale.ideal is None else f"{scale.ideal_label} {_figure(scale.ideal)}",
        "most_label": ""
        if ideal is not None and ideal > _RIGHT
        else f"{scale.most_label} {_figure(scale.most)}".strip(),
    }


def _short(found: Report, verdict: Verdict) -> str:
    """The one sentence that stands on a card."""

    def share(key: str, of: str = "") -> str:
        return f"{100 * (found.find(key, of).value or 0):.1f} %"

    if verdict.question == "posteriors":
        if found.kl is None:
            return "No posterior."
        unused = round(found.dimensions * (found.find("collapsed").value or 0))
        used = f"{found.dimensions - unused} of {found.dimensions} dimensions used."
        if verdict.answer == "no":
            return f"z does not tell images apart. {used}"
        _, _, rest = verdict.sentence.partition("one image among ")
        return f"z tells {rest.partition(';')[0]} images apart." if rest else used
    if verdict.question == "aggregate":
        key = "hole_bound" if found.find("holes").value is None else "holes"
        least = "at least " if key == "hole_bound" else ""
        return f"Accuracy. In holes: {least}{share(key)}."
    if verdict.scale is None:
        return verdict.sentence
    return "Images covered." if verdict.question == "samples" else f"{verdict.scale.label}."


def _rows(found: Report, verdict: Verdict) -> list[list[str]]:
    """Every number of a question: name, value, interval or what perfect models show."""
    rows = []
    for each in found.diagnostics:
        if each.question != verdict.question or each.value is None:
            continue
        about = DEFINITIONS[each.key]
        beside = ""
        if each.low is not None and each.high is not None:
            beside = f"{each.low:.4g} to {each.high:.4g}"
        elif each.null_mean is not None:
            beside = f"ideal {each.null_mean:.4g}"
        name = f"{about.name}, {each.of}" if each.of else about.name
        rows.append([name, f"{each.value:.4g}\N{NO-BREAK SPACE}{about.unit}".strip(), beside])
    return rows


def _figure(value: float) -> str:
    """Three digits, or one after the point: 6.75, 57.1, 100."""
    return f"{value:.0f}" if value in (50, 100) else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
