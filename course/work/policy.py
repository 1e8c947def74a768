"""Whether an assignment takes answers now."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.models import Enrolment
from course.work.models import Item


def refuse_unopened(item: Item, enrolment: Enrolment) -> None:
    """Before it opens, only instructors see an assignment; raises Refused (403)."""
    opens = item.assignment.opens
    if opens is not None and timezone.now() < opens and not enrolment.is_staff:
        raise Refused(403, _("Not open yet"), _("This opens on %(when)s.") % {"when": _date(opens)})


def refuse_closed(item: Item, enrolment: Enrolment) -> None:
    """After it closed, or when the course is over, nothing more is taken; raises Refused (403, 409)."""
    refuse_unopened(item, enrolment)
    closes = item.assignment.closes
    if enrolment.course.archived:
        raise Refused(409, _("Closed"), _("This course is over. You can read it, but hand nothing in."))
    if closes is not None and timezone.now() >= closes:
        detail = _("This closed on %(when)s. What you handed in before counts.") % {"when": _date(closes)}
        raise Refused(409, _("Closed"), detail)


def _date(when: datetime) -> str:
    return date_format(timezone.localtime(when), "DATETIME_FORMAT")
