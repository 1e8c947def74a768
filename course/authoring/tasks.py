"""The tasks of the site's worker about authors' files: thin names on the wire for functions elsewhere."""

from __future__ import annotations

from typing import Any

from course.authoring import checks
from course.celery import app


def checked(token: str, place: int, total: int, finding: dict[str, Any]) -> None:
    """What the checker found of one exercise."""
    checks.record(token, place, total, finding)


def check_failed(token: str, reason: str) -> None:
    """The checker could not go on."""
    checks.record_failure(token, reason)


app.task(checked, name="course.checked")
app.task(check_failed, name="course.check_failed")
