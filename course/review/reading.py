"""What people have said about submissions, read from the rows in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from course.review.models import Comment, LinkRule, Override, RegradeRow, Stage
from course.review.standing import BoxPoints, Standing, standing
from course.work.catalogue import question_of
from course.work.models import Submission
from exercises.question import Question
from grader.job import Verdict


def box_points(question: Question, verdict: Verdict) -> tuple[BoxPoints, ...]:
    """The boxes of a question with what a verdict gave each."""
    given = {box.id: box.points for box in verdict.boxes}
    return tuple(
        BoxPoints(box.id, given.get(box.id, Decimal(0)), Decimal(box.points)) for box in question.boxes
    )


def effects_of(item: int) -> dict[str, str]:
    """The rules for links of an item: box -> effect."""
    return dict(LinkRule.objects.filter(item=item).values_list("box", "effect"))


def said_of(submission: UUID) -> dict[str, Decimal]:
    """The overrides that hold for a submission: box -> points."""
    rows = Override.objects.filter(submission=submission, withdrawn_at__isnull=True)
    return dict(rows.values_list("box", "points"))


@dataclass(frozen=True)
class Said:
    """All that people have said about one submission."""

    overrides: tuple[Override, ...] = ()  # those that hold
    comments: tuple[Comment, ...] = ()  # the oldest first
    effects: Mapping[str, str] | None = None  # of its item: box -> effect
    again: tuple[RegradeRow, ...] = ()  # regrades that gave it another verdict and stand

    @cached_property
    def by_box(self) -> dict[str, Override]:
        """The override that holds for each box that has one."""
        return {one.box: one for one in self.overrides}

    @property
    def spoken(self) -> bool:
        """Whether the points are other than the grader's word alone."""
        return bool(self.overrides or self.effects)

    def standing(self, question: Question, verdict: Verdict) -> Standing:
        """The points of a verdict after this."""
        points = {one.box: one.points for one in self.overrides}
        return standing(box_points(question, verdict), points, self.effects or {})


NOTHING = Said()


def said_about(submissions: Iterable[Submission], item: int) -> dict[UUID, Said]:
    """What was said about each of these submissions of one item; four queries, however many they are."""
    found = list(submissions)
    if not found:
        return {}
    effects = effects_of(item)
    held = Override.objects.filter(submission__in=found, withdrawn_at__isnull=True).select_related("by")
    comments = Comment.objects.filter(submission__in=found).select_related("by")
    again = RegradeRow.objects.filter(submission__in=found, changed=True, stays="")
    again = again.filter(regrade__stage=Stage.APPLIED).select_related("regrade__applied_by")
    overrides, words, regrades = (_by_submission(rows.order_by("pk")) for rows in (held, comments, again))
    return {
        one.pk: Said(
            tuple(overrides.get(one.pk, ())),
            tuple(words.get(one.pk, ())),
            effects,
            tuple(regrades.get(one.pk, ())),
        )
        for one in found
    }


def _by_submission(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.submission_id, []).append(row)
    return found


def settled(submission: Submission) -> tuple[Question, Verdict] | None:
    """The question and the verdict of a marked submission; None while there is none."""
    if not submission.verdict:
        return None
    return question_of(submission.attempt), Verdict.model_validate(submission.verdict)
