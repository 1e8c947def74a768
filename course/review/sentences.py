"""What changes of marks are called in the journal of a course."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from course.people.journal import describe
from course.people.models import Content, Data

describe(
    "marks",
    _("Marks"),
    {
        "overridden": _(
            "gave %(name)s %(after)s points (before: %(before)s) for %(box)s in “%(title)s”: %(reason)s"
        ),
        "withdrawn": _(
            "took points by hand back from %(name)s, %(box)s in “%(title)s”: %(before)s became %(after)s"
        ),
        "closed": _("closed a request of %(name)s about “%(title)s”: %(end)s"),
        "regraded": _("marked %(number)s submissions again (%(scope)s); %(scores)s scores changed: %(why)s"),
        "unregraded": _("undid a regrade of %(number)s submissions (%(scope)s)"),
        "rule": _("let “%(title)s” count: %(after)s (before: %(before)s); %(scores)s scores changed"),
    },
    content=Content.NONE,
    data=Data.VIEWER,
)
ABOUT_ONE = ("marks.overridden", "marks.withdrawn")  # changes of one submission
