"""What a check found, and how checks are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import redis
from django.db import DatabaseError


class State(StrEnum):
    """How bad it is: ``WARN`` is worth a look, ``FAIL`` keeps the site from working as it should."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result, in words, and what to do about it unless all is well."""

    check: str
    state: State
    words: str
    remedy: str = ""


Check = Callable[[], Finding]


def ok(check: str, words: str) -> Finding:
    """All is well."""
    return Finding(check, State.OK, words)


def warn(check: str, words: str, remedy: str) -> Finding:
    """Worth a look."""
    return Finding(check, State.WARN, words, remedy)


def fail(check: str, words: str, remedy: str) -> Finding:
    """Does not work."""
    return Finding(check, State.FAIL, words, remedy)


def look(checks: Iterable[tuple[str, Check]]) -> Iterator[Finding]:
    """Each check's finding; one that gets no answer from database or broker says so, and the next follows."""
    for name, check in checks:
        try:
            yield check()
        except (DatabaseError, redis.RedisError, OSError) as error:
            words = f"could not be looked at: {error or type(error).__name__}"
            yield fail(name, words.strip(), "Mend what is named above it first.")
