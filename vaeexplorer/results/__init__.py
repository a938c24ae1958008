"""What was measured once, is kept and is found again: reports, comparisons, the sweep over beta.

In come latent spaces; out come documents. A result is found by a hash of weights, images and conditions, never by a
name or a time. May import analysis, codes, config, data, files, network, runs and spaces.
"""
