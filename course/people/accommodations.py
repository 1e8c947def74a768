"""What one student gets everywhere in a course: more time on the clock, more days before a date."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.people import journal
from course.people.models import Accommodation, Enrolment, User
from course.people.roles import name_of

NOTHING = (Decimal(1), 0, "")  # factor, days, note


def accommodation_of(place: Enrolment) -> Accommodation | None:
    """The student's, if there is one."""
    found: Accommodation | None = getattr(place, "accommodation", None)
    return found


def said(accommodation: Accommodation | None) -> str:
    """What it gives, in words: "1.5× time and 2 more days"; "" if nothing."""
    if accommodation is None:
        return ""
    days = accommodation.extra_days
    parts = []
    if accommodation.time_factor != 1:
        parts.append(_("%(factor)s× time") % {"factor": plain(accommodation.time_factor)})
    if days:
        parts.append(ngettext("%(days)d more day", "%(days)d more days", days) % {"days": days})
    return _(" and ").join(parts)


def plain(factor: Decimal) -> str:
    """Without zeros at its end."""
    return f"{factor.normalize():f}"


@transaction.atomic
def accommodate(place: Enrolment, factor: Decimal, days: int, note: str, by: User | None) -> bool:
    """Give a student a factor on every time limit (1 to 10) and days on every date; whether that is new.

    A factor of 1, no day and no note take the row away.
    """
    before = accommodation_of(place)
    wanted = (Decimal(factor), days, note)
    if wanted == ((before.time_factor, before.extra_days, before.note) if before else NOTHING):
        return False
    old = said(before) or _("none")
    if wanted == NOTHING:
        Accommodation.objects.filter(enrolment=place).delete()
    else:
        values = {"time_factor": factor, "extra_days": days, "note": note}
        Accommodation.objects.update_or_create(enrolment=place, defaults=values)
    told = {"name": name_of(place), "factor": plain(Decimal(factor)), "days": days, "old": old}
    journal.note(place.course, by, "people.accommodated", whom=place.user, **told)
    return True
