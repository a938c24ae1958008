"""Rows as Streamlit sends them: an Arrow table, which it need not make of them by way of pandas at every rerun."""

from collections.abc import Mapping, Sequence

import pyarrow as pa


def table(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Rows of the same columns; a column of numbers and texts becomes one of texts, and None is an empty cell."""
    return pa.table({name: _column([row[name] for row in rows]) for name in (rows[0] if rows else ())})


def _column(values: list[object]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if str in kinds and len(kinds) > 1:
        values = [None if value is None else str(value) for value in values]
    return pa.array(values)
