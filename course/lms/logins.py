"""The two halves of a sign-in by a platform, and what binds them: a state, a nonce, and one browser.

The platform sends the browser to ``login``; we send it back to the platform with a fresh state and nonce; the
platform sends it to ``launch`` with a signed token. The state is used up before the token is looked at.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.utils import timezone

from course.lms.models import Login, Registration
from course.lms.refusals import LaunchRefusedError, Reason

LIFE = timedelta(minutes=10)
KEPT = timedelta(hours=1)  # so long a used or old state is told from one that never was
MOST_OPEN = 5000  # sign-ins begun and not ended, of one platform


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser is given: where to go on, and the secret that it must bring back as a cookie."""

    address: str
    state: str
    browser: str


def digest(text: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def begin(sent: Mapping[str, str], site: str, launch: str) -> Begun:
    """The first half. ``site``: our own origin; ``launch``: our launch address. Raises LaunchRefusedError."""
    issuer, hint, target = (sent.get(name, "") for name in ("iss", "login_hint", "target_link_uri"))
    if not issuer or not hint or not target:
        raise LaunchRefusedError(Reason.NO_LOGIN)
    registration = registration_for(issuer, sent.get("client_id", ""))
    if not is_ours(target, site):
        raise LaunchRefusedError(Reason.BAD_TARGET, target[:200])
    _tidy(registration)
    state, nonce, browser = (secrets.token_urlsafe(32) for _secret in range(3))
    Login.objects.create(
        state=digest(state), browser=digest(browser), nonce=nonce, registration=registration, target=target
    )
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": launch,
        "login_hint": hint,
        "state": state,
        "nonce": nonce,
    }
    if sent.get("lti_message_hint"):
        query["lti_message_hint"] = sent["lti_message_hint"]
    joint = "&" if urlsplit(registration.login_url).query else "?"
    return Begun(f"{registration.login_url}{joint}{urlencode(query)}", state, browser)


def registration_for(issuer: str, client_id: str) -> Registration:
    """The platform that a login names; one that gives no client id must be the only one of its issuer."""
    rows = Registration.objects.filter(issuer=issuer)
    found = list((rows.filter(client_id=client_id) if client_id else rows)[:2])
    if not found:
        raise LaunchRefusedError(Reason.UNKNOWN_PLATFORM, client_id[:100])
    if len(found) > 1:
        raise LaunchRefusedError(Reason.AMBIGUOUS)
    if not found[0].active:
        raise LaunchRefusedError(Reason.PLATFORM_OFF)
    return found[0]


def is_ours(target: str, site: str) -> bool:
    """Whether an address is a plain page of this site."""
    try:
        parts, own = urlsplit(target), urlsplit(site)
    except ValueError:
        return False
    same = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    return (
        same
        and parts.path.startswith("/")
        and not parts.fragment
        and len(target) <= 2000
        and target.isprintable()
    )


def end(state: str, browser: str) -> Login:
    """The second half: the login that a state belongs to, used up now. Raises LaunchRefusedError."""
    if not state:
        raise LaunchRefusedError(Reason.NO_STATE)
    kept = Login.objects.select_related("registration").filter(state=digest(state)).first()
    if kept is None:
        raise LaunchRefusedError(Reason.BAD_STATE)
    if not browser or not secrets.compare_digest(digest(browser), kept.browser):
        raise LaunchRefusedError(Reason.OTHER_BROWSER)
    if not Login.objects.filter(pk=kept.pk, used=False).update(used=True):
        raise LaunchRefusedError(Reason.USED_STATE)
    if timezone.now() - kept.begun_at > LIFE:
        raise LaunchRefusedError(Reason.OLD_STATE)
    if not kept.registration.active:
        raise LaunchRefusedError(Reason.PLATFORM_OFF)
    return kept


def _tidy(registration: Registration) -> None:
    """Forget what is over; refuse where somebody begins sign-ins without end."""
    Login.objects.filter(begun_at__lt=timezone.now() - KEPT).delete()
    if Login.objects.filter(registration=registration, used=False).count() >= MOST_OPEN:
        raise LaunchRefusedError(Reason.NO_LOGIN, "too many sign-ins begun")
