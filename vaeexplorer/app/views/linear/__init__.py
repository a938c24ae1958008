"""Linear AE vs PCA: a theorem as an experiment."""
