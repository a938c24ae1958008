"""The commands of `python -m vaeexplorer`, one file a subject."""
