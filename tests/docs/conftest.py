"""Classifiers that learn in a moment."""

from tests.analysis.report.conftest import quick_classifier

__all__ = ["quick_classifier"]
