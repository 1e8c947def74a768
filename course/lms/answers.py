"""What a platform's answer to a score means. Pure: an answer in, what to do out.

The table is that of measured behaviour: a 409 or a 400 that names a timestamp says "not newer than mine", 500
on one score is how Moodle says "locked", a 404 for a score is a column that is gone, and 200 proves nothing
until the result was read back.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from course.lms.wire import Reply

NEAR = Decimal("0.005")  # of our points: platforms keep four or five decimals of their own maximum
LOCKED_AFTER = 3  # answers 500 to the same score


class Meaning(StrEnum):
    """What to do next."""

    READ_BACK = "read-back"
    NOT_NEWER = "not-newer"  # read the result; if it is another, send once more with a later time
    NO_PERSON = "no-person"
    NO_COLUMN = "no-column"
    NO_TOKEN = "no-token"  # noqa: S105 - get a fresh one and try once more
    DENIED = "denied"
    LATER = "later"
    FAULT = "fault"


def meaning(reply: Reply) -> Meaning:
    """What an answer to a score means."""
    said = reply.body[:2000].decode(errors="replace").lower()
    if reply.is_good:
        return Meaning.READ_BACK
    if reply.status == 409 or (reply.status == 400 and "timestamp" in said):
        return Meaning.NOT_NEWER
    if reply.status in {400, 422}:
        return Meaning.NO_PERSON
    if reply.status == 401:
        return Meaning.NO_TOKEN
    if reply.status == 429 or (reply.status == 403 and ("rate" in said or "throttl" in said)):
        return Meaning.LATER
    if reply.status == 404:
        return Meaning.NO_COLUMN
    if reply.status == 403:
        return Meaning.DENIED
    return Meaning.FAULT


@dataclass(frozen=True, slots=True)
class Result:
    """A grade as the platform has it, on our scale; None: there is none."""

    points: Decimal | None
    at: str = ""


def result_of(reply: Reply, subject: str, possible: Decimal) -> Result | None:
    """The person's grade in an answer to a request for results; None if it holds no results."""
    rows = reply.data if reply.is_good else None
    if not isinstance(rows, list):
        return None
    mine = [row for row in rows if isinstance(row, dict) and str(row.get("userId")) == subject]
    if not mine or mine[0].get("resultScore") is None:
        return Result(None)
    score, maximum = _number(mine[0]["resultScore"]), _number(mine[0].get("resultMaximum", 1))
    if score is None or not maximum:
        return Result(None)
    return Result(score * possible / maximum, str(mine[0].get("timestamp", "")))


def is_same(result: Result, points: Decimal) -> bool:
    """Whether the platform shows what was sent."""
    return result.points is not None and abs(result.points - points) < NEAR


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    found = Decimal(str(value))
    return found if found.is_finite() else None


def retry_after(reply: Reply, default: float) -> float:
    """Seconds until the platform wants to hear again, between 1 and 3600."""
    told = reply.headers.get("retry-after", "")
    return float(min(max(int(told), 1), 3600)) if told.isdecimal() and len(told) < 7 else default
