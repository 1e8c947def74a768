"""Identifiers of students for other systems: each checked against a list of allowed characters.

What does not pass is left out of a file and listed; it is never escaped and never changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.gradebook.book import Student
from course.people.models import Enrolment

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")  # what a spreadsheet may compute
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One way to name a student. ``column``: where the database has it, from the enrolment on."""

    id: str
    words: str | Promise
    column: str
    read: Callable[[Student], str]
    allowed: re.Pattern[str]


def _only(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


IDENTIFIERS = {
    one.id: one
    for one in (
        Identifier(
            "username",
            gettext_lazy("username"),
            "user__username",
            lambda student: student.username,
            _only(r"[A-Za-z0-9_][A-Za-z0-9._@-]{0,149}"),
        ),
        Identifier(
            "email",
            gettext_lazy("e-mail address"),
            "user__email",
            lambda student: student.email,
            _only(r"[A-Za-z0-9_][A-Za-z0-9._%+-]{0,99}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"),
        ),
        Identifier(
            "number",
            gettext_lazy("student number"),
            "student_number",
            lambda student: student.number,
            _only(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}"),
        ),
        Identifier(
            "lms",
            gettext_lazy("id in the LMS"),
            "lms_id",
            lambda student: student.lms_id,
            _only(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}"),
        ),
    )
}
DIGITS = _only(r"[0-9]{1,18}")


def valid(identifier: Identifier, student: Student) -> str:
    """The student's identifier; empty if there is none, or one with other characters."""
    text = identifier.read(student)
    return text if identifier.allowed.fullmatch(text) else ""


def shared(identifier: Identifier, found: QuerySet[Enrolment]) -> frozenset[str]:
    """Identifiers, in small letters, that more than one of these students have."""
    rows = found.order_by().annotate(low=Lower(identifier.column)).exclude(low="").values("low")
    return frozenset(rows.annotate(count=Count("pk")).filter(count__gt=1).values_list("low", flat=True))


def problem(identifier: Identifier, student: Student, twice: frozenset[str], *, numeric: bool = False) -> str:
    """Why a student cannot be in a file with this identifier, in words; empty if nothing is wrong."""
    text, words = identifier.read(student), {"what": identifier.words}
    if not text:
        return _("no %(what)s is known") % words
    if numeric and not DIGITS.fullmatch(text):
        return _("the %(what)s is no number") % words
    if not identifier.allowed.fullmatch(text):
        return _("the %(what)s has characters that an LMS may not take") % words
    if text.lower() in twice:
        return _("another student has the same %(what)s") % words
    return ""


def plain(text: str) -> str:
    """Text on one line: control characters and line breaks become a blank."""
    return CONTROL.sub(" ", text).strip()


def harmless(text: str) -> str:
    """A cell for people: what a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA) else text
