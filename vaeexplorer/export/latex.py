"""Tables as LaTeX, with booktabs."""

import re
from collections.abc import Mapping, Sequence

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"$<$", ">": r"$>$", "|": r"$|$",
    "−": "$-$", "≥": r"$\ge$", "≤": r"$\le$", "±": r"$\pm$", "×": r"$\times$", "·": r"$\cdot$", "²": "$^2$",
    "³": "$^3$", "′": "$'$", "‖": r"$\|$", "→": r"$\to$", "α": r"$\alpha$", "β": r"$\beta$", "ε": r"$\varepsilon$",
    "κ": r"$\kappa$", "λ": r"$\lambda$", "μ": r"$\mu$", "σ": r"$\sigma$", "χ": r"$\chi$",
}  # fmt: skip


def tabular(rows: Sequence[Mapping[str, object]], caption: str) -> str:
    """Rows of the same names as a table that needs the package booktabs: numbers to four digits; no value is a dash.

    Args:
        rows: one at least, in the order of the first.
        caption: of the table.
    """
    columns = "".join("r" if any(isinstance(row[name], float) for row in rows) else "l" for name in rows[0])
    lines = [" & ".join(_cell(cell) for cell in cells) + r" \\" for cells in (rows[0], *(row.values() for row in rows))]
    return "\n".join(
        [
            r"\begin{table}",
            rf"  \caption{{{escaped(caption)}}}",
            rf"  \begin{{tabular}}{{{columns}}}",
            r"    \toprule",
            f"    {lines[0]}",
            r"    \midrule",
            *(f"    {line}" for line in lines[1:]),
            r"    \bottomrule",
            r"  \end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def escaped(text: str) -> str:
    """A text as LaTeX shows it letter by letter; of what lies beyond ASCII, the symbols that our tables use."""
    return re.sub("|".join(map(re.escape, _SPECIAL)), lambda match: _SPECIAL[match[0]], text)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "--"
    return escaped(f"{value:.4g}" if isinstance(value, float) else str(value))
