"""Whether an assignment lets a student in and takes answers now, with the refusal in words."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.models import Enrolment
from course.work.standing import Phase, Standing

MOMENT = "D j M Y, H:i"


class NotBegunError(Refused):
    """The assignment has a page to begin at, and was not begun there."""

    def __init__(self) -> None:
        super().__init__(409, _("Not begun"), _("Begin this on its own page first; then it takes answers."))


class WrongPasswordError(Refused):
    """Not the assignment's password."""

    def __init__(self) -> None:
        detail = _("That is not the password of this assignment. Ask for it in the room.")
        super().__init__(403, _("Wrong password"), detail)


def refuse_unopened(standing: Standing) -> None:
    """Before it opens or is begun, and while it is hidden, only the staff see it.

    Raises Http404, Refused (403), NotBegunError.
    """
    _refuse_unseen(standing)
    if standing.phase is Phase.READY:
        raise NotBegunError


def refuse_closed(standing: Standing, enrolment: Enrolment) -> None:
    """Handed in, over, closed, or the course is over: nothing is taken; raises Refused (403, 409) too."""
    _refuse_unseen(standing)
    if enrolment.course.archived:
        raise Refused(409, _("Closed"), _("This course is over. You can read it, but hand nothing in."))
    if standing.phase is Phase.HANDED_IN:
        raise Refused(409, _("Handed in"), _("You have handed this in. What you had saved by then counts."))
    if standing.phase is Phase.OVER:
        raise _over(standing)
    refuse_unopened(standing)


def _refuse_unseen(standing: Standing) -> None:
    if standing.assignment.hidden and not standing.is_staff:
        raise Http404
    opens = standing.effective.opens
    if standing.phase is Phase.UNOPENED and opens is not None:
        raise Refused(403, _("Not open yet"), _("This opens on %(when)s.") % {"when": shown(opens)})


def _over(standing: Standing) -> Refused:
    closes, ends = standing.effective.closes, standing.ends
    if standing.sitting is not None and ends is not None and ends != closes:
        detail = _("Your time ended at %(when)s. What you had saved by then is handed in.")
        return Refused(409, _("Time is over"), detail % {"when": shown(ends)})
    detail = _("This closed on %(when)s. What you handed in before counts.")
    return Refused(409, _("Closed"), detail % {"when": shown(closes) if closes else ""})


def shown(when: datetime) -> str:
    """A time for people, by the site's clock."""
    return date_format(timezone.localtime(when), MOMENT)
