"""Who may open what: the whole cast against every address."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from importlib import import_module
from io import StringIO
from pkgutil import iter_modules
from types import ModuleType
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from course.authoring.revisions import open_document
from course.people.models import Course, Enrolment, RosterImport, User
from course.review.models import Regrade, Request
from course.work.models import Item, Submission
from tests.conftest import Post
from tests.course import access
from tests.course.access import CAST

Browser = Callable[[str | None], Client]
ROOMS = [import_module(f"{access.__name__}.{room.name}") for room in iter_modules(access.__path__)]
MATRIX = {line: expected for room in ROOMS for line, expected in room.MATRIX.items()}
SEEN_ELSEWHERE = {"healthz"}


@pytest.fixture
def places(student: Client, items: dict[str, Item], marked: Post, browser_of: Browser) -> dict[str, object]:
    """What the addresses of the matrix are about; ``other`` is a course in which nobody of the cast is."""
    other = Course.objects.create(slug="other", title="Other")
    own, foreign = (
        open_document(course, "", None, "") for course in (Course.objects.get(slug="backprop"), other)
    )
    item = items["seed-w1"].pk
    answers = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
    student.get(f"/c/backprop/i/{item}/")
    student.post(f"/c/backprop/i/{item}/submit", {"key": "0123456789abcdef"} | answers)
    member = Enrolment.objects.get(course__slug="backprop", user__username="student").pk
    sat = items["seed-w1"].assignment_id
    sent = Submission.objects.get().pk
    student.post(f"/s/{sent}/ask", {"text": "Link 2 holds."})
    browser_of("student2").post(f"/c/backprop/i/{item}/problem", {"text": "A typo."})
    requests = dict(Request.objects.values_list("kind", "pk"))
    asked = {"asked": requests["regrade"], "reported": requests["problem"]}
    course = Course.objects.get(slug="backprop")
    asked["regrade"] = Regrade.objects.create(course=course, items=[], scope="all", why="x", stage="ready").pk
    graded = {"member": member, "sat": sat, "assignment": items["seed-w1"].assignment_id}
    roster = RosterImport.objects.create(course=items["seed-w1"].assignment.course, text="email\n").pk
    learner = User.objects.get(username="student").pk
    written = {"learner": learner, "document": own.pk, "context": 1, "foreign": foreign.pk, "roster": roster}
    return {"item": item, "sent": sent, "nothing": uuid4(), **asked, **graded, **written}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__.rpartition(".")[2])
def test_each_of_the_cast_gets_what_is_theirs(
    room: ModuleType, places: dict[str, object], browser_of: Browser
) -> None:
    cookies = [browser_of(None if who == "nobody" else who).cookies for who in CAST]
    found = {}
    for line in room.MATRIX:
        method, address = line.format(**places).split()
        found[line] = tuple(_status(method, address, of_one) for of_one in cookies)
    assert found == room.MATRIX


def _status(method: str, address: str, cookies: SimpleCookie) -> int:
    """The answer to one request, after which everything is as before."""
    browser = Client()
    browser.cookies = SimpleCookie(cookies.output(header="", sep=";"))
    with transaction.atomic():
        reply = browser.generic(method, address, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return reply.status_code


def test_the_matrix_leaves_no_address_out(places: dict[str, object]) -> None:
    def names(resolver: URLResolver) -> set[str]:
        found = {p.name for p in resolver.url_patterns if isinstance(p, URLPattern) and p.name}
        plain = [p for p in resolver.url_patterns if isinstance(p, URLResolver) and p.app_name != "admin"]
        return found.union(*(names(inner) for inner in plain))

    paths = [line.format(**places).split()[1].partition("?")[0] for line in MATRIX]
    tried = {found.url_name for found in map(resolve, paths) if found.app_name != "admin"}
    assert names(get_resolver()) == tried | SEEN_ELSEWHERE


def test_no_room_takes_an_address_from_another() -> None:
    assert len(MATRIX) == sum(len(room.MATRIX) for room in ROOMS)


def test_an_outsider_cannot_tell_a_course_from_none(places: dict[str, object], browser_of: Browser) -> None:
    outsider = browser_of("outsider")
    there, nowhere = (outsider.get(f"/c/{slug}/").content for slug in ("backprop", "no-such-course"))
    token = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
    assert token.sub(b"", there) == token.sub(b"", nowhere)


def test_an_instructor_of_another_course_sees_nothing_here(
    places: dict[str, object], browser_of: Browser, person: Callable[[str], User]
) -> None:
    other = Course.objects.get(slug="other")
    Enrolment.objects.create(course=other, user=person("outsider"), role="instructor", content=3, data=2)
    outsider = browser_of("outsider")
    assert outsider.get("/c/other/submissions/").status_code == 200
    assert outsider.get(f"/c/other/submissions/{places['sent']}/").status_code == 404
    assert outsider.get(f"/c/other/i/{places['item']}/").status_code == 404


def test_a_script_of_one_who_is_signed_out_is_told_so(items: dict[str, Item]) -> None:
    reply = Client().post(f"/c/backprop/i/{items['seed-w1'].pk}/submit", headers={"X-Fragment": "1"})
    assert reply.status_code == 401
    assert "Sign in again" in reply.content.decode()


def test_a_refusal_is_one_line_of_the_log(
    places: dict[str, object], browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    monkeypatch.setattr(console, "stream", log := StringIO())
    for address in ("/c/backprop/submissions/", "/c/no-such-course/"):
        browser_of("student").get(address)
    assert [line.partition("django.request: ")[2] for line in log.getvalue().splitlines()] == [
        "Forbidden (Permission denied): /c/backprop/submissions/",
        "Not Found: /c/no-such-course/",
    ]


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_that_no_row_can_have_is_not_found(student: Client, number: int) -> None:
    assert student.get(f"/c/backprop/i/{number}/").status_code == 404
    for action in ("submit", "draft", "variant"):
        assert (
            student.post(f"/c/backprop/i/{number}/{action}", {"key": "0123456789abcdef"}).status_code == 404
        )
