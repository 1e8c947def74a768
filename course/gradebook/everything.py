"""All of a course's data as one JSON document, written as it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from course.gradebook.book import Book, Row, all_rows
from course.gradebook.models import Change, Excuse
from course.gradebook.rounding import rounded
from course.people.models import Accommodation, Course, Enrolment
from course.work.models import Assignment, Attempt, DateException, Item, PublishedExercise, Submission

FORM, VERSION = "backprop-trainer-course", 1
CHUNK = 2000  # rows that are read at once
ASSIGNMENT = ("id", "title", "kind", "opens", "due", "closes", "hidden", "minutes", "shuffled", "policy")
ITEM = ("id", "assignment_id", "exercise_id", "pool_id", "position", "points", "tries", "counts")
EXERCISE = ("id", "slug", "version", "title", "step", "document", "published_at")
ATTEMPT = ("id", "user_id", "item_id", "exercise_id", "number", "seed", "generator", "values", "opened_at")
SUBMISSION = (
    *("id", "attempt_id", "number", "answers", "state", "verdict", "fault", "points", "possible", "override"),
    *("credit", "counts", "queued_at", "marked_at"),
)
EXCEPTION = ("assignment_id", "section__name", "enrolment_id", "opens", "due", "closes", "note")
PERSON = (
    *("id", "user_id", "user__username", "user__first_name", "user__last_name", "user__email", "role"),
    *("content", "data", "section__name", "student_number", "lms_id", "active", "joined_at"),
)
encoder = DjangoJSONEncoder(ensure_ascii=False)


def everything(course: Course, book: Book, found: QuerySet[Enrolment]) -> Iterator[str]:
    """The document in parts of text. People are told by ``user_id``; passwords are in no table of this."""
    named = {"slug": course.slug, "title": course.title, "archived": course.archived}
    yield encoder.encode({"format": FORM, "version": VERSION, "made_at": book.now, "course": named})[:-1]
    for name, rows in _tables(course).items():
        yield f",\n{encoder.encode(name)}: "
        yield from _array(rows)
    yield ',\n"gradebook": ' + encoder.encode(book.setup.data())
    yield ',\n"scores": '
    yield from _array(map(_scores, all_rows(book, found)))
    yield "}\n"


def _tables(course: Course) -> dict[str, Iterable[dict[str, Any]]]:
    of = {"assignment__course": course}
    items = Item.objects.filter(**of).order_by("pk")
    exercises = PublishedExercise.objects.filter(pk__in=items.order_by().values("exercise"))
    attempts = Attempt.objects.filter(item__assignment__course=course).order_by("pk")
    submissions = Submission.objects.filter(attempt__item__assignment__course=course).order_by(
        "queued_at", "pk"
    )
    tables: dict[str, QuerySet[Any, Any]] = {
        "people": Enrolment.objects.filter(course=course).order_by("pk").values(*PERSON),
        "accommodations": Accommodation.objects.filter(enrolment__course=course).order_by("pk").values(),
        "assignments": Assignment.objects.filter(course=course).order_by("pk").values(*ASSIGNMENT),
        "items": items.values(*ITEM),
        "exceptions": DateException.objects.filter(**of).order_by("pk").values(*EXCEPTION),
        "exercises": exercises.order_by("pk").values(*EXERCISE),
        "attempts": attempts.values(*ATTEMPT),
        "submissions": submissions.values(*SUBMISSION),
        "excuses": Excuse.objects.filter(**of).order_by("pk").values("enrolment_id", "assignment_id"),
        "grade_changes": Change.objects.filter(course=course).order_by("pk").values(),
    }
    return {name: rows.iterator(chunk_size=CHUNK) for name, rows in tables.items()}


def _scores(row: Row) -> dict[str, Any]:
    return {
        "user_id": row.student.user,
        "total": row.total.percent,
        "letter": row.total.letter,
        "assignments": {
            str(number): {
                "state": entry.state.value,
                "points": rounded(entry.score.points),
                "possible": entry.score.possible,
            }
            for number, entry in row.entries.items()
        },
    }


def _array(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    first = True
    yield "["
    for row in rows:
        yield ("\n" if first else ",\n") + encoder.encode(row)
        first = False
    yield "]"
