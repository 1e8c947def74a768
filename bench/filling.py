"""A scratch course with very many submissions, in plain SQL: verdicts of the real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction

from course.people.models import Content, Course, Data, Enrolment, Role, User
from course.tracking.cohort.key import Key, key_of
from course.work.models import Assignment, Attempt, Item, PublishedExercise, Result, State, Submission
from course.work.publication import STEPS, publish_bank
from exercises.published import Published
from exercises.steps import job
from exercises.variants import variant
from grader.marking import mark

START = datetime(2026, 9, 1, tzinfo=UTC)
BATCH = 20_000
SMALL = 400  # submissions of the second, small course
Told = tuple[str, str, Decimal, Decimal, bool]  # answers, verdict, points, possible, counts


def filled(wanted: int, students: int, assignments: int) -> tuple[Course, dict[str, Any]]:
    """The course, and what the addresses of its pages are about."""
    call_command("migrate", verbosity=0)
    rows = publish_bank(only=STEPS)
    exercises = sorted(rows, key=lambda row: STEPS.index(row.slug))
    staff = User.objects.create(username="volume-staff")
    users = [User(username=f"volume{n}", first_name="No", last_name=f"Name {n:05}") for n in range(students)]
    users = User.objects.bulk_create(users, 1000)
    course = _course("volume", staff, users, exercises, assignments)
    small = _course("small", staff, users[:20], exercises, 1)
    told = {row.pk: list(_told(row)) for row in exercises}
    with transaction.atomic():
        _write(course, users, told, wanted)
        _write(small, users[:20], told, SMALL)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize")
    item = Item.objects.filter(assignment__course=course, exercise__slug="seed-w1").order_by("pk").first()
    assert item is not None
    return course, {"a": item.assignment_id, "item": item.pk, "user": users[7].pk}


def _course(
    slug: str, staff: User, users: Sequence[User], exercises: Sequence[PublishedExercise], count: int
) -> Course:
    course = Course.objects.create(slug=slug, title=slug)
    Enrolment.objects.create(
        course=course, user=staff, role=Role.INSTRUCTOR, content=Content.OWNER, data=Data.GRADER
    )
    Enrolment.objects.bulk_create([Enrolment(course=course, user=user) for user in users], 1000)
    for place in range(count):
        made = Assignment.objects.create(course=course, title=f"Week {place + 1}", position=place)
        for position, row in enumerate(exercises, start=1):
            Item.objects.create(assignment=made, exercise=row, position=position, points=10)
    return course


def _told(row: PublishedExercise) -> Iterator[Told]:
    """Some answers to an exercise with the engine's verdicts: right, one wrong rule each, and odd numbers."""
    published = Published.model_validate(row.document)
    key = key_of(published, variant(published, 1))
    yield _marked(key, key.right)
    for box, wrong in key.wrong.items():
        for each in wrong[:6]:
            yield _marked(key, {**key.right, box: each.number})
        for odd in ("3.21", "-7.7", "0.123"):
            yield _marked(key, {**key.right, box: odd})


def _marked(key: Key, answers: dict[str, Any]) -> Told:
    verdict = mark(job(key.question, key.published, key.variant, answers))
    stored = verdict.model_dump(mode="json", exclude={"token"})
    return json.dumps(answers), json.dumps(stored), verdict.points, verdict.possible, verdict.counts


def _write(course: Course, users: Sequence[User], told: dict[int, list[Told]], wanted: int) -> None:
    items = list(Item.objects.filter(assignment__course=course).order_by("pk"))
    first = {
        row.pk: variant(Published.model_validate(row.document), 1) for row in PublishedExercise.objects.all()
    }
    attempts = [
        Attempt(
            user=user,
            item=item,
            exercise_id=item.exercise_id,
            number=1,
            seed=1,
            generator=first[item.exercise_id].generator,
            values=first[item.exercise_id].values,
        )
        for user in users
        for item in items
    ]
    attempts = Attempt.objects.bulk_create(attempts, 2000)
    Result.objects.bulk_create(
        (Result(user_id=one.user_id, item_id=one.item_id, marked=1) for one in attempts), 2000
    )
    share, over = divmod(wanted, len(attempts))
    chance = Random(course.slug)
    chunk: list[dict[str, Any]] = []
    insert = Insert()
    for place, attempt in enumerate(attempts):
        chunk += _submissions(attempt, share + (place < over), told[attempt.exercise_id], chance)
        if len(chunk) >= BATCH:
            insert(chunk)
            chunk = []
    insert(chunk)


class Insert:
    """Writes rows of which only some columns are given; the others are as in a new submission."""

    def __init__(self) -> None:
        fields = [field for field in Submission._meta.concrete_fields if field.column]
        self.usual = {
            field.column: field.get_db_prep_save(field.get_default(), connection)
            for field in fields
            if field.has_default() or field.null or field.empty_strings_allowed
        }
        self.columns = [field.column for field in fields]

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write these rows."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join(["%s"] * len(self.columns))
        sql = f"INSERT INTO work_submission ({names}) VALUES ({marks})"  # noqa: S608  our own columns
        full = [[row.get(str(name), self.usual.get(name)) for name in self.columns] for row in rows]
        with connection.cursor() as cursor:
            cursor.executemany(sql, full)


def _submissions(attempt: Attempt, count: int, told: list[Told], chance: Random) -> Iterator[dict[str, Any]]:
    at = START + timedelta(minutes=chance.uniform(0, 100_000))
    for number in range(1, count + 1):
        at += timedelta(seconds=chance.uniform(30, 300))
        last = number == count and chance.random() < 0.8
        answers, verdict, points, possible, counts = told[0 if last else chance.randrange(len(told))]
        pk = UUID(int=chance.getrandbits(128), version=4).hex
        yield {
            "id": pk,
            "attempt_id": attempt.pk,
            "number": number,
            "key": pk,
            "answers": answers,
            "digest": "0" * 64,
            "state": State.GRADED,
            "verdict": verdict,
            "points": str(points),
            "possible": str(possible),
            "credit": "1",
            "counts": counts,
            "sends": 1,
            **dict.fromkeys(("queued_at", "sent_at", "marked_at"), at),
        }
