"""Latent spaces: of runs, of models of one's own, and of PCA, with one face.

In come a run or two functions; out come codes, images and what decodes. May import analysis, codes, config, data and
runs.
"""
