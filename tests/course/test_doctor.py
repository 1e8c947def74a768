"""``manage.py doctor``: each check sees what it is for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import redis
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from course.doctor import marking, site, storing
from course.doctor.finding import Finding, State, look
from course.management.base import NotDoneError
from course.people.models import Course, Enrolment, Failure
from course.work.models import Attempt, PublishedExercise, Submission
from tests.conftest import Post


class Broker:
    """Stands in for Redis: what a healthy one would say, and what a test changes of it."""

    signs: tuple[str | None, ...] = ("1", "1")
    length = 0
    late = 0.0

    def mget(self, _names: list[str]) -> list[str | None]:
        return list(self.signs)

    def llen(self, _queue: str) -> int:
        return self.length

    def time(self) -> tuple[int, int]:
        return int(timezone.now().timestamp() + self.late), 0


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    stand_in = Broker()
    for module in (marking, storing):
        monkeypatch.setattr(module, "client", lambda: stand_in)
    return stand_in


@pytest.fixture
def sent(student: Client, items: dict[str, Any], post: Post) -> Submission:
    """A submission that waits for its verdict."""
    item = items["seed-loss"].pk
    student.get(f"/c/backprop/i/{item}/")
    student.post(f"/c/backprop/i/{item}/submit", {"key": "0123456789abcdef", "L": "0.09"})
    return Submission.objects.get()


def _told(**options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("doctor", format="json", stdout=out, **options)
    return dict(json.loads(out.getvalue()))


def test_a_site_that_is_well_has_nothing_to_mend(demo: Course, broker: Broker) -> None:
    told = _told(strict=True)
    assert {one["state"] for one in told["findings"]} == {"ok"}
    assert len(told["findings"]) == 15


def test_looking_leaves_no_trace(demo: Course, broker: Broker) -> None:
    _told()
    assert not Failure.objects.exists()


def test_what_fails_is_the_exit_status_and_the_text_says_what_to_do(demo: Course, broker: Broker) -> None:
    broker.signs = (None, "1")
    out = StringIO()
    with pytest.raises(NotDoneError) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.returncode == 1
    assert "FAIL  workers       no sign of life from grader\n" in out.getvalue()
    assert "-> Start it" in out.getvalue()


def test_a_warning_fails_only_where_one_is_strict(demo: Course, broker: Broker) -> None:
    Enrolment.objects.update(content=0, data=0)
    assert _told()["counts"]["warn"] == 1
    with pytest.raises(NotDoneError):
        _told(strict=True)


def test_a_check_without_an_answer_does_not_stop_the_others() -> None:
    def away() -> Finding:
        raise redis.ConnectionError("Connection refused")

    first, second = look([("broker", away), ("time zone", site.zone)])
    assert (first.state, first.words) == (State.FAIL, "could not be looked at: Connection refused")
    assert second.state is State.OK


def test_clocks_that_differ_are_named(db: None, broker: Broker) -> None:
    broker.late = 60
    found = storing.clocks()
    assert found.state is State.FAIL
    assert "the broker by" in found.words
    assert "the database" not in found.words


def test_a_migration_that_is_not_applied_is_named(db: None) -> None:
    last = MigrationRecorder.Migration.objects.filter(app="work").latest("pk")
    last.delete()
    assert f"work.{last.name}" in storing.migrations().words


def test_a_migration_of_a_newer_release_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('work', '9999_later', %s)",
            [timezone.now()],
        )
    found = storing.migrations()
    assert found.state is State.FAIL
    assert "newer release" in found.remedy


def test_a_full_disk_is_seen_before_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "ROOM", 2**80)
    assert storing.room().state is State.WARN


def test_a_long_queue_is_seen(broker: Broker) -> None:
    broker.length = marking.MANY + 1
    assert marking.broker().state is State.WARN


def test_what_waits_too_long_is_seen(sent: Submission) -> None:
    assert marking.waiting().state is State.OK
    ago = timezone.now() - timedelta(minutes=90)
    Submission.objects.update(sent_at=ago, queued_at=ago)
    found = marking.waiting()
    assert found.state is State.FAIL
    assert "waiting too long for a verdict: 1, the oldest for 90 minutes" in found.words


def test_what_could_not_be_marked_is_seen(sent: Submission) -> None:
    Submission.objects.update(state="failed")
    assert marking.unmarked().state is State.WARN


def test_an_engine_that_takes_everything_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = marking.mark(marking._job("2*(yhat-y)*w"))
    monkeypatch.setattr(marking, "mark", lambda _job: right)
    assert marking.engine().state is State.FAIL


def test_a_bank_that_is_not_published_is_seen(demo: Course) -> None:
    assert site.bank().state is State.OK
    Attempt.objects.all().delete()
    Course.objects.all().delete()
    PublishedExercise.objects.exclude(slug="seed-w1").delete()
    assert site.bank().state is State.WARN
    PublishedExercise.objects.all().delete()
    assert site.bank().state is State.FAIL


def test_a_page_that_does_not_come_is_seen(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert site.pages().state is State.OK
    reply = site.application.get_response
    monkeypatch.setattr(site.application, "get_response", lambda request: _broken(reply(request)))
    assert site.pages().state is State.FAIL


def _broken(reply: Any) -> Any:
    del reply.headers["Content-Security-Policy"]
    return reply


def test_style_sheets_that_were_not_collected_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> str:
        raise ValueError("Missing staticfiles manifest entry for 'css/app.css'")

    monkeypatch.setattr(site.staticfiles_storage, "url", missing)
    found = site.static()
    assert found.state is State.FAIL
    assert "collectstatic" in found.remedy


@pytest.mark.parametrize(
    "check", [check for _name, check in (*storing.CHECKS, *marking.CHECKS, *site.CHECKS)]
)
def test_every_check_says_its_own_name(check: Callable[[], Finding], demo: Course, broker: Broker) -> None:
    names = {one: name for name, one in (*storing.CHECKS, *marking.CHECKS, *site.CHECKS)}
    assert check().check == names[check]
