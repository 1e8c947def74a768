"""What changes of exercise sets are called in the journal of a course."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from course.people.journal import describe

describe(
    "authoring",
    _("Exercises"),
    {
        "made": _("began the exercise set “%(title)s” (%(note)s)"),
        "saved": _("saved “%(title)s”, revision %(number)s"),
        "restored": _("restored revision %(old)s of “%(title)s” as revision %(number)s"),
        "published": _("published %(new)s new versions of “%(title)s” from revision %(number)s%(placed)s"),
        "imported": _("imported %(files)s exercise sets"),
        "put_away": _("put the exercise set “%(title)s” away"),
        "taken_out": _("took the exercise set “%(title)s” out again"),
    },
)
