"""Why the ELBO of a trained VAE is loose: in come images, out come the two gaps of each. May import `network`."""
