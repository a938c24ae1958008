"""Runs, sweeps, films and images as bytes for the browser.

In come configurations, arrays and figures; out come bytes that `engine/packed.js` opens. May import analysis, codes,
config and network.architecture.
"""
