"""What counts in an assignment, in words for the student: its dates, its clock and its policy."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.work.credit import after_hints
from course.work.gate import shown
from course.work.policies import CAPPED_FROM, MarkingPolicy
from course.work.policy_values import as_percent
from course.work.standing import Standing

Line = tuple[str, str]  # what it is about, and what holds


def briefing(standing: Standing) -> list[Line]:
    """The lines of an assignment's page, in the order in which one asks for them."""
    return [*_dates(standing), *_time(standing), *_tries(standing.policy), *_feedback(standing.policy)]


def _dates(standing: Standing) -> Iterator[Line]:
    dates, policy = standing.effective, standing.policy
    why = f" ({dates.reason})" if dates.reason else ""
    if dates.opens is not None and standing.now < dates.opens:
        yield _("Opens"), shown(dates.opens)
    if dates.due is not None:
        yield _("Due"), shown(dates.due) + why
    if dates.closes is not None and dates.closes != dates.due:
        yield _("Closes"), shown(dates.closes) + ("" if dates.due else why)
    if dates.due is not None and dates.closes != dates.due:
        yield _("Late"), _late(policy)


def _late(policy: MarkingPolicy) -> str:
    if policy.late_steps:
        steps = [
            ngettext("%(share)s %% up to %(days)d day late", "%(share)s %% up to %(days)d days late", days)
            % {"share": as_percent(kept), "days": days}
            for days, kept in policy.late_steps
        ]
        return ", ".join([*steps, _("then nothing")])
    if policy.late_per_day:
        return _("%(share)s %% less for each begun day") % {"share": as_percent(policy.late_per_day)}
    return _("taken with all of its points until it closes")


def _time(standing: Standing) -> Iterator[Line]:
    seconds = standing.seconds
    if seconds is None:
        return
    text = minutes(seconds)
    factor = standing.effective.factor
    if factor != 1:
        values = {"time": text, "factor": f"{Decimal(factor).normalize():f}"}
        text = _("%(time)s for you (%(factor)s times as long)") % values
    yield _("Time"), text


def minutes(seconds: int) -> str:
    """A time limit in words: ``20 minutes``, ``22 minutes 30 seconds``."""
    whole, rest = divmod(seconds, 60)
    text = ngettext("%(number)d minute", "%(number)d minutes", whole) % {"number": whole}
    return text + (" " + ngettext("%(n)d second", "%(n)d seconds", rest) % {"n": rest} if rest else "")


def _tries(policy: MarkingPolicy) -> Iterator[Line]:
    if policy.tries is None:
        text = _("no limit")
    else:
        each = _("%(number)d for each variant") if policy.fresh else _("%(number)d for each exercise")
        text = each % {"number": policy.tries}
    shares = [*policy.try_credit[: policy.tries]]
    if len(set(shares)) > 1 or shares[0] != 1:
        text += _("; they keep %(shares)s %%") % {"shares": ", ".join(map(as_percent, shares))}
    if policy.second_try is not None:
        text += _("; one more at %(share)s %%") % {"share": as_percent(policy.second_try)}
    yield _("Tries"), text
    if policy.fresh:
        yield _("New numbers"), _("as often as you like, with all of the points again; the best one counts")
    yield _("Slips of the pen"), _("what cannot be read costs no try")


def _feedback(policy: MarkingPolicy) -> Iterator[Line]:
    yield (
        _("Feedback"),
        _("after the close, for everybody at once") if policy.is_veiled else _("at once, for every box"),
    )
    if not policy.hints:
        yield _("Hints"), _("none")
    else:
        costs = [as_percent(after_hints(policy, number)) for number in range(1, CAPPED_FROM + 1)]
        free = _("free") if set(costs) == {"100"} else ""
        at_most = _("after one, two, three: at most %(shares)s %% of the points")
        yield _("Hints"), free or at_most % {"shares": ", ".join(costs)}
    if policy.follow_through:
        yield _("Follow-through"), _("a later box that is right for your own earlier ones gets its points")
