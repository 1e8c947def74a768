"""Commands that run inside the site that is measured."""
