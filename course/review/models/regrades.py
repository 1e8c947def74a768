"""Marking stored answers again: what is asked, the jobs, what each submission would become, and what it was.

A regrade changes nothing until it is applied: ``preparing`` and ``marking`` and ``comparing`` in chunks, then
``ready`` (that is the dry run), ``applied``, ``undone``; or ``dropped``.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.people.models import Course
from course.review.models.people import LONGEST_REASON
from course.work.models import Attempt, Item, PublishedExercise, Submission


class Stage(models.TextChoices):
    """How far a regrade is."""

    PREPARING = "preparing", _("collecting what was handed in")
    MARKING = "marking", _("being marked")
    COMPARING = "comparing", _("comparing with the former verdicts")
    READY = "ready", _("ready to be looked at")
    APPLIED = "applied", _("applied")
    UNDONE = "undone", _("undone")
    DROPPED = "dropped", _("dropped")


UNDER_WAY = (Stage.PREPARING, Stage.MARKING, Stage.COMPARING)


class Regrade(models.Model):
    """One regrade of a course: its scope, and how far it is."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="regrades")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("begun"), db_default=Now())
    why = models.CharField(_("reason"), max_length=LONGEST_REASON)
    scope = models.CharField(_("what"), max_length=300)  # in words
    items = models.JSONField()  # their numbers, in the order of preparing
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )  # only this student's
    since = models.DateTimeField(null=True)
    targets = models.JSONField(default=dict)  # exercise -> the version of it that is to take its place
    moved_items = models.JSONField(default=dict)  # item -> its former exercise, once applied
    rules = models.JSONField(default=list)  # of links, as they stood when it began
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.PREPARING)
    cursor = models.JSONField(default=list)  # how far the stage is
    touched_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    only_up = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="regrade_stage")
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "-id"], name="regrade_newest"),
            models.Index(fields=["touched_at"], name="regrade_under_way", condition=Q(stage__in=UNDER_WAY)),
        ]
        verbose_name, verbose_name_plural = _("regrade"), _("regrades")

    def __str__(self) -> str:
        return self.scope


class RegradeJob(models.Model):
    """One job of a regrade: every submission that asks for the same marking shares it."""

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="jobs", db_index=False)
    digest = models.CharField(max_length=64)
    sample = models.ForeignKey(Submission, models.CASCADE, related_name="+")  # whose answers these are
    exercise = models.ForeignKey(PublishedExercise, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    sends = models.PositiveSmallIntegerField(default=0)
    answered = models.BooleanField(default=False)
    fault = models.CharField(max_length=200, blank=True)
    verdict = models.JSONField(null=True)
    points = models.DecimalField(null=True, max_digits=8, decimal_places=3)
    possible = models.DecimalField(null=True, max_digits=8, decimal_places=3)
    counts = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["regrade", "digest"], name="regrade_job_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["regrade", "sent_at"], name="regrade_job_open", condition=Q(answered=False))
        ]

    def __str__(self) -> str:
        return f"{self.regrade}: {self.digest[:8]}"


class Stays(models.TextChoices):
    """Why a submission of a regrade stays as it is."""

    WAITING = "waiting", _("it was still being marked")
    BOXES = "boxes", _("the new version asks for other boxes")
    FAULT = "fault", _("it could not be marked")
    CHANGED = "changed", _("it was changed by somebody meanwhile")
    DOWN = "down", _("it would have lost points")


class RegradeRow(models.Model):
    """One submission in a regrade: what it was when the regrade looked, and what it would become.

    ``changed`` is None until it was compared. ``before`` and ``after``: the points that count.
    """

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="rows", db_index=False)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="+")
    job = models.ForeignKey(RegradeJob, models.CASCADE, null=True, related_name="rows")
    was_state = models.CharField(max_length=8)
    was_digest = models.CharField(max_length=64)
    was_marked_at = models.DateTimeField(null=True)
    was_override = models.DecimalField(null=True, max_digits=14, decimal_places=9)
    override = models.DecimalField(null=True, max_digits=14, decimal_places=9)
    before = models.DecimalField(null=True, max_digits=14, decimal_places=9)
    after = models.DecimalField(null=True, max_digits=14, decimal_places=9)
    boxes = models.JSONField(default=list)  # whose verdict is another
    changed = models.BooleanField(null=True)
    stays = models.CharField(max_length=8, choices=Stays.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["regrade", "submission"], name="regrade_row_once")
        ]
        indexes: ClassVar = [models.Index(fields=["regrade", "changed", "id"], name="regrade_row_list")]

    def __str__(self) -> str:
        return f"{self.regrade}: {self.submission_id}"


class Former(models.Model):
    """What a submission was before a regrade was applied to it."""

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="formers", db_index=False)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="formers")
    exercise = models.ForeignKey(PublishedExercise, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    fault = models.TextField(blank=True)
    verdict = models.JSONField(null=True)
    points = models.DecimalField(null=True, max_digits=8, decimal_places=3)
    possible = models.DecimalField(null=True, max_digits=8, decimal_places=3)
    override = models.DecimalField(null=True, max_digits=14, decimal_places=9)
    counts = models.BooleanField()
    marked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["regrade", "submission"], name="former_once")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}, before {self.regrade_id}"


class MovedAttempt(models.Model):
    """An attempt that a regrade took to a newer version of its exercise."""

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="moved", db_index=False)
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="+")
    exercise = models.ForeignKey(PublishedExercise, models.PROTECT, related_name="+")  # the former one

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["regrade", "attempt"], name="moved_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id}, from {self.exercise_id}"


class RegradeScore(models.Model):
    """A result that a regrade changed: what it was, and what it became."""

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="scores", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    before = models.DecimalField(max_digits=8, decimal_places=3)
    after = models.DecimalField(max_digits=8, decimal_places=3)
    was = models.JSONField()  # solved, tries, marked
    became = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["regrade", "user", "item"], name="regrade_score_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}, {self.item_id}: {self.before} -> {self.after}"
