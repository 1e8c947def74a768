"""Platforms that may send people here, the places in them, and who their people are on this site."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from course.people.models import Content, Course, Data

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
