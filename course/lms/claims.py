"""What a signed token must say before anybody is let in. Pure: claims and expectations give a launch.

The checks are those of IMS Security Framework 1.1 section 5.1.3 (OpenID Connect Core 3.1.3.7) and LTI Core
1.3 sections 4.3, 5.3 and 5.4; each has a reason of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from course.lms.refusals import LaunchRefusedError, Reason

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
VERSION = "1.3.0"
LEEWAY = 30  # seconds that two clocks may differ
STALE = 600  # seconds after which a token was issued too long ago
LIFETIME = 3700  # seconds between issue and expiry: the longest of the platforms is an hour
LONGEST_SUBJECT = 255  # characters, by OpenID Connect Core 2
LONGEST_TITLE = 200
REQUIRED = ("iss", "aud", "exp", "iat", "nonce", "sub")


class Message(StrEnum):
    """What a platform may want."""

    LINK = "LtiResourceLinkRequest"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the login that this launch belongs to was about."""

    issuer: str
    client_id: str
    nonce: str
    target: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who arrives, as the platform tells it; only ``subject`` is sure to be there."""

    subject: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch that holds: who, with which roles, from which place, to which page."""

    person: Person
    roles: tuple[str, ...]
    deployment: str
    context: str  # empty: the platform names no course
    title: str
    link: str
    target: str
    columns_url: str = ""
    scopes: tuple[str, ...] = ()


def launch_of(claims: Mapping[str, Any], expected: Expected, now: float) -> Launch:
    """The launch that the claims describe; ``now`` in seconds since 1970. Raises LaunchRefusedError."""
    _token(claims, expected, now)
    if _text(claims, LTI + "version") != VERSION:
        raise LaunchRefusedError(Reason.VERSION, _shown(claims.get(LTI + "version")))
    if _text(claims, LTI + "message_type") not in set(Message):
        raise LaunchRefusedError(Reason.MESSAGE, _shown(claims.get(LTI + "message_type")))
    deployment = _text(claims, LTI + "deployment_id")
    if not deployment or len(deployment) > LONGEST_SUBJECT:
        raise LaunchRefusedError(Reason.MISSING, "deployment_id")
    target = _text(claims, LTI + "target_link_uri")
    if target != expected.target:
        raise LaunchRefusedError(Reason.TARGET, "not the one of the login")
    context, link = _mapping(claims, LTI + "context"), _mapping(claims, LTI + "resource_link")
    if not _text(link, "id"):
        raise LaunchRefusedError(Reason.LINK)
    grades = _mapping(claims, AGS)
    scopes = grades.get("scope")
    return Launch(
        person=_person(claims),
        roles=_roles(claims),
        deployment=deployment,
        context=_text(context, "id")[:LONGEST_SUBJECT],
        title=(_text(context, "title") or _text(context, "label"))[:LONGEST_TITLE],
        link=_text(link, "id")[:LONGEST_SUBJECT],
        target=target,
        columns_url=_text(grades, "lineitems")[:1000],
        scopes=tuple(map(str, scopes[:20])) if isinstance(scopes, list) else (),
    )


def _token(claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    """The claims of any id_token."""
    missing = [name for name in REQUIRED if claims.get(name) in (None, "", [])]
    if missing:
        raise LaunchRefusedError(Reason.MISSING, ", ".join(missing))
    if claims["iss"] != expected.issuer:
        raise LaunchRefusedError(Reason.ISSUER, _shown(claims["iss"]))
    _audience(claims, expected.client_id)
    _times(claims, now)
    if claims["nonce"] != expected.nonce:
        raise LaunchRefusedError(Reason.NONCE)
    subject = claims["sub"]
    if not isinstance(subject, str) or len(subject) > LONGEST_SUBJECT:
        raise LaunchRefusedError(Reason.SUBJECT)


def _audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if client_id not in audience:
        raise LaunchRefusedError(Reason.AUDIENCE, _shown(claims["aud"]))
    party = claims.get("azp")
    if (party is None and len(audience) > 1) or party not in (None, client_id):
        raise LaunchRefusedError(Reason.PARTY, _shown(party))


def _times(claims: Mapping[str, Any], now: float) -> None:
    expires, issued, begins = (_seconds(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None:
        raise LaunchRefusedError(Reason.MISSING, "exp or iat is no number")
    if now > expires + LEEWAY:
        raise LaunchRefusedError(Reason.EXPIRED, f"{now - expires:.0f} s ago")
    if max(issued, begins or issued) > now + LEEWAY:
        raise LaunchRefusedError(Reason.EARLY, f"by {max(issued, begins or issued) - now:.0f} s")
    if now - issued > STALE + LEEWAY:
        raise LaunchRefusedError(Reason.STALE, f"issued {now - issued:.0f} s ago")
    if expires - issued > LIFETIME:
        raise LaunchRefusedError(Reason.LIFETIME, f"{expires - issued:.0f} s")


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
        else None
    )


def _roles(claims: Mapping[str, Any]) -> tuple[str, ...]:
    roles = claims.get(LTI + "roles")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise LaunchRefusedError(Reason.ROLES)
    return tuple(roles[:100])


def _person(claims: Mapping[str, Any]) -> Person:
    first, last = _text(claims, "given_name"), _text(claims, "family_name")
    if not first and not last:
        first, _space, last = _text(claims, "name").rpartition(" ")
    lis = _mapping(claims, LTI + "lis")
    return Person(
        subject=str(claims["sub"]),
        first_name=first.strip()[:150],
        last_name=last.strip()[:150],
        email=_text(claims, "email")[:254],
        number=_text(lis, "person_sourcedid")[:64],
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return "".join(c for c in value if c.isprintable()) if isinstance(value, str) else ""


def _mapping(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _shown(value: object) -> str:
    """Foreign text for the log: short, and printable."""
    return "".join(c if c.isprintable() else "?" for c in str(value)[:80])
