"""People, courses, and who is in which course in which role."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that are read as another


def new_join_code() -> str:
    """Ten letters, about 49 bits: cannot be guessed against the limit on wrong ones."""
    return "".join(secrets.choice(CODE_LETTERS) for _place in range(10))


class User(AbstractUser):
    """Someone who signs in. What they may do is said by their enrolments."""


class Course(models.Model):
    """A course: its people and its assignments."""

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    join_code = models.CharField(_("join code"), max_length=32, unique=True, default=new_join_code)
    archived = models.BooleanField(
        _("archived"), default=False, help_text=_("readable, but closed for answers")
    )

    class Meta:
        ordering: ClassVar = ["title"]
        verbose_name, verbose_name_plural = _("course"), _("courses")

    def __str__(self) -> str:
        return self.title


class Role(models.TextChoices):
    """What somebody is in a course."""

    STUDENT = "student", _("Student")
    INSTRUCTOR = "instructor", _("Instructor")


class Enrolment(models.Model):
    """Somebody's place in a course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.STUDENT)
    joined_at = models.DateTimeField(_("joined"), db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user"], name="enrolment_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="enrolment_role"),
        ]
        verbose_name, verbose_name_plural = _("enrolment"), _("enrolments")

    def __str__(self) -> str:
        return f"{self.user}: {self.course} ({self.role})"

    @property
    def is_staff(self) -> bool:
        """Whether this person sees the work of the others."""
        return self.role == Role.INSTRUCTOR


class Failure(models.Model):
    """A wrong password or join code, kept for an hour so that guessing is slow."""

    who = models.CharField(max_length=64)  # a digest of the name or the address that was tried
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["who", "at"], name="failure_who_at")]

    def __str__(self) -> str:
        return f"{self.who} {self.at}"
