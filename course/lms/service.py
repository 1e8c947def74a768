"""A platform's grade service (LTI AGS 2.0): a token, columns, scores and results."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import jwt
from django.utils import timezone

from course.lms import own_keys
from course.lms.models import LineItem, Registration
from course.lms.wire import Reply, call

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPES = tuple(SCOPE + name for name in ("lineitem", "score", "result.readonly"))
ITEM, ITEMS = "application/vnd.ims.lis.v2.lineitem+json", "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE, RESULTS = "application/vnd.ims.lis.v1.score+json", "application/vnd.ims.lis.v2.resultcontainer+json"
CANVAS = "https://canvas.instructure.com/lti/submission"
BEARER = "client_credentials"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EARLY = timedelta(seconds=60)  # a token is renewed before it ends
MOST_PAGES = 20  # of line items
NEXT = re.compile(r"<([^>]+)>\s*;[^,]*rel=[\"“”']?next", re.IGNORECASE)


class ServiceError(Exception):
    """The platform answered something with which its service cannot be used; the words say what."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.words, self.status = words, status


def token_for(registration: Registration, *, fresh: bool = False) -> str:
    """A token for the grade service, kept until before its end; raises ServiceError, UnreachableError."""
    until = registration.token_until
    if not fresh and registration.token and until is not None and until - EARLY > timezone.now():
        return registration.token
    asked = {
        "grant_type": BEARER,
        "client_assertion_type": ASSERTION,
        "client_assertion": _assertion(registration),
        "scope": " ".join(SCOPES),
    }
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    reply = call("POST", registration.token_url, form, urlencode(asked).encode())
    told = reply.data if isinstance(reply.data, dict) else {}
    if not reply.is_good or not isinstance(told.get("access_token"), str):
        raise ServiceError(_why_no_token(reply), reply.status)
    if SCOPE + "score" not in str(told.get("scope", SCOPE + "score")).split():
        raise ServiceError("the LMS gave no permission to send grades (the scope “score” is missing)", 403)
    lasts = told.get("expires_in")
    seconds = min(lasts, 86_400) if isinstance(lasts, int) and lasts > 0 else 3600
    registration.token, registration.token_until = (
        told["access_token"],
        timezone.now() + timedelta(seconds=seconds),
    )
    registration.save(update_fields=["token", "token_until"])
    return registration.token


def _why_no_token(reply: Reply) -> str:
    if reply.data is None:
        return (
            f"the LMS answered {reply.status} with a page instead of a token: as a rule it could not read "
            "our keys. In Moodle, allow this site's host and port under HTTP security."
        )
    return f"the LMS gave no token: {reply.status} {reply.text}"


def _assertion(registration: Registration) -> str:
    key = own_keys.current()
    now = int(time.time())
    claims = {
        "iss": registration.client_id,
        "sub": registration.client_id,
        "aud": registration.token_audience or registration.token_url,
        "iat": now,
        "exp": now + 300,
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})


@dataclass(frozen=True, slots=True)
class Service:
    """The grade service of one platform, with a token."""

    token: str

    def _call(self, method: str, url: str, kind: str, data: Any = None) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": kind}
        if data is None:
            return call(method, url, headers)
        return call(method, url, headers | {"Content-Type": kind}, json.dumps(data).encode())

    def column(self, item: LineItem, columns_url: str, possible: Decimal) -> str:
        """The address of an assignment's column: the one that is there, else a new one; or ServiceError."""
        name = resource_id(item)
        for row in self._columns(added(columns_url, resource_id=name)):
            if row.get("resourceId") == name and isinstance(row.get("id"), str):
                return str(row["id"])
        wanted = {"label": item.assignment.title[:250], "resourceId": name, "tag": "grade"}
        reply = self._call("POST", columns_url, ITEM, wanted | {"scoreMaximum": float(possible)})
        made = reply.data if reply.is_good and isinstance(reply.data, dict) else {}
        if not isinstance(made.get("id"), str):
            raise ServiceError(f"no column could be made: {reply.status} {reply.text}", reply.status)
        return str(made["id"])

    def _columns(self, url: str) -> Iterator[dict[str, Any]]:
        """All columns that the platform lists, page after page."""
        for _page in range(MOST_PAGES):
            reply = self._call("GET", url, ITEMS)
            if not reply.is_good or not isinstance(reply.data, list):
                words = f"the columns cannot be read: {reply.status} {reply.text}"
                raise ServiceError(words, reply.status)
            yield from (row for row in reply.data if isinstance(row, dict))
            following = NEXT.search(reply.headers.get("link", ""))
            if following is None:
                return
            url = following.group(1).replace("&amp;", "&")

    def send(self, column: str, score: dict[str, Any]) -> Reply:
        """Send one score."""
        return self._call("POST", inside(column, "scores"), SCORE, score)

    def results(self, column: str, subject: str) -> Reply:
        """One person's result as the platform has it."""
        return self._call("GET", added(inside(column, "results"), user_id=subject), RESULTS)


def resource_id(item: LineItem) -> str:
    """What a platform knows an assignment by: the same for ever, so that no second column is made."""
    return f"assignment-{item.assignment_id}"


def score_of(subject: str, points: Decimal, possible: Decimal, second: int, *, first: bool) -> dict[str, Any]:
    """The body of a score: always FullyGraded, since anything else clears the grade in Moodle and Canvas."""
    return {
        "userId": subject,
        "scoreGiven": float(points),
        "scoreMaximum": float(possible),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(second)),
        CANVAS: {"new_submission": first},
    }


def inside(column: str, part: str) -> str:
    """``/scores`` or ``/results`` of a column, before its query: Moodle's addresses have one."""
    parts = urlsplit(column)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{part}"))


def added(url: str, **query: str) -> str:
    """An address with one more thing asked."""
    parts = urlsplit(url)
    more = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, more)))))
