"""From stored submissions to the events that are counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from course.tracking.fold import FLAWS, Cause, Event, Told
from course.work.models import State, Submission
from grader.expression import read, show
from grader.job import Outcome
from grader.tree import names
from grader.unreadable import Unreadable

OWN = "own-"  # before the number of a misconception that a course has named
NAMED = "named"  # the code of a box that one of them explains
MISCONCEPTION = "misconception"
LONGEST = 200  # characters of an answer by which others are grouped
_WORD = re.compile(r"[A-Za-z_ŷ]\w*")

FIELDS = (
    *("pk", "number", "queued_at", "counts", "verdict", "answers", "points", "override", "possible"),
    *("attempt__number", "attempt__opened_at", "attempt__seed"),
)
KEYS = ("attempt__user_id", "attempt__item_id")


def stored(user: int, item: int) -> Iterator[Event]:
    """The marked submissions of a student to an item."""
    rows = Submission.objects.filter(attempt__user_id=user, attempt__item_id=item, state=State.GRADED)
    return map(event_of, rows.order_by("attempt__number", "number").values_list(*FIELDS).iterator())


def event_of(row: Iterable[Any]) -> Event:
    """The event of a row with FIELDS."""
    pk, number, at, counts, verdict, answers, *points, attempt, opened, seed = row
    return event(pk, (attempt, number), (opened, at), counts, verdict, answers, _share(*points), seed)


def event(
    submission: UUID,
    place: tuple[int, int],
    times: tuple[datetime, datetime],
    counts: bool,
    verdict: Mapping[str, Any],
    answers: Mapping[str, Any],
    share: float,
    seed: int,
) -> Event:
    """A submission as it is counted; ``verdict`` as it is stored, ``times``: opened and handed in."""
    opened, at = times
    boxes = tuple(told(box, answers.get(box["id"], ""), seed) for box in verdict["boxes"])
    right = verdict["outcome"] == Outcome.CORRECT
    return Event(submission, place, opened, at, counts, right, share, boxes)


def _share(points: Decimal, override: Decimal | None, possible: Decimal) -> float:
    reached = points if override is None else override
    return float(reached / possible) if possible else 0.0


def told(box: Mapping[str, Any], answer: object, seed: int) -> Told:
    """What a stored verdict says of a box."""
    outcome = Outcome(box["outcome"])
    return Told(box["id"], outcome, cause_of(box, answer, seed) if outcome in FLAWS else None)


def cause_of(box: Mapping[str, Any], answer: object, seed: int) -> Cause | None:
    """Why a box is wrong, as far as it can be named or grouped: options that were picked are neither."""
    if box["code"] == MISCONCEPTION or box["code"] == NAMED:
        return box["id"], box["params"].get("id", ""), "", 0
    if box.get("value") is None or not isinstance(answer, str):
        return None
    written = _expression(answer)
    if written is None:
        return box["id"], "", str(box["value"])[:LONGEST], seed
    return box["id"], "", written[:LONGEST], 0


@lru_cache(maxsize=4096)
def _expression(answer: str) -> str | None:
    """A typed expression in its one form; None for a number. Of an answer with equals signs the last side."""
    last = answer.rpartition("=")[2]
    try:
        tree = read(last, sorted(set(_WORD.findall(last))))
    except Unreadable:
        return "".join(last.split())
    return show(tree) if names(tree) else None
