"""What a course's gradebook is set to, and the journal of its changes. Scores and totals are computed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.people.models import Course, Enrolment
from course.work.models import Assignment


class Gradebook(models.Model):
    """Settings of a course's gradebook. No row: no letters, the spreadsheet for people."""

    course = models.OneToOneField(Course, models.CASCADE, related_name="gradebook", primary_key=True)
    letters = models.JSONField(_("letters"), default=list, blank=True)  # [["A", "90"], ...], the best first
    layout = models.CharField(_("layout of the one-click export"), max_length=32, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("gradebook"), _("gradebooks")

    def __str__(self) -> str:
        return str(self.course)


class Category(models.Model):
    """Assignments that are weighed together in the total."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="categories")
    name = models.CharField(_("name"), max_length=60)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2)
    drops = models.PositiveSmallIntegerField(_("lowest dropped"), default=0)
    equal = models.BooleanField(_("every assignment weighs the same"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "name"], name="category_name_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="category_weight"),
        ]
        verbose_name, verbose_name_plural = _("category"), _("categories")

    def __str__(self) -> str:
        return self.name


class Column(models.Model):
    """An assignment's place in the gradebook. No row: no category, released as its kind says."""

    assignment = models.OneToOneField(
        Assignment, models.CASCADE, related_name="column", primary_key=True, verbose_name=_("assignment")
    )
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="columns", verbose_name=_("category")
    )
    released = models.BooleanField(
        _("released"), null=True, blank=True, help_text=_("empty: homework and practice are, quizzes are not")
    )
    lms_id = models.CharField(_("id of its column in the LMS"), max_length=32, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("column"), _("columns")

    def __str__(self) -> str:
        return str(self.assignment)


class Excuse(models.Model):
    """One student need not do one assignment: it is left out of the total."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="excuses")
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="excuses")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "assignment"], name="excuse_once")
        ]
        verbose_name, verbose_name_plural = _("excuse"), _("excuses")

    def __str__(self) -> str:
        return f"{self.enrolment.user}, {self.assignment}"


class Act(models.TextChoices):
    """What somebody did to the gradebook."""

    SETUP = "setup", _("changed the weights")
    UNDO = "undo", _("undid a change of the weights")
    RELEASE = "release", _("released scores")
    HIDE = "hide", _("hid scores")
    EXCUSE = "excuse", _("excused a student")
    UNEXCUSE = "unexcuse", _("took back an excuse")


class Change(models.Model):
    """A line of the journal: who did what, when. ``before`` and ``after`` are whole setups, for the undo."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="grade_changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    act = models.CharField(_("what"), max_length=16, choices=Act.choices)
    about = models.CharField(_("about"), max_length=400, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=Act.values), name="grade_change_act")
        ]
        indexes: ClassVar = [models.Index(fields=["course", "-id"], name="grade_change_newest")]
        verbose_name, verbose_name_plural = _("change of the gradebook"), _("changes of the gradebook")

    def __str__(self) -> str:
        return f"{self.course}: {self.get_act_display()}"
