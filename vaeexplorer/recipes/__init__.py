"""Fixed trainings: the shipped runs, the sweep over beta, a published row.

In come the full training sets; out come files of pretrained/. Only commands may import it. May import every room
below: results, spaces, runs, network, data, analysis, codes, config and files.
"""
