"""AE vs VAE: two planes with one cursor, their holes, samples and figures."""
