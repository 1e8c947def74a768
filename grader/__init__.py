"""What is true and how an answer is judged. ``celery -A grader worker -Q marking`` finds its app here."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """``grader.app``, loaded when Celery asks for it and not before: the reader must not load a broker."""
    if name == "app":
        return import_module("grader.worker").app
    raise AttributeError(f"module 'grader' has no attribute '{name}'")
