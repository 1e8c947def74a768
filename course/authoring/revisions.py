"""Saving: every state of a text is a revision of its own, and of two people at once nobody loses anything."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from course.authoring.models import Document, Revision
from course.errors import Refused
from course.people.models import Course, User
from exercises.bank import BankError, read
from exercises.places import LONGEST, Problem

UNNAMED = "exercises"
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the bank reads it: what it holds, or what is wrong with it."""

    name: str = ""
    exercises: tuple[tuple[str, str], ...] = ()  # (id, step) of each
    problems: tuple[Problem, ...] = ()


def read_text(text: str) -> Read:
    """The same reading as ``python -m exercises check`` has."""
    try:
        found = read(text)
    except BankError as error:
        return Read(problems=error.problems)
    return Read(found[0].name, tuple((one.id, one.step.value) for one in found))


def tidy(text: str) -> str:
    """A text as it is kept: Unix line ends, one at the end, no character that a database refuses."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").rstrip()
    return f"{kept}\n" if kept else ""


def one_line(text: str) -> str:
    """A note or a title: one line, without characters that a database refuses."""
    return " ".join(text.replace("\0", " ").split())


def newest(document: Document) -> Revision:
    """The text as it is now; a document has at least one revision."""
    return document.revisions.select_related("by").order_by("-number")[0]


def open_document(course: Course, text: str, by: User | None, note: str, name: str = "") -> Document:
    """A new document of the course with its first revision."""
    title = (read_text(text).name or name or _("Exercises"))[:LONGEST_TITLE]
    with transaction.atomic():
        Course.objects.select_for_update().get(pk=course.pk)  # two at once would take the same short name
        document = Document.objects.create(course=course, slug=_free_slug(course, title), title=title)
        _add(document, 1, text, by, note)
    return document


def _free_slug(course: Course, title: str) -> str:
    wanted = slugify(title)[:50].strip("-") or UNNAMED
    taken = set(
        Document.objects.filter(course=course, slug__startswith=wanted).values_list("slug", flat=True)
    )
    return next(
        slug
        for number in range(1, len(taken) + 2)
        if (slug := wanted if number == 1 else f"{wanted}-{number}") not in taken
    )


class Overtaken(Exception):  # noqa: N818  reads as what happened
    """Somebody else has saved since: ``newest`` is what they made of ``base``."""

    def __init__(self, newest: Revision, base: Revision | None) -> None:
        super().__init__(newest.number)
        self.newest = newest
        self.base = base


@transaction.atomic
def save(document: Document, text: str, by: User, *, base: int, note: str = "") -> Revision:
    """Keep ``text``, which was made from revision ``base``; the newest revision if it is the same text.

    Raises Overtaken when ``base`` is not the newest any more, and Refused for a text that is too long.
    """
    kept = tidy(text)
    if len(kept) > LONGEST:
        raise Refused(413, _("Too much text"), _("A set of exercises may have 100,000 characters."))
    Document.objects.select_for_update().get(pk=document.pk)
    now = newest(document)
    if now.text == kept:
        return now
    if now.number != base:
        raise Overtaken(now, document.revisions.filter(number=base).first())
    title = read_text(kept).name[:LONGEST_TITLE]
    if title and title != document.title:
        Document.objects.filter(pk=document.pk).update(title=title)
        document.title = title
    return _add(document, now.number + 1, kept, by, note)


def restore(document: Document, number: int, by: User) -> Revision:
    """An older text once more, as the newest revision; raises Revision.DoesNotExist."""
    old = document.revisions.get(number=number)
    note = _("Revision %(number)d restored") % {"number": number}
    return save(document, old.text, by, base=newest(document).number, note=note)


def _add(document: Document, number: int, text: str, by: User | None, note: str) -> Revision:
    return Revision.objects.create(document=document, number=number, text=tidy(text), by=by, note=note[:200])
