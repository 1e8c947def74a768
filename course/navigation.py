"""The tabs over the staff's pages of a course, as data: a new room of the site adds a line here."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from course.people.models import Content, Data, Enrolment


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: ``url`` names an address that takes the course's slug; the rest is what it needs."""

    id: str
    words: str | Promise
    url: str
    content: Content = Content.NONE
    data: Data = Data.NONE


TABS = (
    Tab("content", _("Content"), "course"),
    Tab("assignments", _("Assignments"), "plan", content=Content.VIEWER),
    Tab("exercises", _("Exercises"), "sets", content=Content.VIEWER),
    Tab("progress", _("Progress"), "progress", data=Data.VIEWER),
    Tab("submissions", _("Submissions"), "submissions", data=Data.VIEWER),
    Tab("grades", _("Grades"), "grades", data=Data.VIEWER),
    Tab("requests", _("Requests"), "requests", data=Data.VIEWER),
    Tab("people", _("People"), "roster", data=Data.VIEWER),
    Tab("changes", _("Changes"), "changes"),
    Tab("settings", _("Settings"), "course-settings", content=Content.OWNER),
)


def tabs_of(enrolment: Enrolment) -> list[Tab]:
    """The tabs that one of the staff may open; none for a student."""
    if not enrolment.is_staff:
        return []
    return [tab for tab in TABS if enrolment.content >= tab.content and enrolment.data >= tab.data]
