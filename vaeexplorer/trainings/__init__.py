"""Trainings that a server runs: each is a process of its own, watched and steered through a folder.

In come a configuration and a name, or the folder; out come `TrainingCard`s, moments as bytes, and in the end a run.
torch is imported only in the process that trains. May import browser (its packing), runs, network, data and the base.
"""
