"""The rows of a made-up class. Each answer is marked by the real engine, in process, and each one once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from course.people.models import Course, Enrolment, Section, User
from course.tracking.cohort.key import Key, key_of
from course.tracking.cohort.learner import Learner, learners
from course.tracking.cohort.plan import WEEKS, Week
from course.tracking.cohort.story import Answers, Mind, Visit, visits
from course.tracking.rebuilding import rebuild
from course.work.models import (
    Assignment,
    Attempt,
    Item,
    OpenedHint,
    PublishedExercise,
    Result,
    Sitting,
    State,
    Submission,
)
from course.work.sending import digest_of
from exercises.prose import texts
from exercises.published import Published
from exercises.steps import job
from exercises.variants import variant
from grader.job import Job, Outcome, Verdict
from grader.marking import mark

SECTIONS = ("Monday group", "Tuesday group", "Thursday group")
POINTS = 10
POOL = 5  # variants of each exercise that the class meets
BATCH = 500


@dataclass(frozen=True, slots=True)
class Marked:
    """One answer's verdict, ready for the table."""

    verdict: Verdict
    stored: dict[str, Any]
    digest: str


@dataclass
class Marker:
    """Marks each distinct answer to a question once."""

    known: dict[tuple[str, int, str], Marked] = field(default_factory=dict)

    def marked(self, key: Key, answers: Answers) -> Marked:
        """The verdict of the engine."""
        named = (key.question.exercise, key.variant.seed, json.dumps(answers, sort_keys=True))
        if named not in self.known:
            asked: Job = job(key.question, key.published, key.variant, answers)
            verdict = mark(asked)
            stored = verdict.model_dump(mode="json", exclude={"token"})
            self.known[named] = Marked(verdict, stored, digest_of(asked))
        return self.known[named]

    def is_right(self, key: Key, answers: Answers) -> bool:
        """Whether all of it is right."""
        return self.marked(key, answers).verdict.outcome is Outcome.CORRECT


@dataclass(frozen=True, slots=True)
class Size:
    """How large a class is, and when now is for it."""

    students: int
    weeks: int
    seed: int
    until: datetime


Told = Callable[[Iterator[Learner], int], Iterator[Learner]]


def fill(course: Course, size: Size, told: Told = lambda rows, _total: rows) -> dict[str, int]:
    """Make assignments, students and their work in ``course``; what was made, counted.

    ``told`` wraps the loop over the students. The bank must be published.
    """
    marker, weeks = Marker(), WEEKS[: size.weeks]
    items = list(_assignments(course, weeks, size.until))
    keys = {exercise: _keys(exercise) for exercise in {item.exercise for _week, item in items}}
    crowd = learners(size.students, size.seed, sorted(texts("misconceptions")))
    users = _enrolled(course, crowd, size)
    rows = Rows()
    for learner in told(iter(crowd), len(crowd)):
        if learner.starts:
            _work(learner, users[learner.number], items, keys, marker, size, rows)
    rows.save()
    rebuild(course)
    return {
        "students": len(crowd),
        "assignments": len(weeks),
        "items": len(items),
        "submissions": len(rows.submissions),
        "distinct answers": len(marker.known),
    }


@dataclass
class Rows:
    """What is written at the end, in bulk."""

    attempts: list[Attempt] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    hints: list[OpenedHint] = field(default_factory=list)
    sittings: list[Sitting] = field(default_factory=list)

    def save(self) -> None:
        """Attempts first: the submissions point at them."""
        opened = {id(attempt): attempt.opened_at for attempt in self.attempts}
        Attempt.objects.bulk_create(self.attempts, BATCH)
        for attempt in self.attempts:
            attempt.opened_at = opened[id(attempt)]
        for submission in self.submissions:
            submission.attempt_id = submission.attempt.pk
        Submission.objects.bulk_create(self.submissions, BATCH)
        Result.objects.bulk_create(self.results, BATCH)
        for hint in self.hints:
            hint.attempt_id = hint.attempt.pk
        OpenedHint.objects.bulk_create(self.hints, BATCH)
        Sitting.objects.bulk_create(self.sittings, BATCH)


def _assignments(course: Course, weeks: Sequence[Week], until: datetime) -> Iterator[tuple[Week, Item]]:
    """The weeks' assignments with their items; the last one is under way at ``until``."""
    exercises = {
        row.slug: row
        for row in PublishedExercise.objects.filter(
            Q(slug__in={slug for week in weeks for slug in week.exercises})
        ).order_by("version")
    }
    for place, week in enumerate(weeks):
        opens, due = dates(place, len(weeks), until)
        assignment = Assignment.objects.create(
            course=course,
            title=week.title,
            kind=week.kind,
            opens=opens,
            due=due,
            closes=due + timedelta(days=1) if week.minutes else due + timedelta(days=7),
            minutes=week.minutes,
            position=place,
        )
        for position, slug in enumerate(week.exercises, start=1):
            made = Item.objects.create(
                assignment=assignment,
                exercise=exercises[slug],
                position=position,
                points=POINTS,
                tries=week.tries,
            )
            yield week, made


def dates(place: int, weeks: int, until: datetime) -> tuple[datetime, datetime]:
    """When the assignment of a week opens and is due: the last week is half over at ``until``."""
    opens = (until - timedelta(days=3.5 + 7 * (weeks - 1 - place))).replace(minute=0, second=0, microsecond=0)
    return opens, opens + timedelta(days=7)


