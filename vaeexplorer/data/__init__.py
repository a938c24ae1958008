"""MNIST and Fashion-MNIST: images by name, and the moments of the full training sets.

In come a name and files; out come `ImageDataset`, checked, and `Moments`. Nothing here knows of networks or runs.
May import analysis (for moments), arrays, config and files.
"""
