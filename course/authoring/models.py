"""What authors of a course write: documents, their revisions, and what the self-tests found. Rows only."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.people.models import Course
from course.work.models import PublishedExercise


class Document(models.Model):
    """A set of exercises that a course writes itself: one network, as a file of the bank."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="documents")
    slug = models.SlugField(_("short name"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    put_away = models.BooleanField(_("put away"), default=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["title", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "slug"], name="document_slug_once")
        ]
        verbose_name, verbose_name_plural = _("exercise set"), _("exercise sets")

    def __str__(self) -> str:
        return self.title


class Revision(models.Model):
    """One state of a document's text. None is ever changed or removed: a later one takes its place."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="revision_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number"),
        ]
        verbose_name, verbose_name_plural = _("revision"), _("revisions")

    def __str__(self) -> str:
        return f"{self.document}, {self.number}"


class CheckState(models.TextChoices):
    """How far the self-tests of a revision are."""

    QUEUED = "queued", _("waiting for the checker")
    RUNNING = "running", _("being checked")
    PASSED = "passed", _("passed")
    FAILED = "failed", _("not passed")


class Check(models.Model):
    """One run of the self-tests on a revision. ``found``: place of an exercise -> its finding."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="checks")
    state = models.CharField(_("state"), max_length=8, choices=CheckState.choices, default=CheckState.QUEUED)
    total = models.PositiveIntegerField(_("exercises"), default=0)
    found = models.JSONField(_("found"), default=dict)
    fault = models.TextField(_("fault"), blank=True)
    begun_at = models.DateTimeField(_("begun"), db_default=Now(), editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CheckState.values), name="check_state")
        ]
        verbose_name, verbose_name_plural = _("check"), _("checks")

    def __str__(self) -> str:
        return f"{self.revision}: {self.state}"


class Publication(models.Model):
    """From which revision a version of a course's own exercise was published, by whom and when."""

    exercise = models.OneToOneField(PublishedExercise, models.CASCADE, related_name="publication")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="publications")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    placed = models.CharField(_("put into"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name, verbose_name_plural = _("publication"), _("publications")

    def __str__(self) -> str:
        return f"{self.exercise}, {self.revision}"


class Import(models.Model):
    """Files that were uploaded and looked at, kept until they are taken over or a day has gone by."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    files = models.JSONField(_("files"))  # name -> text
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")

    def __str__(self) -> str:
        return f"{self.course}, {self.at}"
