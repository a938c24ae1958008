"""Arrays in, numbers out: what a latent space is like.

What several subjects need lies here; each subject has a folder: `report` (is it regularized?), `smoothness` (AE and VAE
compared), `linear` (linear autoencoders and PCA) and `instruments` (one question each). Functions take arrays and
functions, never runs or pages.
May import arrays, codes and config; no subject imports another.
"""
