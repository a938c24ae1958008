"""Runs: all there are, their films, curves and differences; in and out as files."""
