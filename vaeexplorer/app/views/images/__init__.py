"""Your images: sets of one's own, brought in by a browser, seen before they are stored."""
