"""Tables as LaTeX, for the package booktabs."""

from collections.abc import Mapping, Sequence

_TEX = {
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\ensuremath{<}",
    ">": "\\ensuremath{>}",
    "|": "\\ensuremath{|}",
    "′": "\\ensuremath{'}",
    "²": "\\ensuremath{^2}",
    "β": "\\ensuremath{\\beta}",
    "σ": "\\ensuremath{\\sigma}",
    "−": "\\ensuremath{-}",
    "≤": "\\ensuremath{\\le}",
    "≥": "\\ensuremath{\\ge}",
    "‖": "\\ensuremath{\\Vert}",
    "“": "``",
    "”": "''",
    "’": "'",
    "–": "--",
    "\N{NO-BREAK SPACE}": "~",
}


def tex(text: str) -> str:
    """Text as LaTeX shows it; letters beyond ASCII that have no command here become question marks."""
    return "".join(_TEX.get(letter, letter if letter.isascii() else "?") for letter in text)


def tabular(columns: Sequence[str], rows: Sequence[Sequence[str]], places: str) -> str:
    """Rows of cells under their names, or under nothing where no column has one.

    Args:
        columns: their names.
        rows: a cell a column.
        places: l or r for each column.
    """

    def line(cells: Sequence[str]) -> str:
        return " & ".join(map(tex, cells)) + r" \\"

    head = [line(columns), r"\midrule"] if any(columns) else []
    body = "\n".join([r"\toprule", *head, *(line(row) for row in rows), r"\bottomrule"])
    return f"\\begin{{tabular}}{{{places}}}\n{body}\n\\end{{tabular}}"


def floating(table: str, caption: str) -> str:
    """A table that LaTeX places, with a caption, and a newline at the end."""
    return f"\\begin{{table}}\n\\caption{{{tex(caption)}}}\n{table}\n\\end{{table}}\n"


def of_values(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows of values by the same names, one row at least: numbers to four digits; no value is a dash."""
    places = "".join("r" if any(isinstance(row[name], float) for row in rows) else "l" for name in rows[0])
    return tabular(list(rows[0]), [[_cell(value) for value in row.values()] for row in rows], places)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "--"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
