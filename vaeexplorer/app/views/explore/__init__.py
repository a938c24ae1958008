"""Explore: the latent plane, dragged."""
