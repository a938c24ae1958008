"""Training: learning curves of runs."""
