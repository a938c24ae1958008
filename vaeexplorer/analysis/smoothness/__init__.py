"""How smooth a latent space is: paths, neighbourhoods and magnification, on the same image pairs for two models.

In come encoders and decoders as functions; out come figures with intervals, and fields over a plane.
"""
