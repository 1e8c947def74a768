"""The standing cast and the demo course, for every test that needs the site.

Tests speak to the site as a browser does. The grader runs in the same process (``marked``) unless a test
starts real workers (tests/faults).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client

from course.management.commands.demo import make_course
from course.people.models import Course, User
from course.work import records, sending
from course.work.models import Item, PublishedExercise
from course.work.publication import make_assignments
from grader.job import Job

KEPT = ("slug", "version", "title", "step", "document")
_bank: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def _quick(settings: LazySettings) -> None:
    """Passwords need not be safe here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def demo(db: None) -> Course:
    """The demo course; SymPy derives its exercises once a run."""
    if not _bank:
        call_command("demo", verbosity=0)
        _bank.extend(PublishedExercise.objects.order_by("pk").values(*KEPT))
    elif not PublishedExercise.objects.exists():
        PublishedExercise.objects.bulk_create(PublishedExercise(**row) for row in _bank)
    course = make_course()
    make_assignments(course, list(PublishedExercise.objects.order_by("pk")))
    return course


@pytest.fixture
def items(demo: Course) -> dict[str, Item]:
    """The demo's items by the id of their exercise."""
    return {
        item.exercise.slug: item for item in Item.objects.select_related("exercise", "assignment__course")
    }


@pytest.fixture
def person(demo: Course) -> Callable[[str], User]:
    """One of the cast: student, student2, instructor, outsider."""
    return lambda name: User.objects.get(username=name)


@pytest.fixture
def browser_of(person: Callable[[str], User]) -> Callable[[str | None], Client]:
    """A browser in which one of the cast is signed in; None: nobody."""

    def browser(name: str | None) -> Client:
        client = Client()
        if name is not None:
            client.force_login(person(name))
        return client

    return browser


@pytest.fixture
def student(browser_of: Callable[[str], Client]) -> Client:
    """The student's browser."""
    return browser_of("student")


@dataclass
class Post:
    """Stands in for the broker: keeps the messages, and delivers them when told."""

    messages: list[tuple[str, list[Any]]] = field(default_factory=list)
    away: bool = False

    def send(self, task: str, arguments: list[Any], queue: str) -> bool:
        if not self.away:
            self.messages.append((task, arguments))
        return not self.away

    def deliver(self, *_anything: object) -> None:
        """Let the grader mark what was sent, and the site record its verdicts."""
        from grader.marking import mark

        while self.messages:
            _task, [job] = self.messages.pop(0)
            verdict = mark(Job.model_validate(job))
            records.record(verdict.token, verdict.model_dump(mode="json"))


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    """A broker in memory; nothing is delivered by itself. What is sent on commit is sent at once."""
    stand_in = Post()
    monkeypatch.setattr(sending, "sender", stand_in)
    monkeypatch.setattr("course.work.sweeping.sender", stand_in)
    monkeypatch.setattr("course.work.views.wait_for_verdict", lambda submission: None)
    monkeypatch.setattr("course.work.records.wake", lambda submission: None)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do: do())
    return stand_in


@pytest.fixture
def marked(post: Post, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A grader that answers while the POST waits."""
    monkeypatch.setattr("course.work.views.wait_for_verdict", post.deliver)
    return post
