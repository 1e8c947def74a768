"""What the authors' pages show, gathered from the rows."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from course.authoring import checks, words
from course.authoring.models import Check, CheckState, Document, Publication, Revision
from course.authoring.preview import Look
from course.authoring.publication import slug_of, why_not
from course.people.models import Content, Enrolment
from course.work.models import Item

ICONS = {
    CheckState.QUEUED: ("clock", ""),
    CheckState.RUNNING: ("clock", ""),
    CheckState.PASSED: ("check", "ok"),
    CheckState.FAILED: ("x", "bad"),
}
MOST_SHOWN = 200  # revisions of a page, assignments of a choice


def room(enrolment: Enrolment, **more: Any) -> dict[str, Any]:
    """What every page of the room has."""
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "exercises",
        "may_edit": enrolment.content >= Content.EDITOR,
        **more,
    }


def editor(enrolment: Enrolment, document: Document, revision: Revision, seen: Look) -> dict[str, Any]:
    """The page on which a text is written."""
    return room(
        enrolment,
        look=seen,
        preview_url=reverse("set-look", args=[enrolment.course.slug, document.pk]),
        problems_url=reverse("set-problems", args=[enrolment.course.slug, document.pk]),
        **state(enrolment, document, revision),
    )


def state(enrolment: Enrolment, document: Document, revision: Revision) -> dict[str, Any]:
    """How far the newest revision is on its way to students."""
    check = checks.newest_check(revision)
    found = checks.findings_of(check) if check else []
    published = _published(revision)
    return {
        "document": document,
        "revision": revision,
        "check": check,
        "chip": ICONS[CheckState(check.state)] if check else ("minus", ""),
        "waits": check is not None and not checks.is_over(check),
        "shown": [words.shown(one) for one in found],
        "share": round(100 * len(found) / check.total) if check and check.total else 0,
        "why_not": why_not(revision),
        "published": published,
        "assignments": enrolment.course.assignments.order_by("position", "pk")[:MOST_SHOWN],
        "older": _older(document, check),
        "check_url": reverse("set-check", args=[enrolment.course.slug, document.pk]),
    }


def _published(revision: Revision) -> list[Publication]:
    rows = revision.publications.select_related("exercise", "by").defer("exercise__document")
    return list(rows.order_by("exercise__slug"))


def _older(document: Document, check: Check | None) -> int:
    """How many items of the course would get a new version of their exercise."""
    if check is None or check.state != CheckState.PASSED:
        return 0
    slugs = [slug_of(document.course, one["exercise"]) for one in check.found.values()]
    return Item.objects.filter(assignment__course=document.course, exercise__slug__in=slugs).count()


def told(count: int, assignment: object, moved: int) -> str:
    """What publishing did, in a sentence or three."""
    parts = [
        _("Published: %(count)d new versions.") % {"count": count}
        if count
        else _("Nothing was new: what is published says the same.")
    ]
    if assignment:
        parts.append(_("They are in “%(title)s”.") % {"title": assignment})
    if moved:
        parts.append(_("%(moved)d places in assignments have the new version.") % {"moved": moved})
    return " ".join(parts)
