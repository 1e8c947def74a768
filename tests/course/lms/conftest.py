"""The platform, registered here; its keys come from memory."""

from __future__ import annotations

from typing import Any

import pytest

from course.lms import keys, pushing, service
from course.lms.models import Context, Deployment, Identity, Membership, Refusal, Registration
from course.lms.wire import UnreachableError
from course.people.models import Course, Enrolment, User
from course.work.models import Assignment, Item, PublishedExercise
from tests.course.lms.gradebook import BASE, Clock, Gradebook
from tests.course.lms.platform import CLIENT_ID, DEPLOYMENT, IN_COURSE, ISSUER, Tab, public_row

TEACHER: dict[str, Any] = {"sub": "teacher-1", "lti_roles": [IN_COURSE + "Instructor"]}


class Published:
    """What the platform's key address answers, and how often it was asked."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [public_row()]
        self.asked = 0
        self.away = False

    def read(self, _url: str) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise UnreachableError("answers 503")
        return {"keys": self.keys}


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    stand_in = Published()
    monkeypatch.setattr(keys, "read", stand_in.read)
    return stand_in


@pytest.fixture
def course(db: None) -> Course:
    """A course here."""
    return Course.objects.create(slug="backprop", title="Backpropagation")


@pytest.fixture
def registration(db: None, published: Published) -> Registration:
    """The platform, with one approved deployment."""
    made = Registration.objects.create(
        name="Moodle",
        issuer=ISSUER,
        client_id=CLIENT_ID,
        login_url=f"{ISSUER}/auth",
        keys_url=f"{ISSUER}/keys",
    )
    Deployment.objects.create(registration=made, deployment_id=DEPLOYMENT, state="active")
    return made


@pytest.fixture
def tab(registration: Registration) -> Tab:
    """A browser that comes from the platform."""
    return Tab()


@pytest.fixture
def connected(registration: Registration, course: Course) -> Context:
    """The platform's course, connected with one here."""
    deployment = Deployment.objects.get()
    return Context.objects.create(deployment=deployment, context_id="c-1", course=course)


def last_reason() -> str:
    """Why the last launch was refused."""
    return Refusal.objects.latest("pk").reason


@pytest.fixture
def lms(monkeypatch: pytest.MonkeyPatch) -> Gradebook:
    """The platform's gradebook, to which everything that is sent goes."""
    found = Gradebook()
    monkeypatch.setattr(service, "call", lambda *given: found.call(*given))  # noqa: PLW0108 - tests swap it
    monkeypatch.setattr(pushing, "time", Clock())
    return found


@pytest.fixture
def context(registration: Registration, course: Course, lms: Gradebook) -> Context:
    """A connected course that sends grades, with one homework of 10 points and two students."""
    Registration.objects.update(token_url=f"{ISSUER}/token")
    exercise = PublishedExercise.objects.create(slug="x", title="X", step="loss", document={})
    homework = Assignment.objects.create(course=course, title="Homework", kind="homework")
    Item.objects.create(assignment=homework, exercise=exercise, points=10)
    made = Context.objects.create(
        deployment=Deployment.objects.get(), context_id="c-1", course=course, columns_url=BASE, sends=True
    )
    for name in ("ada", "ben"):
        user = User.objects.create_user(name)
        Enrolment.objects.create(course=course, user=user)
        identity = Identity.objects.create(registration=registration, subject=name, user=user)
        Membership.objects.create(context=made, identity=identity)
    return made
