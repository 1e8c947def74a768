"""What a student's submissions to one item come to: pure, one submission after the other.

``step`` takes a submission into a tally; ``tally`` folds all of them. What is kept while work arrives is
``step``, what is rebuilt is ``tally``: both are the same function of the same submissions in order.

Terms
-----
place     (attempt's number, submission's number): the order in which it was handed in
try       a submission that counts; only tries say something about boxes and misconceptions
stuck     STUCK tries in a row with the same box wrong, and not all right since
seconds   time of work: between two submissions, or opening and submission, at most PAUSE each
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from uuid import UUID

from grader.job import Outcome

STUCK = 3  # tries in a row with the same box wrong
PAUSE = 600  # seconds; who is away for longer was not at it
FLAWS = frozenset({Outcome.WRONG, Outcome.PARTIAL})

Cause = tuple[str, str, str, int]  # box, misconception, answer, seed


@dataclass(frozen=True, slots=True)
class Told:
    """What a verdict says of one box, and the cause of a wrong answer where there is one to name or group."""

    box: str
    outcome: Outcome
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One marked submission."""

    submission: UUID
    place: tuple[int, int]
    opened: datetime
    at: datetime
    counts: bool
    right: bool
    share: float
    boxes: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class BoxTally:
    """One box so far."""

    first: str
    submission: UUID  # in which it had its first try
    last: str
    tries: int = 0
    run: int = 0
    stuck_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a cause was seen, and where last."""

    count: int
    sample: UUID


@dataclass(frozen=True, slots=True)
class Tally:
    """A student at an item so far."""

    place: tuple[int, int] = (0, 0)
    last_at: datetime | None = None
    tries: int = 0
    handed_in: int = 0
    variants: int = 0
    solved: bool = False
    first: UUID | None = None
    first_share: float | None = None
    first_right: bool | None = None
    first_seconds: int = 0
    seconds: int = 0
    boxes: Mapping[str, BoxTally] = field(default_factory=dict)
    seen: Mapping[Cause, Seen] = field(default_factory=dict)

    @property
    def stuck_since(self) -> datetime | None:
        """Since when, for one who is stuck now."""
        if self.solved:
            return None
        return min((box.stuck_since for box in self.boxes.values() if box.stuck_since), default=None)


def tally(events: Iterable[Event]) -> Tally:
    """All submissions of a student to an item, in whatever order they come."""
    return reduce(step, sorted(events, key=lambda event: event.place), Tally())


def step(so_far: Tally, event: Event) -> Tally:
    """One more submission, which was handed in after all that are counted."""
    seconds = so_far.seconds if so_far.solved else so_far.seconds + _worked(so_far, event)
    after = replace(
        so_far,
        place=event.place,
        last_at=max(event.at, so_far.last_at or event.at),
        handed_in=so_far.handed_in + 1,
        variants=so_far.variants + (event.place[0] != so_far.place[0]),
        solved=so_far.solved or event.right,
        seconds=seconds,
    )
    return _tried(after, event) if event.counts else after


def _worked(so_far: Tally, event: Event) -> int:
    same = so_far.place[0] == event.place[0] and so_far.last_at is not None
    since = so_far.last_at if same and so_far.last_at else event.opened
    return round(min(PAUSE, max(0.0, (event.at - since).total_seconds())))


def _tried(so_far: Tally, event: Event) -> Tally:
    """What only a try changes."""
    if so_far.first is None:
        so_far = replace(
            so_far,
            first=event.submission,
            first_share=event.share,
            first_right=event.right,
            first_seconds=so_far.seconds,
        )
    boxes, seen = dict(so_far.boxes), dict(so_far.seen)
    for told in event.boxes:
        if told.outcome is not Outcome.EMPTY:
            boxes[told.box] = _box(boxes.get(told.box), told.outcome, event)
        if told.cause is not None:
            before = seen.get(told.cause)
            seen[told.cause] = Seen(before.count + 1 if before else 1, event.submission)
    return replace(so_far, tries=so_far.tries + 1, boxes=boxes, seen=seen)


def _box(before: BoxTally | None, outcome: Outcome, event: Event) -> BoxTally:
    before = before or BoxTally(first=outcome.value, submission=event.submission, last="")
    run = before.run + 1 if outcome in FLAWS else 0
    stuck = (before.stuck_since or event.at) if run >= STUCK else None
    return replace(before, last=outcome.value, tries=before.tries + 1, run=run, stuck_since=stuck)
