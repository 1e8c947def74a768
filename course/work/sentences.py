"""What changes of assignments are called in the journal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from course.people.journal import describe
from course.people.models import Data

describe(
    "work",
    _("Assignments"),
    {
        "made": _("made the assignment “%(assignment)s”"),
        "changed": _("changed the assignment “%(assignment)s”: %(fields)s"),
        "deleted": _("deleted the assignment “%(assignment)s”, in which nothing was handed in"),
        "moved": _("moved the assignment “%(assignment)s”"),
        "added": _("put %(exercises)s into “%(assignment)s”"),
        "removed": _("took %(exercise)s out of “%(assignment)s”"),
        "items": _("changed points, tries, pool or counting in “%(assignment)s”: %(exercises)s"),
        "pool": _("changed the pool “%(pool)s” of “%(assignment)s”: %(draws)s for each student"),
        "pool_ended": _("dissolved the pool “%(pool)s” of “%(assignment)s”"),
        "section_excepted": _(
            "gave the section “%(section)s” other dates in “%(assignment)s”: due %(due)s, closes %(closes)s"
        ),
        "section_exception_ended": _("took the dates of the section “%(section)s” in “%(assignment)s” back"),
    },
)
describe(
    "dates",
    _("Dates of students"),
    {
        "excepted": _("gave %(name)s other dates in “%(assignment)s”: due %(due)s, closes %(closes)s"),
        "exception_ended": _("took the dates of %(name)s in “%(assignment)s” back"),
    },
    data=Data.VIEWER,
)
