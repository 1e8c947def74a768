"""What people have said about submissions, read from the rows in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from course.review.models import Comment, LinkRule, Override
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
    """What was said about each of these submissions of one item; three queries, however many they are."""
    found = list(submissions)
    if not found:
        return {}
    effects = effects_of(item)
    overrides = Override.objects.filter(submission__in=found, withdrawn_at__isnull=True)
    comments = Comment.objects.filter(submission__in=found)
    spoken: dict[UUID, list[Override]] = {}
    words: dict[UUID, list[Comment]] = {}
    for override in overrides.select_related("by").order_by("pk"):
        spoken.setdefault(override.submission_id, []).append(override)
    for comment in comments.select_related("by").order_by("pk"):
        if comment.submission_id is not None:
            words.setdefault(comment.submission_id, []).append(comment)
    return {
        one.pk: Said(tuple(spoken.get(one.pk, ())), tuple(words.get(one.pk, ())), effects) for one in found
    }


def settled(submission: Submission) -> tuple[Question, Verdict] | None:
    """The question and the verdict of a marked submission; None while there is none."""
    if not submission.verdict:
        return None
    return question_of(submission.attempt), Verdict.model_validate(submission.verdict)
