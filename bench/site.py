"""A whole site of our own for measuring: scratch data, scratch broker, loopback only, gone at the end."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from course.management.commands.demo import make_course
from course.people.models import Course, Enrolment, User
from course.running.programs import programs
from course.work.catalogue import question_of
from course.work.models import Item, Submission
from course.work.publication import STEPS, make_assignments, publish_bank
from course.work.sending import job_of
from tools import servers

COURSE, STUDENTS = "backprop", 50
CSRF = "a" * 32  # cookie and header must be the same; on loopback nothing else is asked


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody signed in, on an attempt of the three-factor exercise, with all the right answers."""

    cookie: str
    attempt: int
    answers: Mapping[str, str]

    def form(self) -> bytes:
        """A fresh submission."""
        return urlencode({**self.answers, "key": uuid4().hex, "attempt": "1"}).encode()

    def row(self) -> bytes:
        """What the bare INSERT wants."""
        return urlencode({"attempt": self.attempt}).encode()


@dataclass(frozen=True, slots=True)
class Site:
    """Where everything is. ``bare``: an attempt that only the bare INSERT writes to."""

    port: int
    redis: str  # without a database number; the site has 0
    page: str  # path of the exercise
    students: tuple[Student, ...]
    bare: Student
    job: Mapping[str, Any]  # of marking one submission


@contextmanager
def running() -> Iterator[Site]:
    """The site with its workers and its web server, once /healthz says that all is well."""
    call_command("migrate", verbosity=0)
    make_assignments(make_course(), publish_bank(STEPS))
    site, folder = _people(servers.free_port()), settings.DATA_DIR
    everything = programs(os.environ, port=site.port, threads=settings.WEB_THREADS, data=folder)
    with ExitStack() as stack:
        for program in everything:
            stack.enter_context(started(program.command, program.environment, folder))
        _wait_until_healthy(site.port, folder)
        yield site


def _people(port: int) -> Site:
    course = Course.objects.get(slug=COURSE)
    item = Item.objects.get(assignment__course=course, exercise__slug="seed-w1")
    users = User.objects.bulk_create(User(username=f"bench{i}") for i in range(STUDENTS + 1))
    Enrolment.objects.bulk_create(Enrolment(course=course, user=user, role="student") for user in users)
    page = reverse("exercise", args=[COURSE, item.pk])
    students = []
    for user in users:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user)
        if client.get(page).status_code != 200:
            raise RuntimeError(f"{page} does not answer")
        attempt = user.attempts.get(item=item)
        answers = question_of(attempt).solution
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"csrf": CSRF}
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        students.append(Student(cookie, attempt.pk, answers))
    job = job_of(Submission(attempt=attempt, answers=answers), question_of(attempt))
    redis = settings.REDIS_URL.rpartition("/")[0]
    return Site(port, redis, page, tuple(students[:-1]), students[-1], job.model_dump(mode="json"))


@contextmanager
def started(
    command: tuple[str, ...], environment: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a session of its own, its output in ``folder``; nothing of it is left at the end."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def _wait_until_healthy(port: int, folder: Path, seconds: float = 60) -> None:
    end, said = time.monotonic() + seconds, "no answer"
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                json.load(answer)
                return
        except OSError as error:
            said = str(error)
        time.sleep(0.1)
    raise TimeoutError(f"the site did not start: {said}\n{(folder / 'log').read_text()[-3000:]}")
