"""A set of comparisons whose truth is known by construction, and how engines do on it."""
