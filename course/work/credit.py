"""How much of its points a submission keeps, and why: lateness, further tries, hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.work.dates import days_late
from course.work.policies import CAPPED_FROM, MarkingPolicy, solution_after
from course.work.policy_values import as_percent

ONE, NONE = Decimal(1), Decimal(0)
STEP = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Credit:
    """The share that is kept, and why it is not all: ``{"code", "number", "share"}`` for each cause."""

    share: Decimal = ONE
    why: tuple[dict[str, Any], ...] = ()


def credit_of(
    policy: MarkingPolicy, *, handed_in: datetime, due: datetime | None, number: int, hints: int
) -> Credit:
    """The credit of a submission.

    ``number``: which counted try on its variant it is, from 1; ``hints``: how many had been opened before it.
    """
    after = solution_after(policy)
    if after is not None and number > after:
        return Credit(NONE, (_cause("solution", after, NONE),))
    share = of_try(policy, number)
    why = [_cause("try", number, share)] if share < ONE else []
    lost = after_hints(policy, hints)
    if lost < ONE:
        why.append(_cause("hints", hints, lost))
        share = min(
            max(share - _costs(policy, hints), NONE), policy.hint_cap if hints >= CAPPED_FROM else ONE
        )
    days = days_late(due and due + timedelta(seconds=policy.grace), handed_in)
    kept = of_late(policy, days)
    if kept < ONE:
        why.append(_cause("late", days, kept))
    return Credit((share * kept).quantize(STEP), tuple(why))


def _cause(code: str, number: int, share: Decimal) -> dict[str, Any]:
    return {"code": code, "number": number, "share": str(share)}


def of_try(policy: MarkingPolicy, number: int) -> Decimal:
    """What the try with this number keeps; the one more try has a share of its own."""
    if policy.second_try is not None and policy.tries is not None and number > policy.tries:
        return policy.second_try
    return _nth(policy.try_credit, number)


def after_hints(policy: MarkingPolicy, hints: int) -> Decimal:
    """What is left at most after so many hints."""
    left = max(ONE - _costs(policy, hints), NONE)
    return min(left, policy.hint_cap) if hints >= CAPPED_FROM else left


def _costs(policy: MarkingPolicy, hints: int) -> Decimal:
    return sum((_nth(policy.hint_costs, number) for number in range(1, hints + 1)), NONE)


def _nth(shares: Sequence[Decimal], number: int) -> Decimal:
    return shares[min(number, len(shares)) - 1] if shares else ONE


def of_late(policy: MarkingPolicy, days: int) -> Decimal:
    """What is kept so many begun days after the due date; after the last step, nothing."""
    if days == 0:
        return ONE
    if policy.late_steps:
        return next((kept for until, kept in policy.late_steps if days <= until), NONE)
    return max(ONE - days * policy.late_per_day, NONE)


def is_free(policy: MarkingPolicy) -> bool:
    """Whether every submission keeps all of its points."""
    return (
        set(policy.try_credit) == {ONE}
        and solution_after(policy) is None
        and policy.second_try in {None, ONE}
        and after_hints(policy, CAPPED_FROM) == ONE
        and not (policy.late_per_day or policy.late_steps)
    )


def told(why: Sequence[Mapping[str, Any]]) -> str:
    """The causes in words, as in ``80 % for 2 days late``; empty if nothing was lost."""
    return ", ".join(_told(cause) for cause in why)


def _told(cause: Mapping[str, Any]) -> str:
    number, values = (
        int(cause["number"]),
        {"number": cause["number"], "share": as_percent(Decimal(cause["share"]))},
    )
    if cause["code"] == "late":
        words = ngettext(
            "%(share)s %% for %(number)d begun day late",
            "%(share)s %% for %(number)d begun days late",
            number,
        )
    elif cause["code"] == "try":
        words = _("%(share)s %% for try %(number)d")
    elif cause["code"] == "hints":
        words = ngettext("%(share)s %% after %(number)d hint", "%(share)s %% after %(number)d hints", number)
    else:
        words = _("nothing, as the worked answer had been shown")
    return words % values
