"""What may be wrong with a site, looked at one by one: ``manage.py doctor``."""
