"""``django-admin measure``."""
