"""Exports of scores: what a file costs against a bare dump of the stored results, in CPU time."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from bench.clock import cpu
from bench.harness import Arm, Row
from course.gradebook.downloads import download
from course.gradebook.options import Options
from course.people.models import Course, Enrolment, User
from course.work.models import Assignment, Item, PublishedExercise, Result

STUDENTS, ASSIGNMENTS, ITEMS = 1000, 8, 5
SCORES, RESULTS = STUDENTS * ASSIGNMENTS, STUDENTS * ASSIGNMENTS * ITEMS
BATCH = 2000


def rows(*, full: bool) -> list[Row]:
    """A file with a line for each score, and Moodle's, against the results as they are stored."""
    course = _course()
    rounds, dump = (9 if full else 4), _dump(course)
    against = f"bare dump of its {RESULTS:,} results"
    asked = {
        f"{SCORES:,} scores": Options("generic", key="username"),
        f"Moodle, {STUDENTS:,} students": Options("moodle", key="username"),
    }
    return [
        Row(f"export, {what}", against, _export(course, options), dump, must=1.5, stretch=1, rounds=rounds)
        for what, options in list(asked.items())[: 2 if full else 1]
    ]


def _export(course: Course, options: Options) -> Arm:
    def once() -> None:
        for _block in download(course, options).blocks:
            pass

    return _timed(once)


def _dump(course: Course) -> Arm:
    """The floor: Django reads the results, the csv module writes them, nothing is added up."""
    results = Result.objects.filter(item__assignment__course=course).order_by("pk")
    columns = results.values_list("user__username", "item_id", "points")

    def once() -> None:
        csv.writer(io.StringIO()).writerows(columns.iterator())

    return _timed(once)


def _timed(once: Callable[[], None]) -> Arm:
    once()
    return lambda: cpu(once)


def _course() -> Course:
    random, course = Random("scores"), Course.objects.create(slug="scores", title="Scores")
    exercise = PublishedExercise.objects.create(slug="bench", title="Bench", step="loss", document={})
    users = User.objects.bulk_create(
        [User(username=f"of-scores-{number}") for number in range(STUDENTS)], batch_size=BATCH
    )
    Enrolment.objects.bulk_create([Enrolment(course=course, user=user) for user in users], batch_size=BATCH)
    items = []
    for number in range(ASSIGNMENTS):
        due = timezone.now() - timedelta(days=1)
        assignment = Assignment.objects.create(course=course, title=f"Set {number}", position=number, due=due)
        items += [
            Item.objects.create(assignment=assignment, exercise=exercise, points=10) for _ in range(ITEMS)
        ]
    Result.objects.bulk_create(
        [
            Result(user=user, item=item, points=Decimal(random.randint(0, 10_000)) / 1000, marked=1)
            for user in users
            for item in items
        ],
        batch_size=BATCH,
    )
    return course
