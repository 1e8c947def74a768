"""What the demo course has beside practice: a homework with a due date, and a timed quiz with a pool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from course.people.models import Accommodation, Course, Enrolment
from course.work.models import Assignment, Item, Kind, Pool, PublishedExercise

HOUR = 18  # of the site's clock, at which the dates of the demo are
POINTS = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """An assignment of the demo; ``due`` and ``closes`` in days from its making, ``pooled`` from a pool."""

    title: str
    settings: Mapping[str, Any]
    due: int | None
    closes: int
    exercises: Sequence[str]
    pooled: Sequence[str] = ()
    draws: int = 2


SHOWN = (
    Shown(
        "Homework: chains with tanh",
        {"kind": Kind.HOMEWORK},
        due=7,
        closes=10,
        exercises=("tanh-prediction", "tanh-w3", "tanh-w1", "tanh-update"),
    ),
    Shown(
        "Quiz: links",
        {"kind": Kind.QUIZ, "minutes": 20, "shuffled": True},
        due=None,
        closes=14,
        exercises=("leaky-prediction",),
        pooled=("leaky-w3", "leaky-w1", "sigmoid-w1", "sigmoid-w2"),
    ),
)


def make_showcase(course: Course, published: Iterable[PublishedExercise]) -> list[Assignment]:
    """Make what is not there yet, by its title; the new ones. One student gets half as much time more."""
    rows = {row.slug: row for row in published}
    titles = set(course.assignments.values_list("title", flat=True))
    last = max(course.assignments.values_list("position", flat=True), default=-1)
    fresh = [shown for shown in SHOWN if shown.title not in titles]
    made = [_make(course, shown, rows, last + place) for place, shown in enumerate(fresh, start=1)]
    place = Enrolment.objects.filter(course=course, user__username="student2").first()
    if made and place is not None:
        given = {"time_factor": "1.5", "note": "half as much time more"}
        Accommodation.objects.get_or_create(enrolment=place, defaults=given)
    return made


def _make(course: Course, shown: Shown, rows: Mapping[str, PublishedExercise], position: int) -> Assignment:
    dates = {"due": _evening(shown.due) if shown.due else None, "closes": _evening(shown.closes)}
    made = Assignment.objects.create(
        course=course, title=shown.title, position=position, **dates, **shown.settings
    )
    pool = Pool.objects.create(assignment=made, name="Links", draws=shown.draws) if shown.pooled else None
    wanted = [(slug, None) for slug in shown.exercises] + [(slug, pool) for slug in shown.pooled]
    Item.objects.bulk_create(
        Item(assignment=made, exercise=rows[slug], pool=of, position=place, points=POINTS)
        for place, (slug, of) in enumerate(wanted, start=1)
        if slug in rows
    )
    return made


def _evening(days: int) -> datetime:
    """So many days from today, in the evening."""
    today = timezone.localtime().replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days)
