"""The standing cast and the demo course, for every test that needs the site.

Tests speak to the site as a browser does. The grader runs in the same process (``marked``) unless a test
starts real workers (tests/faults).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import LazySettings
from django.test import Client

from course.authoring import checks
from course.management.commands.demo import make_course
from course.people.models import Course, User
from course.review import tasks
from course.work import records, sending
from course.work.models import Item, PublishedExercise
from course.work.publication import make_assignments, publish_bank
from grader.job import Job

KEPT = ("slug", "version", "title", "step", "document")
PUBLISHED_FROM = ("grader/**/*.py", "exercises/**/*.py", "exercises/**/*.yaml", "course/work/publication.py")
ROOT = Path(__file__).parents[1]
REAL = ("browser", "faults", "running")  # tests of real browsers, workers and servers


@pytest.fixture(autouse=True)
def _quick(settings: LazySettings) -> None:
    """Passwords need not be safe here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI, a test of real processes is run a second time before it counts as failed; both runs are printed.

    On a loaded machine a browser or a worker may be late for its time limit once; what is broken fails twice.
    """
    if os.environ.get("CI") == "true":
        for item in items:
            if item.path.relative_to(ROOT / "tests").parts[0] in REAL:
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def published_bank(request: pytest.FixtureRequest) -> Callable[[], list[dict[str, Any]]]:
    """The rows of the published bank. SymPy derives them once for the same source."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in PUBLISHED_FROM for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    folder = request.config.cache.mkdir("published")
    kept = folder / f"{digest.hexdigest()}.json"

    def rows() -> list[dict[str, Any]]:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the second process waits for what the first one derives
            if not kept.exists():
                publish_bank()
                made = list(PublishedExercise.objects.order_by("pk").values(*KEPT))
                kept.write_text(json.dumps(made))
        return cast("list[dict[str, Any]]", json.loads(kept.read_text()))

    return cache(rows)


@pytest.fixture
def demo(db: None, published_bank: Callable[[], list[dict[str, Any]]]) -> Course:
    """The demo course, with the published bank."""
    rows = published_bank()
    if not PublishedExercise.objects.exists():
        PublishedExercise.objects.bulk_create(PublishedExercise(**row) for row in rows)
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
            task, [content, *further] = self.messages.pop(0)
            if task == "exercises.check":
                _checked(content, *further)
            elif task == "grader.mark":
                verdict = mark(Job.model_validate(content))
                records.record(verdict.token, verdict.model_dump(mode="json"))
            elif task == "grader.mark_many":
                verdicts = [mark(Job.model_validate(job)) for job in content]
                tasks.record_many([[one.token, one.model_dump(mode="json"), ""] for one in verdicts])
            else:
                {"course.regrade": tasks.advance, "course.recount": tasks.rebuild_items}[task](content)


def _checked(token: str, text: str) -> None:
    """What the checking worker and the site's worker do with an author's text."""
    from exercises.tasks import messages

    for task, arguments in messages(token, text):
        {"course.checked": checks.record, "course.check_failed": checks.record_failure}[task](*arguments)


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
