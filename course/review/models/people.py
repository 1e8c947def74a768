"""What people say: points for a link, words about it, requests to look again, and the news of all this."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.people.models import Course
from course.work.models import Item, Submission

LONGEST_REASON, LONGEST_WORDS = 300, 2000  # characters


class Override(models.Model):
    """The points that a person gave one box of a submission, whatever the grader said; until withdrawn."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="overrides")
    box = models.CharField(_("box"), max_length=50)
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=3)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), db_default=Now())
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "box"], condition=Q(withdrawn_at__isnull=True), name="override_once"
            ),
            models.CheckConstraint(condition=Q(points__gte=0), name="override_points"),
        ]
        verbose_name, verbose_name_plural = _("override"), _("overrides")

    def __str__(self) -> str:
        return f"{self.submission}, {self.box}: {self.points}"


class Effect(models.TextChoices):
    """What a rule does with a link, for everyone."""

    OUT = "out", _("does not count")
    FULL = "full", _("full marks for everyone who tried")


class LinkRule(models.Model):
    """How one box of an item enters every score, whatever was typed there."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="link_rules")
    box = models.CharField(_("box"), max_length=50)
    effect = models.CharField(_("effect"), max_length=8, choices=Effect.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "box"], name="link_rule_once"),
            models.CheckConstraint(condition=Q(effect__in=Effect.values), name="link_rule_effect"),
        ]
        verbose_name, verbose_name_plural = _("rule for a link"), _("rules for links")

    def __str__(self) -> str:
        return f"{self.item}, {self.box}: {self.effect}"


class RequestKind(models.TextChoices):
    """What somebody asks for."""

    REGRADE = "regrade", _("look at this answer again")
    PROBLEM = "problem", _("something is wrong with this exercise")


class RequestEnd(models.TextChoices):
    """How a request was closed."""

    CHANGED = "changed", _("changed")
    STAYS = "stays", _("stays as it is")


class Request(models.Model):
    """A student's request about one submission, or the report of a problem with an exercise."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="requests")
    item = models.ForeignKey(Item, models.CASCADE, related_name="requests")
    submission = models.ForeignKey(
        Submission, models.CASCADE, null=True, blank=True, related_name="requests"
    )  # of a report: none
    kind = models.CharField(_("kind"), max_length=8, choices=RequestKind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="requests")
    text = models.CharField(_("what it is about"), max_length=LONGEST_WORDS)
    opened_at = models.DateTimeField(_("asked"), db_default=Now())
    end = models.CharField(_("closed with"), max_length=8, choices=RequestEnd.choices, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(closed_at__isnull=True, submission__isnull=False),
                name="request_open_once",
            ),
            models.UniqueConstraint(
                fields=["item", "user"],
                condition=Q(closed_at__isnull=True, submission__isnull=True),
                name="report_open_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="request_kind"),
            models.CheckConstraint(
                condition=Q(end="", closed_at__isnull=True)
                | Q(end__in=RequestEnd.values, closed_at__isnull=False),
                name="request_closed_with_an_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["course", "opened_at"], name="request_open", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["course", "-closed_at"], name="request_closed"),
            models.Index(fields=["user", "opened_at"], name="request_of_day"),
        ]
        verbose_name, verbose_name_plural = _("request"), _("requests")

    def __str__(self) -> str:
        return f"{self.user}: {self.text[:40]}"


class Comment(models.Model):
    """Words of a person about a submission, about one of its boxes, or in the thread of a request."""

    submission = models.ForeignKey(Submission, models.CASCADE, null=True, blank=True, related_name="comments")
    request = models.ForeignKey(Request, models.CASCADE, null=True, blank=True, related_name="comments")
    box = models.CharField(_("box"), max_length=50, blank=True)  # empty: about the whole
    text = models.CharField(_("comment"), max_length=LONGEST_WORDS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(submission__isnull=False) | Q(request__isnull=False), name="comment_about"
            )
        ]
        verbose_name, verbose_name_plural = _("comment"), _("comments")

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:40]}"


class NoticeKind(models.TextChoices):
    """What a student is told of."""

    SCORE = "score", _("points changed")
    COMMENT = "comment", _("a comment")
    ANSWER = "answer", _("an answer to your request")


class Notice(models.Model):
    """News for a student about one item: shown on the course page until seen."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    item = models.ForeignKey(Item, models.CASCADE, related_name="notices")
    submission = models.ForeignKey(
        Submission, models.CASCADE, null=True, blank=True, related_name="notices"
    )  # none: about the item as a whole
    request = models.ForeignKey(Request, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=NoticeKind.choices)
    words = models.CharField(_("what changed"), max_length=LONGEST_REASON)
    at = models.DateTimeField(_("when"), db_default=Now())
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-at"], name="notice_of_user"),
            models.Index(fields=["user"], name="notice_unseen", condition=Q(seen_at__isnull=True)),
        ]
        verbose_name, verbose_name_plural = _("notice"), _("notices")

    def __str__(self) -> str:
        return f"{self.user}: {self.words[:40]}"
