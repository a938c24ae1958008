"""Tables as LaTeX, with booktabs."""

from collections.abc import Mapping, Sequence

from vaeexplorer.export.paper import tex


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
            rf"  \caption{{{tex(caption)}}}",
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


def _cell(value: object) -> str:
    if value is None or value == "":
        return "--"
    return tex(f"{value:.4g}" if isinstance(value, float) else str(value))
