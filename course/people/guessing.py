"""Guessing passwords and join codes is slow: some wrong ones in a quarter of an hour, then a pause."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.models import Failure

PAUSE = timedelta(minutes=15)
PER_NAME = 10  # wrong ones for one account
PER_ADDRESS = 60  # wrong ones from one address: a whole class may sit behind it


def refuse_guessing(request: HttpRequest, name: str = "") -> None:
    """Raise a 429 when too much has gone wrong lately."""
    for who, limit in _limits(request, name).items():
        if Failure.objects.filter(who=who, at__gt=Now() - PAUSE).count() >= limit:
            detail = _("Too many wrong ones. Wait a quarter of an hour, or ask your instructor for help.")
            raise Refused(429, _("Please wait"), detail)


def note_failure(request: HttpRequest, name: str = "") -> None:
    """Something wrong was typed. Forgets what is older than an hour."""
    Failure.objects.filter(at__lt=Now() - timedelta(hours=1)).delete()
    Failure.objects.bulk_create(Failure(who=who) for who in _limits(request, name))


def _limits(request: HttpRequest, name: str) -> dict[str, int]:
    limits = {_digest("address", _address(request)): PER_ADDRESS}
    spelled = unicodedata.normalize("NFKC", name).strip().casefold()  # as the sign-in takes it
    return {_digest("name", spelled): PER_NAME} | limits if spelled else limits


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}\0{text}".encode(errors="replace")).hexdigest()


def _address(request: HttpRequest) -> str:
    """The sender's address: a proxy that we trust writes it last."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return str(forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))
