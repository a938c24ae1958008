import pytest

from vaeexplorer.ui.state import parse_z


def test_a_point_in_the_address() -> None:
    z = parse_z("0.62,-1.05", 2)
    assert z is not None
    assert z.tolist() == pytest.approx([0.62, -1.05])


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "nan,0", "inf,0", "1,two", "1;2", "99999,0"])
def test_what_is_no_point(text: str) -> None:
    assert parse_z(text, 2) is None
