"""Arrays in, numbers and arrays out: what the pages measure on latent codes. One noun a file; no screen, no network."""
