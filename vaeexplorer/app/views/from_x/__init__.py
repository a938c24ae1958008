"""From x to x': an image, its posterior, a draw, and its loss in numbers."""
