"""Platforms that may send people here, the places in them, and who their people are on this site."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.people.models import Content, Course, Data
from course.work.models import Assignment

ADDRESS = [URLValidator(schemes=["https", "http"])]


class Registration(models.Model):
    """A platform (an LMS), by issuer and client id, with the addresses that it told."""

    name = models.CharField(_("name"), max_length=200, help_text=_("as people here know this LMS"))
    issuer = models.CharField(
        _("issuer"), max_length=255, validators=ADDRESS, help_text=_("exactly as the LMS writes it")
    )
    client_id = models.CharField(_("client id"), max_length=255)
    login_url = models.CharField(_("authorisation address"), max_length=500, validators=ADDRESS)
    token_url = models.CharField(_("token address"), max_length=500, validators=ADDRESS, blank=True)
    keys_url = models.CharField(_("address of its keys (JWKS)"), max_length=500, validators=ADDRESS)
    active = models.BooleanField(_("active"), default=True)
    token_audience = models.CharField(
        _("audience of tokens"), max_length=500, blank=True, help_text=_("empty: the token address")
    )
    token = models.TextField(blank=True, editable=False)  # for its services, with ``token_until``
    token_until = models.DateTimeField(null=True, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)  # it does not answer, or asked to wait
    faults = models.PositiveIntegerField(default=0, editable=False)  # without an answer, one after the other
    keys = models.JSONField(default=dict, editable=False)  # as last read from keys_url
    keys_at = models.DateTimeField(null=True, editable=False)  # when they were read
    keys_tried_at = models.DateTimeField(null=True, editable=False)  # when somebody last tried
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "client_id"], name="registration_once")
        ]
        verbose_name, verbose_name_plural = _("LMS"), _("LMSs")

    def __str__(self) -> str:
        return self.name


class DeploymentState(models.TextChoices):
    """Whether a place in a platform may send people."""

    PENDING = "pending", _("waits for approval")
    ACTIVE = "active", _("approved")
    OFF = "off", _("switched off")


class Deployment(models.Model):
    """One place in a platform where this tool was put; unknown ones are kept, to be approved."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="deployments")
    deployment_id = models.CharField(_("deployment id"), max_length=255)
    state = models.CharField(
        _("state"), max_length=8, choices=DeploymentState.choices, default=DeploymentState.PENDING
    )
    seen_at = models.DateTimeField(_("first seen"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["registration", "deployment_id"], name="deployment_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=DeploymentState.values), name="deployment_state"
            ),
        ]
        verbose_name, verbose_name_plural = _("deployment"), _("deployments")

    def __str__(self) -> str:
        return f"{self.registration}, {self.deployment_id}"


