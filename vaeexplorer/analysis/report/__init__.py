"""Is a latent space regularized? Diagnostics beside those of perfect models, and the verdicts drawn from them.

In come codes, and where there are some a decoder and images; out comes a `Report`.
"""
