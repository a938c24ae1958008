"""A static site of all runs. In come runs, out comes a folder."""
