"""The held-out classifier of a report: networks, their learning and choice, and what they find in other images."""
