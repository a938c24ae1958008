"""Analysis results in, plotly figures and images out. No arithmetic here beyond layout; no file, no screen."""
