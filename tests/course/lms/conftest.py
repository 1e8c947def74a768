"""The platform, registered here; its keys come from memory."""

from __future__ import annotations

from typing import Any

import pytest

from course.lms import keys
from course.lms.models import Deployment, Registration
from course.lms.wire import UnreachableError
from course.people.models import Course
from tests.course.lms.platform import CLIENT_ID, DEPLOYMENT, ISSUER, Tab, public_row


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
