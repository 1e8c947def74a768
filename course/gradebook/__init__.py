"""Scores and totals, how each came to be, and the files that take them elsewhere."""