def _keys(exercise: PublishedExercise) -> list[Key]:
    published = Published.model_validate(exercise.document)
    return [key_of(published, variant(published, seed)) for seed in range(1, POOL + 1)]


def _enrolled(course: Course, crowd: Sequence[Learner], size: Size) -> dict[int, User]:
    """The students as users of the course, in sections. All have the password of the demo."""
    password = make_password(f"class-{size.seed}")  # once: it takes longer than all the rest of a user
    sections = [Section.objects.get_or_create(course=course, name=name)[0] for name in SECTIONS]
    users = [
        User(
            username=f"{course.slug}-{one.number + 1:03}",
            first_name=one.first_name,
            last_name=one.last_name,
            email=f"{course.slug}-{one.number + 1:03}@example.edu",
            password=password,
        )
        for one in crowd
    ]
    User.objects.bulk_create(users, BATCH)
    Enrolment.objects.bulk_create(
        (
            Enrolment(
                course=course,
                user=user,
                section=sections[one.number % len(sections)],
                student_number=f"{7_100_000 + 37 * one.number}",
            )
            for one, user in zip(crowd, users, strict=True)
        ),
        BATCH,
    )
    return {one.number: user for one, user in zip(crowd, users, strict=True)}


def _work(
    learner: Learner,
    user: User,
    items: Sequence[tuple[Week, Item]],
    keys: Mapping[PublishedExercise, list[Key]],
    marker: Marker,
    size: Size,
    rows: Rows,
) -> None:
    """All that one student does in these weeks."""
    given_up: set[str] = set()
    now: datetime | None = None
    for place in range(size.weeks):
        chance = Random(f"week:{size.seed}:{learner.number}:{place}")
        here = [(week, item) for week, item in items if item.assignment.position == place]
        if place >= learner.leaves or not here or chance.random() < 0.03:
            continue
        now = _start(learner, chance, place, size)
        if here[0][0].minutes:
            rows.sittings.append(Sitting(user=user, assignment=here[0][1].assignment, begun_at=now))
        for week, item in here[: _reach(learner, chance, len(here))]:
            pool = keys[item.exercise]
            if week.minutes:
                pool = pool[learner.number % POOL :] + pool[: learner.number % POOL]
            mind = Mind(learner, chance, given_up)
            seen = visits(mind, pool, now, size.until, marker.is_right, week.tries)
            if not seen:
                break
            _keep(rows, user, item, seen, marker, f"{size.seed}:{learner.number}:{item.pk}")
            last = seen[-1]
            now = (last.tries[-1].at if last.tries else last.opened) + timedelta(seconds=chance.randrange(90))


def _start(learner: Learner, chance: Random, place: int, size: Size) -> datetime:
    """When this one sits down in this week; in the last week some are at it right now."""
    opens, due = dates(place, size.weeks, size.until)
    if place == size.weeks - 1 and chance.random() < 0.12:
        return size.until - timedelta(minutes=chance.uniform(2, 25))
    day = min(6, int(chance.betavariate(2.2, 1.6) * 7))
    start = opens.replace(hour=0) + timedelta(days=day, hours=learner.hour + chance.gauss(0, 1))
    return max(opens + timedelta(minutes=chance.uniform(1, 90)), min(start, due - timedelta(hours=1)))


def _reach(learner: Learner, chance: Random, items: int) -> int:
    """How many items of a week this one gets to before giving up."""
    return items if chance.random() < 0.86 + 0.06 * learner.skill else chance.randint(1, items)


def _keep(rows: Rows, user: User, item: Item, seen: Sequence[Visit], marker: Marker, name: str) -> None:
    """The rows of one student at one item."""
    result = Result(user=user, item=item)
    for visit in seen:
        numbers = visit.key.variant
        attempt = Attempt(
            user=user,
            item=item,
            exercise=item.exercise,
            number=visit.number,
            seed=numbers.seed,
            generator=numbers.generator,
            values=numbers.values,
            opened_at=visit.opened,
        )
        rows.attempts.append(attempt)
        for number, at in enumerate(visit.hints, start=1):
            rows.hints.append(OpenedHint(attempt=attempt, number=number, opened_at=at))
        for number, each in enumerate(visit.tries, start=1):
            found = marker.marked(visit.key, each.answers)
            digest = hashlib.sha256(f"{name}:{visit.number}:{number}".encode()).digest()
            rows.submissions.append(
                Submission(
                    id=UUID(bytes=digest[:16], version=4),
                    attempt=attempt,
                    number=number,
                    key=digest.hex(),
                    answers=each.answers,
                    digest=found.digest,
                    state=State.GRADED,
                    verdict=found.stored,
                    points=found.verdict.points,
                    possible=found.verdict.possible,
                    counts=found.verdict.counts,
                    queued_at=each.at,
                    sent_at=each.at,
                    marked_at=each.at + timedelta(seconds=1),
                )
            )
            _add(result, item, found.verdict)
    rows.results.append(result)


def _add(result: Result, item: Item, verdict: Verdict) -> None:
    share = verdict.points / verdict.possible if verdict.possible else Decimal(0)
    result.points = max(result.points, (item.points * share).quantize(Decimal("0.001")))
    result.tries += int(verdict.counts)
    result.marked += 1
    result.solved = result.solved or verdict.outcome is Outcome.CORRECT
