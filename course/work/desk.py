"""What a student has used up on a variant, and what follows from it for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.work.models import State, Submission
from course.work.policies import MarkingPolicy, solution_after
from grader.job import Outcome, Verdict

RENEW_AFTER = 3  # tries after which new numbers are offered without a right answer


@dataclass(frozen=True)
class Tried:
    """A submission, with its stored verdict read as far as it is asked for."""

    row: Submission

    @cached_property
    def verdict(self) -> Verdict | None:
        """The whole verdict, once there is one."""
        return Verdict.model_validate(self.row.verdict) if self.row.state == State.GRADED else None

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The outcome of each box; empty while there is no verdict."""
        return {box["id"]: Outcome(box["outcome"]) for box in (self.row.verdict or {}).get("boxes", ())}

    @property
    def is_right(self) -> bool:
        """Whether everything was right."""
        return (self.row.verdict or {}).get("outcome") == Outcome.CORRECT

    @property
    def marked_at(self) -> datetime | None:
        """When its verdict came."""
        return self.row.marked_at

    @property
    def is_waiting(self) -> bool:
        """Whether the verdict is still to come by itself."""
        return bool(self.row.state == State.QUEUED)


@dataclass(frozen=True)
class Desk:
    """What the student has used up on this variant: ``counted`` tries shown, ``earlier`` ones before them."""

    policy: MarkingPolicy
    counted: Sequence[Tried]
    earlier: int
    veiled: bool

    @property
    def used(self) -> int:
        """Tries used on this variant."""
        return self.earlier + len(self.counted)

    @property
    def over(self) -> bool:
        """Whether no try is left."""
        return self.policy.allowed is not None and self.used >= self.policy.allowed

    @property
    def solved(self) -> bool:
        """Whether one of the tries was all right."""
        return any(one.is_right for one in self.counted)

    @property
    def reveals(self) -> bool:
        """Whether the worked answers are shown."""
        after = solution_after(self.policy)
        return after is not None and self.used >= after and not self.solved

    @property
    def may_renew(self) -> bool:
        """Whether new numbers are offered."""
        return self.solved or self.over or self.used >= RENEW_AFTER

    @property
    def words(self) -> str:
        """How many tries were used, and of how many."""
        if self.policy.allowed is not None:
            text = _("All tries are used") if self.over else _("Try {number} of {all}")
            return text.format(number=self.used + 1, all=self.policy.allowed)
        text = ngettext("{number} try so far", "{number} tries so far", self.used)
        return text.format(number=self.used) if self.used else ""
