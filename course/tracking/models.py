"""Aggregates of what was handed in, kept as work arrives: one row a student and item, box, or mistake.

All of it can be worked out anew from the submissions (``manage.py rebuild_aggregates``); nothing else is
stored here but the names that a course gives to wrong answers (``NamedRule``).
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.people.models import Course
from course.work.models import Item


class Stage(models.IntegerChoices):
    """Where a student stands at an item; the larger, the more it asks for the instructor."""

    RIGHT = 0, _("right")
    BEGUN = 1, _("begun")
    SOME = 2, _("not yet right")
    STUCK = 3, _("stuck")


class Standing(models.Model):
    """One student at one item: what the matrix and the statistics of items show."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    stage = models.PositiveSmallIntegerField(choices=Stage.choices, default=Stage.BEGUN)
    tries = models.PositiveIntegerField(default=0)
    handed_in = models.PositiveIntegerField(default=0)  # marked submissions, with those that cost no try
    variants = models.PositiveIntegerField(default=0)
    first = models.UUIDField(null=True)  # the first submission that cost a try
    first_share = models.FloatField(null=True)  # of the points, 0 to 1
    first_right = models.BooleanField(null=True)
    first_seconds = models.PositiveIntegerField(default=0)  # of work up to the first try
    seconds = models.PositiveIntegerField(default=0)  # of work until it was all right
    stuck_since = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)  # the place up to which it was counted:
    number = models.PositiveIntegerField(default=0)  # the submission's number in that attempt

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "user"], name="standing_once")]
        indexes: ClassVar = [models.Index(fields=["item", "last_at"], name="standing_last")]

    def __str__(self) -> str:
        return f"{self.user_id}, {self.item_id}: {self.get_stage_display()}"


class BoxStanding(models.Model):
    """One student at one box of an item. ``run``: tries in a row that were wrong here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+", db_index=False)
    box = models.CharField(max_length=50)
    first = models.CharField(max_length=16)  # outcome of the first try in which it was not left empty
    submission = models.UUIDField(null=True)  # that try
    last = models.CharField(max_length=16)
    tries = models.PositiveIntegerField(default=0)
    run = models.PositiveIntegerField(default=0)
    stuck_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "box", "user"], name="box_standing_once")
        ]
        indexes: ClassVar = [models.Index(fields=["item", "box", "first", "user"], name="box_standing_first")]

    def __str__(self) -> str:
        return f"{self.user_id}, {self.item_id}, {self.box}: {self.first}, {self.last}"


class Sighting(models.Model):
    """A student's wrong answers to a box that have one cause: a misconception, or the same answer.

    Without a ``misconception`` no rule explains it; then ``answer`` is the number (of the variant ``seed``)
    or the expression (on any variant; ``seed`` 0).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+", db_index=False)
    box = models.CharField(max_length=50)
    misconception = models.CharField(max_length=60, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    seed = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=1)
    sample = models.UUIDField()  # the latest submission that shows it

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "box", "misconception", "answer", "seed", "user"], name="sighting_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}, {self.item_id}, {self.box}: {self.misconception or self.answer}"


class NamedRule(models.Model):
    """A wrong rule that the staff of a course named: whoever answers ``formula`` in the box is told so."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="named_rules")
    exercise = models.CharField(_("exercise"), max_length=100)
    box = models.CharField(_("box"), max_length=50)
    formula = models.CharField(_("formula"), max_length=200)
    name = models.CharField(_("name"), max_length=100)
    message = models.CharField(_("what the student is told"), max_length=400)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["course", "exercise", "box"], name="named_rule_place")]
        verbose_name, verbose_name_plural = _("named misconception"), _("named misconceptions")

    def __str__(self) -> str:
        return f"{self.name} ({self.exercise}, {self.box})"
