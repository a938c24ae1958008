"""Results that are measured once, stored and read again: reports, comparisons, the sweep over beta.

In come latent spaces; out come documents. A result is identified by a hash of weights, images and conditions, never by
a name or a time. May import analysis, codes, config, data, files, network, runs and spaces.
"""
