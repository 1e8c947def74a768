"""Rosters: reading a CSV file (table, columns, rows), what it would change, doing that, taking it back."""
