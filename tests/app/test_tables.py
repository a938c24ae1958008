"""Rows as the table that is sent."""

from vaeexplorer.app.tables import table


def test_a_column_keeps_its_kind_and_a_mixed_one_becomes_text() -> None:
    rows: list[dict[str, object]] = [{"run": "a", "images": 60000, "loss": None}]
    rows.append({"run": "b", "images": "unknown", "loss": 1.5})
    shown = table(rows)
    assert shown.to_pylist() == [
        {"run": "a", "images": "60000", "loss": None},
        {"run": "b", "images": "unknown", "loss": 1.5},
    ]
    assert str(shown.schema.field("loss").type) == "double"


def test_no_rows_are_a_table_too() -> None:
    assert table([]).num_rows == 0
