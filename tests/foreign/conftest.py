"""Node, with the package's JavaScript."""

from tests.browser.conftest import modules, node

__all__ = ["modules", "node"]
