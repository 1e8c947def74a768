"""Exercises in assignments, and what students hand in. The rows store; rules are functions elsewhere."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.people.models import Course, Enrolment, Section


class PublishedExercise(models.Model):
    """One version of an exercise, checked and derived; never changed once it is used."""

    slug = models.CharField(_("id in the bank"), max_length=100)
    version = models.PositiveIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=300)
    step = models.CharField(_("step"), max_length=20)
    document = models.JSONField(_("document"))
    published_at = models.DateTimeField(_("published"), db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slug", "version"], name="exercise_version_once")
        ]
        verbose_name, verbose_name_plural = _("published exercise"), _("published exercises")

    def __str__(self) -> str:
        return f"{self.slug} (version {self.version})"


class Kind(models.TextChoices):
    """What an assignment is for."""

    PRACTICE = "practice", _("Practice")
    HOMEWORK = "homework", _("Homework")
    QUIZ = "quiz", _("Quiz")
    EXAM = "exam", _("Exam")


class Assignment(models.Model):
    """Exercises set together. Without a date there is no limit on that side."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="assignments")
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.PRACTICE)
    opens = models.DateTimeField(_("opens"), null=True, blank=True)
    due = models.DateTimeField(_("due"), null=True, blank=True)
    closes = models.DateTimeField(_("closes"), null=True, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    hidden = models.BooleanField(_("hidden"), default=False, help_text=_("only the staff see it"))
    minutes = models.PositiveSmallIntegerField(
        _("time limit in minutes"), null=True, blank=True, help_text=_("empty: no limit")
    )
    shuffled = models.BooleanField(_("order shuffled for each student"), default=False)
    password = models.CharField(_("password"), max_length=64, blank=True)
    policy = models.JSONField(
        _("policy"), default=dict, blank=True, help_text=_("what differs from the defaults of its kind")
    )

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="assignment_kind"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1), name="assignment_minutes"
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True) | Q(closes__isnull=True) | Q(opens__lt=F("closes")),
                name="assignment_opens_before_it_closes",
            ),
        ]
        verbose_name, verbose_name_plural = _("assignment"), _("assignments")

    def __str__(self) -> str:
        return self.title


class Pool(models.Model):
    """Items of an assignment of which each student gets ``draws``."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="pools")
    name = models.CharField(_("name"), max_length=100)
    draws = models.PositiveSmallIntegerField(_("draws"), default=1)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "name"], name="pool_name_once"),
            models.CheckConstraint(condition=Q(draws__gte=1), name="pool_draws"),
        ]
        verbose_name, verbose_name_plural = _("pool"), _("pools")

    def __str__(self) -> str:
        return self.name


class Counts(models.TextChoices):
    """How an item enters the score of its assignment, whatever was handed in."""

    NORMAL = "normal", _("as marked")
    OUT = "out", _("discounted")
    FULL = "full", _("full marks for everyone who tried")


class Item(models.Model):
    """An exercise's place in an assignment, with its points and tries."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="items")
    pool = models.ForeignKey(
        Pool, models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("pool")
    )
    exercise = models.ForeignKey(PublishedExercise, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField(_("position"), default=0)
    points = models.DecimalField(_("points"), default=1, max_digits=8, decimal_places=3)
    tries = models.PositiveIntegerField(_("tries"), null=True, blank=True, help_text=_("empty: no limit"))
    counts = models.CharField(_("counts"), max_length=8, choices=Counts.choices, default=Counts.NORMAL)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(points__gte=0), name="item_points"),
            models.CheckConstraint(condition=Q(tries__isnull=True) | Q(tries__gte=1), name="item_tries"),
            models.CheckConstraint(condition=Q(counts__in=Counts.values), name="item_counts"),
        ]
        verbose_name, verbose_name_plural = _("item"), _("items")

    def __str__(self) -> str:
        return f"{self.assignment}, {self.exercise.title}"


class DateException(models.Model):
    """Other dates of an assignment for a section or a student; an empty date is the assignment's own."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="exceptions")
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="exceptions", verbose_name=_("section")
    )
    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, null=True, blank=True, related_name="exceptions", verbose_name=_("student")
    )
    opens = models.DateTimeField(_("opens"), null=True, blank=True)
    due = models.DateTimeField(_("due"), null=True, blank=True)
    closes = models.DateTimeField(_("closes"), null=True, blank=True)
    note = models.CharField(_("note for the staff"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "section"], name="exception_section_once"),
            models.UniqueConstraint(fields=["assignment", "enrolment"], name="exception_student_once"),
            models.CheckConstraint(
                condition=Q(section__isnull=True, enrolment__isnull=False)
                | Q(section__isnull=False, enrolment__isnull=True),
                name="exception_for_one",
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True) | Q(closes__isnull=True) | Q(opens__lt=F("closes")),
                name="exception_opens_before_it_closes",
            ),
        ]
        verbose_name, verbose_name_plural = _("exception"), _("exceptions")

    def __str__(self) -> str:
        return f"{self.assignment}: {self.section or self.enrolment}"


class Sitting(models.Model):
    """One student's sitting of an assignment with a time limit: when it was begun and handed in.

    When it ends follows from the limit and the student's accommodation, so both may change while it runs.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sittings")
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="sittings")
    begun_at = models.DateTimeField(_("begun"), db_default=Now())
    handed_in_at = models.DateTimeField(_("handed in"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "assignment"], name="sitting_once")]
        indexes: ClassVar = [
            models.Index(fields=["begun_at"], name="sitting_open", condition=Q(handed_in_at__isnull=True))
        ]
        verbose_name, verbose_name_plural = _("sitting"), _("sittings")

    def __str__(self) -> str:
        return f"{self.user}, {self.assignment}"


