"""What changes of courses and people are called in the journal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from course.people.journal import describe
from course.people.models import Data

describe(
    "course",
    _("Course"),
    {
        "created": _("made the course “%(title)s”"),
        "titled": _("changed the title from “%(old)s” to “%(new)s”"),
        "first_day": _("set the first day to %(day)s"),
        "archived": _("archived the course"),
        "opened": _("took the course out of the archive"),
        "code_renewed": _("made a new join code; the old one lets nobody in any more"),
        "code_off": _("switched the join code off"),
        "forgotten": _("deleted %(attempts)s attempts of their own, made to try the exercises"),
        "code_on": _("switched the join code on"),
        "copied": _("copied this course from “%(title)s”, with its dates moved by %(days)s days"),
        "copied_to": _("copied this course to “%(title)s”"),
    },
)
describe(
    "people",
    _("People"),
    {
        "joined": _("joined with the join code"),
        "added": _("put %(name)s in the course as %(role)s"),
        "left": _("marked %(name)s as having left"),
        "returned": _("took %(name)s back into the course"),
        "role": _("changed %(name)s from %(old)s to %(new)s"),
        "details": _("changed %(name)s: %(fields)s"),
        "accepted": _("came in by the invitation and chose a password"),
        "mailed": _("sent %(mails)s invitations by mail"),
        "invited": _("made a new invitation for %(name)s; the former link is void"),
        "imported": _("imported a roster: %(new)s new, %(changed)s changed, %(left)s left"),
        "undone": _("undid an import of %(lines)s people; %(kept)s had been changed since and stayed so"),
        "accommodated": _("gave %(name)s %(factor)s× time and %(days)s extra days (before: %(old)s)"),
        "section_made": _("made the section “%(section)s”"),
        "section_renamed": _("renamed the section “%(old)s” to “%(new)s”"),
        "section_deleted": _("deleted the section “%(section)s”, in which %(people)s people were"),
        "section_filled": _("put %(people)s people in the section “%(section)s”"),
    },
    data=Data.VIEWER,
)
