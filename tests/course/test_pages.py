"""What every response carries, how many queries a page takes, and how the site says that it is well."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from course.people.models import Course, Enrolment, User
from course.work.models import Item
from tests.conftest import Post

RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
Browser = Callable[[str | None], Client]


def queries(browser: Client, address: str) -> int:
    """How many queries a second look at a page takes."""
    browser.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    "address", ["/", "/lesson/1/", "/no-such-page", "/sign-in/", "/healthz", "/admin/login/"]
)
def test_every_response_carries_the_same_strict_headers(address: str, demo: Course) -> None:
    headers = Client().get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'; trusted-types frag" in policy
    assert "unsafe" not in policy
    assert (" default" in policy.split("trusted-types")[-1]) is address.startswith("/admin/")
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_an_exercise_page_takes_no_more_queries_as_tries_pile_up(
    student: Client, items: dict[str, Item], marked: Post
) -> None:
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"

    def tries(numbers: range) -> None:
        for number in numbers:
            sent = RIGHT | {"key": f"key-number-{number}", "grad_w1": str(number)}
            reply = student.post(f"{address}submit", sent)
            assert reply.status_code == 303, reply.content

    tries(range(1))
    before = queries(student, address)
    tries(range(1, 6))
    assert queries(student, address) <= before <= 15  # four of them: what people said about it


def test_an_exercise_page_shows_the_newest_tries_by_their_numbers(
    student: Client, items: dict[str, Item], marked: Post
) -> None:
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"
    for number in range(45):
        student.post(f"{address}submit", RIGHT | {"key": "one-key-for-all", "grad_w1": str(number)})
    numbers = re.findall(r'<th scope="row">(\d+)</th>', student.get(address).content.decode())
    assert numbers == [str(number) for number in range(45, 25, -1)]


def test_the_course_page_takes_no_more_queries_with_more_items(
    student: Client, items: dict[str, Item]
) -> None:
    before = queries(student, "/c/backprop/")
    one = items["seed-w1"]
    Item.objects.bulk_create(Item(assignment=one.assignment, exercise=one.exercise) for _ in range(10))
    assert queries(student, "/c/backprop/") == before <= 12


def test_the_list_of_submissions_takes_no_more_queries_with_more_rows(
    student: Client, browser_of: Browser, items: dict[str, Item], marked: Post
) -> None:
    instructor, address = browser_of("instructor"), f"/c/backprop/i/{items['seed-w1'].pk}/submit"
    student.post(address, RIGHT | {"key": "the-first-key"})
    before = queries(instructor, "/c/backprop/submissions/")
    for number in range(8):
        student.post(address, RIGHT | {"key": f"key-number-{number}"})
    assert queries(instructor, "/c/backprop/submissions/") == before <= 12


def test_the_first_page_takes_no_more_queries_with_more_courses(
    student: Client, person: Callable[[str], User]
) -> None:
    before = queries(student, "/")
    for number in range(5):
        course = Course.objects.create(slug=f"c{number}", title=f"Course {number}")
        Enrolment.objects.create(course=course, user=person("student"))
    assert queries(student, "/") == before <= 5  # two of them: may this person make courses?


def test_the_instructors_list_shows_what_was_typed_and_narrows(
    student: Client, browser_of: Browser, items: dict[str, Item], marked: Post
) -> None:
    instructor, item = browser_of("instructor"), items["seed-w1"]
    student.post(f"/c/backprop/i/{item.pk}/submit", RIGHT | {"key": "0123456789ab", "grad_w1": "-0.61234"})
    assert "-0.61234" in instructor.get("/c/backprop/submissions/").content.decode()
    other = items["seed-loss"]
    for narrowed, count in {
        f"item={item.pk}": 1,
        f"item={other.pk}": 0,
        "state=graded": 1,
        "state=failed": 0,
    }.items():
        page = instructor.get(f"/c/backprop/submissions/?{narrowed}").context["page_obj"]
        assert len(page.object_list) == count


def test_the_admin_shows_every_kind_of_row(demo: Course, student: Client, items: dict, marked: Post) -> None:
    student.post(f"/c/backprop/i/{items['seed-w1'].pk}/submit", RIGHT | {"key": "0123456789ab"})
    User.objects.create_superuser("root", password="backprop")
    browser = Client()
    browser.force_login(User.objects.get(username="root"))
    models = "people/user people/course people/enrolment work/publishedexercise work/assignment work/item"
    for model in (*models.split(), "work/attempt", "work/submission"):
        listed = browser.get(f"/admin/{model}/")
        assert listed.status_code == 200
        row = listed.context["cl"].result_list[0]
        assert browser.get(f"/admin/{model}/{row.pk}/change/").status_code == 200


class Redis:
    """Answers /healthz as told."""

    def __init__(self, signs: list[str | None] | None) -> None:
        self.signs = signs

    def mget(self, names: list[str]) -> Any:
        if self.signs is None:
            raise redis.ConnectionError("nobody there")
        return self.signs


@pytest.mark.parametrize(
    ("signs", "missing"),
    [
        (["1", "1"], []),
        ([None, "1"], ["grader"]),
        (["1", None], ["site_worker"]),
        (None, ["broker", "grader", "site_worker"]),
    ],
)
def test_healthz_names_what_does_not_answer(
    signs: list[str | None] | None, missing: list[str], db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.health.client", lambda: Redis(signs))
    reply = Client().get("/healthz")
    assert (reply.status_code, reply.json()["missing"]) == (503 if missing else 200, missing)


def test_healthz_names_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def refuse() -> None:
        raise OperationalError("nobody there")

    monkeypatch.setattr("course.health.connection.cursor", refuse)
    monkeypatch.setattr("course.health.client", lambda: Redis(["1", "1"]))
    assert Client().get("/healthz").json()["missing"] == ["database"]


def test_the_web_process_starts_without_sympy() -> None:
    start = "import sys, django; from course.wsgi import application; from django.urls import get_resolver; "
    start += "get_resolver().url_patterns; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", start], check=False, timeout=60).returncode == 0
