"""Browsers other than Chromium, each where it and what drives it are."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import serving
from tests.engines import browsers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on the shipped runs, at the address this yields."""
    with serving(tmp_path_factory.mktemp("runs")) as (url, _):
        yield url


@pytest.fixture(scope="module", params=["Firefox", "WebKit"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[browsers.Engine]:
    """Firefox, and then WebKit."""
    if not browsers.is_here(request.param):
        pytest.skip(f"no {request.param} here")
    with browsers.opened(request.param, tmp_path_factory.mktemp("browser")) as opened:
        yield opened
