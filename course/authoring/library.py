"""Where a new document may start from: the bank's files, and what the author's other courses have written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.db.models import OuterRef, Q, QuerySet, Subquery

from course.authoring.models import Check, Document, Revision
from course.people.models import Content, Course, Enrolment, User
from exercises.bank import BANK, read


@dataclass(frozen=True, slots=True)
class Template:
    """A file of the bank: ``id`` is its name without .yaml."""

    id: str
    name: str
    text: str
    exercises: tuple[tuple[str, str], ...]  # (id, step)


@cache
def templates() -> Mapping[str, Template]:
    """The bank's files by id, the lesson's network first."""
    found = {}
    for path in sorted(BANK.glob("*.yaml"), key=lambda path: (path.stem != "seed", path.stem)):
        text = path.read_text(encoding="utf-8")
        exercises = read(text, path.name)
        asked = tuple((one.id, one.step.value) for one in exercises)
        found[path.stem] = Template(path.stem, exercises[0].name, text, asked)
    return found


def documents_of(course: Course, *, put_away: bool = False) -> QuerySet[Document]:
    """The course's documents with their newest revision (``number``, ``saved_at``, ``saved_by``) and the
    state of its last check (``checked``)."""
    revisions = Revision.objects.filter(document=OuterRef("pk")).order_by("-number")
    checks = Check.objects.filter(revision__document=OuterRef("pk")).order_by("-revision__number", "-pk")
    return (
        Document.objects.filter(course=course, put_away=put_away)
        .annotate(
            number=Subquery(revisions.values("number")[:1]),
            saved_at=Subquery(revisions.values("at")[:1]),
            saved_by=Subquery(revisions.values("by__username")[:1]),
            checked=Subquery(checks.values("state")[:1]),
            is_older=Q(number__gt=Subquery(checks.values("revision__number")[:1])),
        )
        .order_by("title", "pk")
    )


def elsewhere(user: User, course: Course) -> QuerySet[Document]:
    """Documents of the user's other courses: those in which they may at least look at the content."""
    places = Enrolment.objects.filter(user=user, active=True, content__gte=Content.VIEWER)
    others = places.exclude(course=course).values("course")
    found = Document.objects.filter(course__in=others, put_away=False).select_related("course")
    return found.order_by("course__title", "title", "pk")


def texts_of(course: Course) -> dict[str, str]:
    """File name -> newest text of every document that is not put away."""
    revisions = Revision.objects.filter(document=OuterRef("pk")).order_by("-number")
    found = Document.objects.filter(course=course, put_away=False).order_by("slug")
    rows = found.annotate(text=Subquery(revisions.values("text")[:1])).values_list("slug", "text")
    return {f"{slug}.yaml": text for slug, text in rows}


_ID = re.compile(r"(\bid:\s*)([a-z0-9-]+)")


def own_ids(course: Course, text: str) -> str:
    """A copy in which no exercise has the id of one that the course has already: it gets ``-2`` and so on."""
    taken = {found[2] for other in texts_of(course).values() for found in _ID.finditer(other)}
    new: dict[str, str] = {}

    def own(match: re.Match[str]) -> str:
        old, number = match[2], 1
        while old not in new:
            wanted = old if number == 1 else f"{old}-{number}"
            if wanted not in taken:
                new[old] = wanted
            number += 1
        return f"{match[1]}{new[old]}"

    return _ID.sub(own, text)
