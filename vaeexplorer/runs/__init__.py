"""Run folders: what a training came to, on disk and back.

In come a finished training or a folder; out come `RunCard` and `Run`, checked. torch is imported only where a network
is touched. May import analysis, codes, config, data, files and network.
"""
