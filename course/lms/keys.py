"""A platform's public keys: read from its address, kept for an hour, read again for an unknown key id.

At most one reading a minute and platform, however many launches ask, and never through a redirect. A platform
that is away while its kept keys are good enough stops nobody.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.db.models import Q
from django.utils import timezone

from course.lms.models import Registration
from course.lms.refusals import LaunchRefusedError, Reason
from course.lms.tokens import keys_of
from course.lms.wire import UnreachableError, call

log = logging.getLogger(__name__)
FRESH = timedelta(hours=1)
PAUSE = timedelta(minutes=1)  # between two readings
WAIT = 5  # seconds


def key_of(registration: Registration, kid: str) -> RSAPublicKey | None:
    """The platform's key with this id, or None; raises LaunchRefusedError where none can be read."""
    now = timezone.now()
    known = keys_of(registration.keys)
    fresh = registration.keys_at is not None and now - registration.keys_at < FRESH
    if fresh and kid in known:
        return known[kid]
    if _may_read(registration):
        try:
            published = read(registration.keys_url)
        except UnreachableError as error:
            log.warning("The keys of %s cannot be read: %s", registration.issuer, error)
        else:
            keys = {"keys": published.get("keys", [])}
            Registration.objects.filter(pk=registration.pk).update(keys=keys, keys_at=now)
            registration.keys, registration.keys_at = keys, now
            known = keys_of(keys)
    if not known:
        raise LaunchRefusedError(Reason.KEYS_AWAY, registration.keys_url)
    return known.get(kid)


def _may_read(registration: Registration) -> bool:
    """Whether this launch is the one that reads; whoever comes within a minute goes by what there is."""
    now = timezone.now()
    due = Q(keys_tried_at__isnull=True) | Q(keys_tried_at__lt=now - PAUSE)
    return bool(Registration.objects.filter(due, pk=registration.pk).update(keys_tried_at=now))


def read(url: str) -> dict[str, Any]:
    """What a platform publishes at an address, within bounds; raises UnreachableError in words."""
    reply = call("GET", url, {"Accept": "application/json"}, wait=WAIT)
    if not reply.is_good:
        raise UnreachableError(f"answers {reply.status}")
    if not isinstance(reply.data, dict):
        raise UnreachableError("is no JSON object of a bearable size")
    return reply.data
