"""What a visitor takes away: the explorer and the report as HTML files and a gallery of all runs, which
need no network, and tables as CSV.

In come runs and results; out come texts. May import analysis, browser, data, figures, files, results and runs.
"""
