"""Linear autoencoders beside PCA: training on a covariance, the axes, the conditions, and the linear VAE.

In come moments of images; out come films of training and what theory predicts.
"""
