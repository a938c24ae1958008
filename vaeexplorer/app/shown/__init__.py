"""What more than one page shows: learning curves."""
