"""A platform's grade service in memory, with the habits measured on Moodle, and faults on demand."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from course.lms import pushing
from course.lms.comparing import compare
from course.lms.models import Context, LineItem, Push, Registration
from course.lms.wire import Reply, UnreachableError
from course.people.models import User
from course.work.models import Item, Result
from tests.course.lms.platform import CLIENT_ID, ISSUER

BASE = "https://lms.example.org/grades"
SCOPES = " ".join(
    f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}"
    for name in ("lineitem", "score", "result.readonly")
)


class Killed(BaseException):
    """The sender died at this very moment."""


@dataclass
class Column:
    """A column of the gradebook: grades by person, each as share of 1 with its whole second."""

    resource: str
    maximum: float
    grades: dict[str, tuple[float | None, int]] = field(default_factory=dict)


@dataclass
class Gradebook:
    """``fault``: what the next score meets: a status, "down", "killed before", "killed after"."""

    columns: dict[str, Column] = field(default_factory=dict)
    scope: str = SCOPES
    html: bool = False  # instead of a token
    fault: int | str | None = None
    locked: set[str] = field(default_factory=set)
    overridden: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    tokens: int = 0
    scores: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    page: int = 100  # columns a page
    expired: bool = False

    def call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, wait: float = 0
    ) -> Reply:
        """In place of course.lms.wire.call."""
        parts = urlsplit(url)
        if parts.path == "/token":
            return self._token(dict(parse_qs((body or b"").decode())))
        if self.fault == "down":
            raise UnreachableError("timed out")
        if not headers["Authorization"].endswith(f"t{self.tokens}") or self.expired:
            self.expired = False
            return _reply(401, {"error": "expired"})
        if parts.path == "/grades":
            return self._columns(method, parts.query, body)
        number = parts.path.split("/")[2]
        if number not in self.columns:
            return _reply(404, None)
        if parts.path.endswith("/results"):
            return self._results(self.columns[number], parse_qs(parts.query)["user_id"][0])
        assert headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
        return self._score(self.columns[number], json.loads(body or b"{}"))

    def _token(self, form: dict[str, list[str]]) -> Reply:
        if self.html:
            return Reply(404, {}, b"<html>Not found</html>")
        claims = jwt.decode(form["client_assertion"][0], options={"verify_signature": False})
        assert (claims["iss"], claims["aud"]) == (CLIENT_ID, f"{ISSUER}/token")
        self.tokens += 1
        return _reply(200, {"access_token": f"t{self.tokens}", "expires_in": 3600, "scope": self.scope})

    def _columns(self, method: str, query: str, body: bytes | None) -> Reply:
        if method == "POST":  # twice the same makes two columns
            sent = json.loads(body or b"{}")
            number = str(len(self.columns) + 1)
            self.columns[number] = Column(sent["resourceId"], sent["scoreMaximum"])
            return _reply(
                201, {"id": f"{BASE}/{number}/lineitem?type_id=1", "resourceId": sent["resourceId"]}
            )
        asked = parse_qs(query)
        start = int(asked.get("from", ["0"])[0])
        rows = [
            {"id": f"{BASE}/{number}/lineitem?type_id=1", "resourceId": column.resource}
            for number, column in self.columns.items()
        ]
        more = (
            {"link": f"<{BASE}?x=1&amp;from={start + self.page}>; rel=“next”"}
            if len(rows) > start + self.page
            else {}
        )
        return _reply(200, rows[start : start + self.page], more)

    def _score(self, column: Column, sent: dict[str, Any]) -> Reply:
        fault, self.fault = self.fault, None
        if fault == "killed before":
            raise Killed
        if isinstance(fault, int):
            return _reply(fault, {"error": "fault"}, self.headers)
        reply = self._take(column, sent)
        if fault == "killed after":
            raise Killed
        return reply

    def _take(self, column: Column, sent: dict[str, Any]) -> Reply:
        self.scores.append(sent)
        person, second = sent["userId"], _second(sent["timestamp"])
        if sent["gradingProgress"] != "FullyGraded":
            column.grades[person] = (None, second)
            return _reply(200, None)
        if person in self.absent or sent["scoreMaximum"] <= 0 or sent["scoreGiven"] < 0:
            return _reply(400, {"error": "Incorrect score received"})
        if second <= column.grades.get(person, (None, 0))[1]:
            return _reply(409, {"error": "Refusing score with an earlier timestamp"})
        if person in self.locked:
            return _reply(500, [])
        if person not in self.overridden:
            column.grades[person] = (sent["scoreGiven"] / sent["scoreMaximum"], second)
        return _reply(200, None)

    def _results(self, column: Column, person: str) -> Reply:
        share, second = column.grades.get(person, (None, 0))
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(second))
        score = None if share is None else round(share * column.maximum, 5)
        row = {"userId": person, "resultScore": score, "resultMaximum": column.maximum, "timestamp": stamp}
        return _reply(200, [row] if person in column.grades else [])


def _reply(status: int, data: object, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, headers or {}, json.dumps(data).encode())


def _second(stamp: str) -> int:
    import calendar

    return calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S"))


class Clock:
    """Time that goes on by a second each time somebody looks, so that no test waits."""

    now = 1_800_000_000.0

    def time(self) -> float:
        self.now += 1
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def reach(name: str, points: str) -> None:
    """What a student has in the one item."""
    found = {"points": Decimal(points), "marked": 1, "tries": 1}
    Result.objects.update_or_create(
        user=User.objects.get(username=name), item=Item.objects.get(), defaults=found
    )


def settle(context: Context, rounds: int = 12) -> None:
    """Rounds until nothing waits, as time goes by."""
    for _round in range(rounds):
        Registration.objects.update(paused_until=None)
        compare(context)
        waiting = list(Push.objects.filter(state="waiting").values_list("pk", flat=True))
        for pk in waiting:
            Push.objects.filter(pk=pk).update(claimed_at=None)
            LineItem.objects.update(making_at=None)  # as their leases end
            pushing.push(pk)
        if not waiting:
            return


def shown(lms: Gradebook) -> dict[str, float | None]:
    """What the platform shows, of 10 points."""
    [column] = lms.columns.values()
    return {person: share and round(share * 10, 5) for person, (share, _second) in column.grades.items()}


def state(name: str) -> str:
    """What became of a student's grade."""
    return Push.objects.get(identity__subject=name).state
