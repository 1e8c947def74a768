"""The journal of a course: every change by somebody of the staff is a line with who, when and what.

A room of the site describes its changes once, as data, and notes each as it happens, in its transaction::

    describe("work", _("Assignments"), {"due": _("moved the due date of %(assignment)s to %(due)s")})
    note(course, request.user, "work.due", assignment=str(assignment), due=due)

``about`` holds what the sentence needs, as JSON; names are kept as they were then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise

from course.people.models import Content, Course, Data, Enrolment, Entry, User


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one room: what they are called, and the rights it takes to read of them."""

    words: str | Promise
    content: Content
    data: Data
    sentences: Mapping[str, str | Promise]  # by the whole code, as "work.due"


GROUPS: dict[str, Group] = {}


def describe(
    group: str,
    words: str | Promise,
    sentences: Mapping[str, str | Promise],
    *,
    content: Content = Content.VIEWER,
    data: Data = Data.NONE,
) -> None:
    """Say what a room's codes mean: sentences in the past tense, without who, with ``%(name)s`` of ``about``.

    Only who has these rights in the course reads them. Changes that name students need ``data``.
    """
    whole = {f"{group}.{code}": sentence for code, sentence in sentences.items()}
    GROUPS[group] = Group(words, content, data, whole)


def note(
    course: Course, by: User | AnonymousUser | None, code: str, *, whom: User | None = None, **about: Any
) -> Entry:
    """Write a line, in the change's transaction. ``by``: None for a command; ``whom``: whom it is about."""
    return Entry.objects.create(
        course=course, by=by if isinstance(by, User) else None, what=code, whom=whom, about=about
    )


def note_all(
    course: Course, by: User | None, code: str, abouts: Iterable[tuple[User, dict[str, Any]]]
) -> None:
    """The same for many people at once, each with what the line says about them."""
    Entry.objects.bulk_create(
        [Entry(course=course, by=by, what=code, whom=whom, about=about) for whom, about in abouts],
        batch_size=500,
    )


def readable(enrolment: Enrolment) -> dict[str, Group]:
    """The groups that one of the staff may read."""
    return {
        code: group
        for code, group in GROUPS.items()
        if enrolment.content >= group.content and enrolment.data >= group.data
    }


def sentence(entry: Entry) -> str:
    """What was changed, in words; of a code that nobody describes any more, the code and its names."""
    group = GROUPS.get(entry.what.partition(".")[0])
    words = group.sentences.get(entry.what) if group else None
    if words is None:
        return " ".join([entry.what, *(f"{name}={value}" for name, value in sorted(entry.about.items()))])
    return str(words) % _About(entry.about)


class _About(dict[str, Any]):
    """What a line is about; a dash where an older line lacks a name."""

    def __missing__(self, name: str) -> str:
        return "–"
