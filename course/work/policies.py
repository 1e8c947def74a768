"""How the work of an assignment is marked: the policy of its kind, and what the assignment says differently.

``Assignment.policy`` holds only what differs, as JSON under the names of ``MarkingPolicy``; shares are
strings such as ``"0.9"``. What is stored there and cannot be read is logged, and the kind's default holds.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from course.work.models import Assignment, Item, Kind
from course.work.policy_values import FIELDS, BadValueError, Feedback
from grader.job import MarkingPolicy as GraderPolicy

log = logging.getLogger(__name__)
ONE = Decimal(1)
CAPPED_FROM = 3  # the hint from which on ``hint_cap`` holds


@dataclass(frozen=True, slots=True)
class MarkingPolicy:
    """Everything about tries, hints, feedback and credit that an assignment may set; shares are 0 to 1.

    The last member of a sequence holds for all that come after it.
    """

    tries: int | None = None  # for one variant; None: no limit
    try_credit: tuple[Decimal, ...] = (ONE,)  # share kept by the first try, the second, ...
    second_try: Decimal | None = None  # one more try than ``tries``, at this share
    solution_after: int | None = 3  # tries after which the worked answer is shown
    fresh: bool = True  # new variants on demand
    feedback: Feedback = Feedback.AT_ONCE
    follow_through: bool = True
    hints: bool = True
    hint_waits: tuple[tuple[int, int], ...] = ((0, 0), (1, 10), (2, 30))  # wrong tries, seconds
    hint_costs: tuple[Decimal, ...] = (Decimal(0),)  # share lost by the first hint, the second, ...
    hint_cap: Decimal = ONE  # most that is left after the third hint
    late_per_day: Decimal = Decimal(0)  # share lost for each begun day
    late_steps: tuple[tuple[int, Decimal], ...] = ()  # (days, share kept until then); in place of the former
    grace: int = 0  # seconds after an end in which what comes in is still in time

    @property
    def allowed(self) -> int | None:
        """Tries for one variant, the one more among them; None: no limit."""
        return None if self.tries is None else self.tries + (self.second_try is not None)

    @property
    def is_veiled(self) -> bool:
        """Whether verdicts are shown only after the close."""
        return self.feedback is Feedback.AFTER_CLOSE

    @property
    def for_grader(self) -> GraderPolicy:
        """The part that the grader needs."""
        return GraderPolicy(follow_through=self.follow_through)


_EXAM = MarkingPolicy(
    tries=1,
    solution_after=None,
    fresh=False,
    feedback=Feedback.AFTER_CLOSE,
    hints=False,
    grace=30,
)
DEFAULTS: Mapping[str, MarkingPolicy] = {
    Kind.PRACTICE: MarkingPolicy(),
    Kind.HOMEWORK: MarkingPolicy(
        tries=3,
        try_credit=(ONE, Decimal("0.9"), Decimal("0.75")),
        hint_costs=(Decimal(0), Decimal("0.05"), Decimal(0)),
        hint_cap=Decimal("0.6"),
        late_per_day=Decimal("0.1"),
        grace=60,
    ),
    Kind.QUIZ: _EXAM,
    Kind.EXAM: _EXAM,
}


def policy_of(assignment: Assignment) -> MarkingPolicy:
    """The policy of an assignment: its kind's default, with what it says differently."""
    if not assignment.policy:
        return DEFAULTS[assignment.kind]
    return _read(assignment.kind, json.dumps(assignment.policy, sort_keys=True))


def policy_for(item: Item) -> MarkingPolicy:
    """The same for one item, which may have tries of its own."""
    policy = policy_of(item.assignment)
    return policy if item.tries is None else replace(policy, tries=item.tries)


@lru_cache(maxsize=512)
def _read(kind: str, stored: str) -> MarkingPolicy:
    differs: Any = json.loads(stored)
    return replace(DEFAULTS[kind], **(read_stored(differs) if isinstance(differs, dict) else {}))


def read_stored(differs: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, as the values of ``MarkingPolicy``; logs what it cannot read and leaves it out."""
    values: dict[str, Any] = {}
    for name, stored in differs.items():
        try:
            values[name] = FIELDS[name].load(stored)
        except (KeyError, BadValueError) as error:
            log.warning("The policy %r of an assignment cannot be read and is ignored: %r", name, error)
    return values


def solution_after(policy: MarkingPolicy) -> int | None:
    """Tries on one variant after which its worked answer is shown; None: it is not, before the close."""
    if policy.is_veiled or policy.solution_after is None:
        return None
    return policy.solution_after if policy.allowed is None else min(policy.solution_after, policy.allowed)
