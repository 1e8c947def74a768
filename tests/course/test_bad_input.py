"""What no honest form sends: a clear 4xx that names the field, nothing lost, nothing doubled."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from course.work.models import Draft, Item, Submission
from tests.conftest import Post

RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
KEY = {"key": "0123456789abcdef"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def address(items: dict[str, Item], post: Post) -> str:
    return f"/c/backprop/i/{items['seed-w1'].pk}/"


def without(name: str) -> dict[str, str]:
    return {field: typed for field, typed in (RIGHT | KEY).items() if field != name}


BAD = {
    "a foreign field": (RIGHT | KEY | {"grad_w2": "1"}, 400, "no field 'grad_w2'"),
    "a foreign field with odd letters": (RIGHT | KEY | {"\x00<b>": "1"}, 400, "no field '?&lt;b&gt;'"),
    "a missing field": (without("grad_w1"), 400, "'grad_w1' is missing"),
    "a field twice": (RIGHT | KEY | {"grad_w1": ["1", "2"]}, 400, "'grad_w1' was sent more than once"),
    "no key": (without("key"), 400, "'key' is missing"),
    "a key of another kind": (RIGHT | {"key": "no key!"}, 400, "'key'"),
    "a control character": (RIGHT | KEY | {"grad_w1": "1\x002"}, 400, "'grad_w1'"),
    "a mark that turns the text": (RIGHT | KEY | {"grad_w1": "1\u202e2"}, 400, "'grad_w1'"),
    "too long": (RIGHT | KEY | {"grad_w1": "1+" * 751}, 400, "'grad_w1' holds 1502 characters"),
    "nothing in any box": (dict.fromkeys(RIGHT, " ") | KEY, 422, "Every box is empty"),
    "no such variant": (RIGHT | KEY | {"attempt": "7"}, 404, "nothing here"),
    "no number of a variant": (RIGHT | KEY | {"attempt": "x"}, 404, "nothing here"),
}


@pytest.mark.parametrize("what", BAD)
def test_the_page_says_what_is_wrong(what: str, student: Client, address: str) -> None:
    data, status, words = BAD[what]
    reply = student.post(f"{address}submit", data)
    assert reply.status_code == status
    assert words in reply.content.decode().replace("&#x27;", "'")
    assert not Submission.objects.exists()


def test_bytes_that_are_no_text_are_refused_with_the_field(student: Client, address: str) -> None:
    body = urlencode(without("grad_w1")) + "&grad_w1=%ED%A0%80"  # a lone surrogate
    reply = student.post(f"{address}submit", body, content_type=FORM)
    assert reply.status_code == 400
    assert "'grad_w1' holds something that is not text" in reply.content.decode().replace("&#x27;", "'")


def test_json_is_no_form(student: Client, address: str) -> None:
    lone = json.dumps(RIGHT | KEY | {"grad_w1": "\ud800"})
    assert student.post(f"{address}submit", lone, content_type="application/json").status_code == 400


def test_a_megabyte_is_refused_before_it_is_read(student: Client, address: str) -> None:
    reply = student.post(f"{address}submit", RIGHT | KEY | {"grad_w1": "1" * 2**20})
    assert reply.status_code == 413
    assert "larger than 128 kB" in reply.content.decode()


def test_a_lying_content_length_is_refused(student: Client, address: str) -> None:
    assert student.post(f"{address}submit", RIGHT | KEY, headers={"Content-Length": "-1"}).status_code == 413


def test_a_file_is_refused(student: Client, address: str) -> None:
    file = SimpleUploadedFile("answer.txt", b"-0.6")
    reply = student.post(f"{address}submit", without("grad_w1") | {"grad_w1": file})
    assert (reply.status_code, "takes no files" in reply.content.decode()) == (400, True)


def test_many_fields_are_refused(student: Client, address: str) -> None:
    assert student.post(f"{address}submit", {f"f{n}": "1" for n in range(600)}).status_code == 400


def test_an_option_that_is_not_offered_is_refused(
    student: Client, items: dict[str, Item], post: Post
) -> None:
    from course.people.access import enrolment_for
    from course.people.models import User
    from course.work.attempts import attempt_for
    from course.work.catalogue import question_of

    trap = items["seed-trap"]
    attempt = attempt_for(enrolment_for(User.objects.get(username="student"), "backprop"), trap.pk)
    boxes = {box.id: "no-such-option" for box in question_of(attempt).boxes}
    reply = student.post(f"/c/backprop/i/{trap.pk}/submit", KEY | boxes)
    assert (reply.status_code, "has no option" in reply.content.decode()) == (400, True)


def test_a_form_from_elsewhere_is_refused(items: dict[str, Item], post: Post) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", {"username": "student", "password": "backprop"}).status_code == 403


@pytest.mark.parametrize("name", ["submit", "draft", "variant"])
def test_a_get_where_a_post_belongs_changes_nothing(name: str, student: Client, address: str) -> None:
    reply = student.get(f"{address}{name}")
    assert (reply.status_code, reply["Allow"]) == (405, "POST")


def test_a_bad_draft_leaves_the_good_one(student: Client, address: str) -> None:
    student.post(f"{address}draft", {"grad_w1": "-0.6"})
    assert student.post(f"{address}draft", {"grad_w1": "1\x00"}).status_code == 400
    assert student.post(f"{address}draft", {"foreign": "1"}).status_code == 400
    assert Draft.objects.get().answers == {"grad_w1": "-0.6"}


@pytest.mark.parametrize(
    "address", ["/c/backprop/submissions/?item=x", "/c/backprop/submissions/?state=x&page=-3"]
)
def test_a_filter_that_cannot_be_finds_nothing(address: str, browser_of, demo: object) -> None:
    assert browser_of("instructor").get(address).status_code == 200
