"""How results are printed, and the one JSON object of the last line."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bench.accuracy.score import Score
from bench.harness import Interval, Result

PACKAGES = ("django", "celery", "kombu", "redis", "gunicorn", "numpy", "sympy", "python-flint", "pydantic")


def line(result: Result) -> str:
    """A row of the table."""
    row = result.row
    bound = f"{'>=' if row.faster else '<='} {row.must:g}"
    noise = f"   noisy machine: an arm against itself {result.twins}" if result.noisy else ""
    arms = f"{result.ours:.3g} against {result.floor:.3g} {row.unit}"
    return f"{result.verdict:8}{row.name:28}{result.ratio!s:26}{bound:>8}   {arms}: {row.against}{noise}"


def summary(
    results: list[Result], absent: dict[str, str], errors: dict[str, int], scores: list[Score], full: bool
) -> dict[str, Any]:
    """Everything, for a machine."""
    return {
        "rows": [_row(result) for result in results],
        "accuracy": [score.data() for score in scores],
        "not_run": absent,
        "errors": errors,
        "full": full,
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "machine": {"cores": os.cpu_count(), "load": os.getloadavg(), "system": platform.platform()},
    }


def _row(result: Result) -> dict[str, Any]:
    row = result.row
    return {
        "name": row.name,
        "against": row.against,
        "ratio": _interval(result.ratio),
        "must": row.must,
        "stretch": row.stretch,
        "at_least": row.faster,
        "verdict": result.verdict,
        "unit": row.unit,
        "ours": result.ours,
        "floor": result.floor,
        "rounds": row.rounds,
        "against_itself": _interval(result.twins),
        "noisy": result.noisy,
    }


def _interval(found: Interval) -> dict[str, float]:
    return {"median": found.middle, "low": found.low, "high": found.high}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
