import csv
import io

from vaeexplorer.export.tables import to_csv


def test_a_table_comes_back_from_its_text() -> None:
    rows: list[dict[str, object]] = [
        {"run": 'a "b", c', "value": 1 / 3, "count": 10_000, "ok": True},
        {"run": "d", "value": None, "count": 0, "ok": ""},
    ]
    text = to_csv(rows)
    assert text.splitlines()[0] == "run,value,count,ok"
    first, second = csv.DictReader(io.StringIO(text))
    assert first == {"run": 'a "b", c', "value": "0.3333333", "count": "10000", "ok": "True"}
    assert second == {"run": "d", "value": "", "count": "0", "ok": ""}
