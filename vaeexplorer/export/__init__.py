"""What a visitor takes away: the explorer and the report, each as one HTML file that needs neither server nor network.

In come runs and results; out come texts. May import analysis, browser, data, figures, files, results and runs.
"""
