"""What is asked. ``celery -A exercises worker -Q checking`` finds its app here."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """``exercises.app``, loaded when Celery asks for it and not before: nothing else needs a broker."""
    if name == "app":
        return import_module("exercises.worker").app
    raise AttributeError(f"module 'exercises' has no attribute '{name}'")