class Draw(models.Model):
    """Which items of an assignment with pools or a shuffled order one student has, and in which order."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="draws")
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="draws")
    items = models.JSONField(_("items"))  # their numbers
    drawn_at = models.DateTimeField(_("drawn"), db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "assignment"], name="draw_once")]
        verbose_name, verbose_name_plural = _("draw"), _("draws")

    def __str__(self) -> str:
        return f"{self.user}, {self.assignment}: {self.items}"


class Attempt(models.Model):
    """One student's sitting of one variant. Its numbers are frozen when it is opened."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attempts")
    item = models.ForeignKey(Item, models.CASCADE, related_name="attempts")
    exercise = models.ForeignKey(PublishedExercise, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField(_("number"))
    seed = models.BigIntegerField(_("seed"))
    generator = models.CharField(_("generator"), max_length=32)
    values = models.JSONField(_("values"))
    opened_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "item", "number"], name="attempt_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="attempt_number"),
        ]
        verbose_name, verbose_name_plural = _("attempt"), _("attempts")

    def __str__(self) -> str:
        return f"{self.user}, {self.item}, variant {self.number}"


class OpenedHint(models.Model):
    """A hint that a student has opened on a variant: the first, the second, ... of it."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="opened_hints")
    number = models.PositiveSmallIntegerField(_("number"))
    opened_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "number"], name="opened_hint_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="opened_hint_number"),
        ]
        verbose_name, verbose_name_plural = _("opened hint"), _("opened hints")

    def __str__(self) -> str:
        return f"{self.attempt}, hint {self.number}"


class State(models.TextChoices):
    """Where a submission is on its way to a verdict."""

    QUEUED = "queued", _("being marked")
    GRADED = "graded", _("marked")
    FAILED = "failed", _("for a person to look at")


class Submission(models.Model):
    """One handing-in of answers. ``state`` leaves ``queued`` once, together with the verdict's arrival."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="submissions")
    number = models.PositiveIntegerField(_("try"))
    key = models.CharField(max_length=64)  # of the page that sent it: the same key is the same submission
    answers = models.JSONField(_("answers"))
    digest = models.CharField(max_length=64)  # of the job: a verdict on another job is no verdict on this one
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    verdict = models.JSONField(_("verdict"), null=True, blank=True)
    fault = models.TextField(_("fault"), blank=True)
    points = models.DecimalField(_("points"), null=True, blank=True, max_digits=8, decimal_places=3)
    possible = models.DecimalField(_("possible"), null=True, blank=True, max_digits=8, decimal_places=3)
    override = models.DecimalField(
        _("points given by a person"), null=True, blank=True, max_digits=14, decimal_places=9
    )  # instead of ``points``
    credit = models.DecimalField(
        _("credit"), default=1, max_digits=4, decimal_places=3
    )  # share of the points that is kept: late, further tries, hints
    credit_why = models.JSONField(_("why"), default=list, blank=True)  # course.work.credit.told has the words
    counts = models.BooleanField(_("costs a try"), default=False)
    queued_at = models.DateTimeField(_("handed in"), db_default=Now())
    sent_at = models.DateTimeField(_("last sent"), db_default=Now())
    sends = models.PositiveSmallIntegerField(_("sent so often"), default=1)
    marked_at = models.DateTimeField(_("marked"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "number"], name="submission_number_once"),
            models.UniqueConstraint(fields=["attempt", "key"], name="submission_key_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="submission_state"),
            models.CheckConstraint(
                condition=Q(
                    state=State.GRADED, verdict__isnull=False, points__isnull=False, possible__isnull=False
                )
                | (~Q(state=State.GRADED) & Q(points__isnull=True)),
                name="submission_verdict",
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=F("possible")),
                name="submission_points",
            ),
            models.CheckConstraint(
                condition=Q(override__isnull=True) | Q(override__gte=0, override__lte=F("possible")),
                name="submission_override",
            ),
            models.CheckConstraint(condition=Q(credit__gte=0, credit__lte=1), name="submission_credit"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sent_at"], name="submission_queued", condition=Q(state=State.QUEUED)),
            models.Index(fields=["attempt"], name="submission_waiting", condition=Q(state=State.QUEUED)),
            models.Index(fields=["-queued_at"], name="submission_newest"),
        ]
        verbose_name, verbose_name_plural = _("submission"), _("submissions")

    def __str__(self) -> str:
        return f"{self.attempt}, try {self.number}"


class Draft(models.Model):
    """What was typed and not yet handed in."""

    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="draft", primary_key=True)
    answers = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.attempt}, draft"


class Result(models.Model):
    """What one student has reached in one item: written together with the verdict that changes it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="results")
    item = models.ForeignKey(Item, models.CASCADE, related_name="results")
    points = models.DecimalField(
        _("best points"), default=0, max_digits=8, decimal_places=3
    )  # out of the item's points
    solved = models.BooleanField(_("all right"), default=False)
    tries = models.PositiveIntegerField(_("tries used"), default=0)
    marked = models.PositiveIntegerField(_("marked submissions"), default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "item"], name="result_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="result_points"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.item}: {self.points}"