class Context(models.Model):
    """A course in a platform, and the course here that it belongs to (None: nobody has said yet)."""

    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="contexts")
    context_id = models.CharField(_("id in the LMS"), max_length=255)
    title = models.CharField(_("title in the LMS"), max_length=200, blank=True)
    course = models.ForeignKey(
        Course, models.SET_NULL, null=True, blank=True, related_name="contexts", verbose_name=_("course")
    )
    columns_url = models.CharField(max_length=1000, blank=True, editable=False)  # its line items
    scopes = models.JSONField(default=list, editable=False)  # of the grade service, as the platform told
    sends_zeros = models.BooleanField(_("zeros for what is due and was not handed in"), default=False)
    sends = models.BooleanField(_("grades are sent"), default=False)
    compared_at = models.DateTimeField(null=True, editable=False)  # our scores with what was sent
    seen_at = models.DateTimeField(_("first seen"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deployment", "context_id"], name="context_once")
        ]
        verbose_name, verbose_name_plural = _("course in an LMS"), _("courses in an LMS")

    def __str__(self) -> str:
        return self.title or self.context_id


class Identity(models.Model):
    """Somebody of a platform, by its own name for them, and who they are here. Never found by e-mail."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="identities")
    subject = models.CharField(_("subject"), max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="identities")
    seen_at = models.DateTimeField(_("last seen"), auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["registration", "subject"], name="identity_once")
        ]
        verbose_name, verbose_name_plural = _("identity"), _("identities")

    def __str__(self) -> str:
        return f"{self.user}, {self.registration}"


class Membership(models.Model):
    """Somebody of a platform in a course there, with the rights that their roles last gave here."""

    context = models.ForeignKey(Context, models.CASCADE, related_name="memberships")
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="memberships")
    content = models.PositiveSmallIntegerField(choices=Content.choices, default=Content.NONE)
    data = models.PositiveSmallIntegerField(choices=Data.choices, default=Data.NONE)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["context", "identity"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.identity}, {self.context}"


class LineItem(models.Model):
    """An assignment's column in a platform's gradebook; without an address it was not found or made yet."""

    context = models.ForeignKey(Context, models.CASCADE, related_name="line_items")
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="line_items")
    url = models.CharField(max_length=1000, blank=True)
    making_at = models.DateTimeField(null=True)  # somebody is looking for it, or making it

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["context", "assignment"], name="line_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.assignment}, {self.context}"


class PushState(models.TextChoices):
    """What became of a grade on its way to a platform."""

    WAITING = "waiting", _("on its way")
    CONFIRMED = "confirmed", _("confirmed")
    DIFFERS = "differs", _("changed in the LMS")
    NO_PERSON = "no-person", _("not in the LMS course")
    NO_COLUMN = "no-column", _("its column is gone")
    LOCKED = "locked", _("probably locked in the LMS")
    DENIED = "denied", _("the LMS does not allow it")
    GIVEN_UP = "given-up", _("not delivered")


class Push(models.Model):
    """One student's grade in one column: what it should be, and what became of the last sending.

    There is one row for ever, so what was between two sendings is never sent.
    """

    line_item = models.ForeignKey(LineItem, models.CASCADE, related_name="pushes")
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="pushes")
    points = models.DecimalField(max_digits=10, decimal_places=2)  # as it should be
    possible = models.DecimalField(max_digits=10, decimal_places=2)
    version = models.PositiveIntegerField(default=1)  # counts what it should be
    state = models.CharField(max_length=12, choices=PushState.choices, default=PushState.WAITING)
    since = models.DateTimeField(db_default=Now())  # waiting for this version
    last_second = models.BigIntegerField(default=0)  # time of the last sending, in whole seconds
    tries = models.PositiveIntegerField(default=0)  # of this version
    next_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True)  # somebody is sending it
    sent_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer
    words = models.CharField(max_length=200, blank=True)
    shown = models.DecimalField(max_digits=12, decimal_places=4, null=True)  # in the LMS, on our scale

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line_item", "identity"], name="push_once"),
            models.CheckConstraint(condition=models.Q(state__in=PushState.values), name="push_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="push_due", condition=models.Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.identity}, {self.line_item}: {self.points}"


class Key(models.Model):
    """A key pair of this site, for what it says to platforms; its public half is published."""

    kid = models.CharField(max_length=64, unique=True)
    private = models.TextField()  # PEM
    made_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.kid


class Login(models.Model):
    """A sign-in that a platform has begun: what its launch must match. Each is used once."""

    state = models.CharField(max_length=64, unique=True)  # digests: whoever reads the table can use nothing
    browser = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64)
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="logins")
    target = models.CharField(max_length=2000)
    begun_at = models.DateTimeField(db_default=Now())
    used = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["begun_at"], name="login_begun")]

    def __str__(self) -> str:
        return f"{self.registration}, {self.begun_at}"


class Refusal(models.Model):
    """A launch that was not let in: why, and by whom it was sent; never a token."""

    reason = models.CharField(_("code"), max_length=40)
    issuer = models.CharField(_("issuer"), max_length=255, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-at"], name="refusal_at")]
        verbose_name, verbose_name_plural = _("refused launch"), _("refused launches")

    def __str__(self) -> str:
        return f"{self.reason}, {self.at}"
