"""People, courses, and who is in which course in which role."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that are read as another


def new_join_code() -> str:
    """Ten letters, about 49 bits: cannot be guessed against the limit on wrong ones."""
    return "".join(secrets.choice(CODE_LETTERS) for _place in range(10))


class User(AbstractUser):
    """Someone who signs in. What they may do is said by their enrolments."""

    previewing_title = ""
    previewing = ""  # slug of the course that this request sees as a student does: people/as_student.py


class Course(models.Model):
    """A course: its people and its assignments."""

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    join_code = models.CharField(_("join code"), max_length=32, unique=True, default=new_join_code)
    joinable = models.BooleanField(
        _("open to join"), default=True, help_text=_("off: the join code lets nobody in")
    )
    starts = models.DateField(
        _("first day"), null=True, blank=True, help_text=_("dates move with it when the course is copied")
    )
    archived = models.BooleanField(
        _("archived"), default=False, help_text=_("readable, but closed for answers")
    )

    class Meta:
        ordering: ClassVar = ["title"]
        verbose_name, verbose_name_plural = _("course"), _("courses")

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """A part of a course's students: a class, a lab group."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="sections")
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["course", "name"], name="section_name_once")]
        verbose_name, verbose_name_plural = _("section"), _("sections")

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What somebody is in a course: one who learns, or one of its staff (whose two rights say the rest)."""

    STUDENT = "student", _("Student")
    INSTRUCTOR = "instructor", _("Staff")


class Content(models.IntegerChoices):
    """What one of the staff may do with exercises, assignments and the course: each includes the former."""

    NONE = 0, _("nothing")
    VIEWER = 1, _("look")
    EDITOR = 2, _("edit")
    OWNER = 3, _("own")


class Data(models.IntegerChoices):
    """What one of the staff may do with the students' work: each includes the former."""

    NONE = 0, _("nothing")
    VIEWER = 1, _("look")
    GRADER = 2, _("mark")


class Enrolment(models.Model):
    """Somebody's place in a course. Only staff have rights on the two axes ``content`` and ``data``."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.STUDENT)
    content = models.PositiveSmallIntegerField(_("exercises"), choices=Content.choices, default=Content.NONE)
    data = models.PositiveSmallIntegerField(_("students' work"), choices=Data.choices, default=Data.NONE)
    section = models.ForeignKey(
        Section, models.SET_NULL, null=True, blank=True, related_name="enrolments", verbose_name=_("section")
    )
    student_number = models.CharField(
        _("student number"), max_length=64, blank=True, help_text=_("the id in the school's own records")
    )
    lms_id = models.CharField(_("id in the LMS"), max_length=64, blank=True)
    active = models.BooleanField(
        _("active"), default=True, help_text=_("off: has left the course; the work is kept")
    )
    joined_at = models.DateTimeField(_("joined"), db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user"], name="enrolment_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="enrolment_role"),
            models.CheckConstraint(
                condition=models.Q(role=Role.INSTRUCTOR) | models.Q(content=Content.NONE, data=Data.NONE),
                name="enrolment_rights_of_staff",
            ),
        ]
        verbose_name, verbose_name_plural = _("enrolment"), _("enrolments")

    def __str__(self) -> str:
        return f"{self.user}: {self.course} ({self.role})"

    previewing = False  # one of the staff who sees the course as a student does, for now

    @property
    def is_staff(self) -> bool:
        """Whether this person teaches here, and is not looking as a student just now."""
        return self.role == Role.INSTRUCTOR and not self.previewing


class Accommodation(models.Model):
    """What one student gets everywhere in a course: more time on the clock, more days before a date."""

    enrolment = models.OneToOneField(
        Enrolment, models.CASCADE, related_name="accommodation", primary_key=True
    )
    time_factor = models.DecimalField(_("time factor"), max_digits=4, decimal_places=2, default=1)
    extra_days = models.PositiveSmallIntegerField(_("extra days"), default=0)
    note = models.CharField(_("note for the staff"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(time_factor__gte=1, time_factor__lte=10), name="accommodation_time_factor"
            ),
            models.CheckConstraint(condition=models.Q(extra_days__lte=365), name="accommodation_extra_days"),
        ]
        verbose_name, verbose_name_plural = _("accommodation"), _("accommodations")

    def __str__(self) -> str:
        return f"{self.enrolment.user}: x{self.time_factor}, +{self.extra_days}"


def new_nonce() -> str:
    """What makes one invitation another than the next."""
    return secrets.token_urlsafe(12)


class Invitation(models.Model):
    """The way in for an account that a course made: its link leads to a page to choose a password, once."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitation", primary_key=True
    )
    course = models.ForeignKey(Course, models.CASCADE, related_name="invitations")
    nonce = models.CharField(max_length=32, default=new_nonce)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    mailed_at = models.DateTimeField(_("sent by mail"), null=True, blank=True)
    refused = models.CharField(max_length=200, blank=True)  # what the mail server said against the address
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")

    def __str__(self) -> str:
        return f"{self.user}: {self.course}"


class RosterImport(models.Model):
    """A roster that somebody looked at, and what it changed if it was then imported; it can be taken back."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)
    name = models.CharField(_("file"), max_length=100, blank=True)
    text = models.TextField(blank=True)  # only until it is imported
    leave = models.BooleanField(_("who is not in it leaves"), default=False)
    changes = models.JSONField(default=dict)  # roster/applying.py
    applied_at = models.DateTimeField(_("imported"), null=True, blank=True)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("import of a roster"), _("imports of rosters")

    def __str__(self) -> str:
        return f"{self.course}: {self.at}"


class Entry(models.Model):
    """A line of a course's journal: who changed what, and when. Written by ``journal.note`` only."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="journal")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )  # None: a command on the server
    whom = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )  # the person it is about
    at = models.DateTimeField(db_default=Now())
    what = models.CharField(max_length=60)  # a code of ``journal.describe``
    about = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["course", "-id"], name="entry_newest")]
        verbose_name, verbose_name_plural = _("change"), _("changes")

    def __str__(self) -> str:
        return f"{self.at}: {self.what}"


class Failure(models.Model):
    """A wrong password or join code, kept for an hour so that guessing is slow."""

    who = models.CharField(max_length=64)  # a digest of the name or the address that was tried
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["who", "at"], name="failure_who_at")]

    def __str__(self) -> str:
        return f"{self.who} {self.at}"
