"""Is it regularized? Verdicts and their evidence."""
