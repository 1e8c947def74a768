"""The instructor's list: who is found by which words, and what each choice of the verdict shows."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client

from course.people.models import User
from course.work.models import Item, Submission
from course.work.records import park
from tests.conftest import Post

Browser = Callable[[str | None], Client]
LIST = "/c/backprop/submissions/"
RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
HANDED_IN = {
    "correct": RIGHT,
    "partial": RIGHT | {"grad_w1": "7"},
    "wrong": dict.fromkeys(RIGHT, "7"),
    "unreadable": RIGHT | {"grad_w1": "2*("},
    "failed": RIGHT,
    "queued": RIGHT,
}


@pytest.fixture
def fates(browser_of: Browser, items: dict[str, Item], post: Post) -> dict[str, Submission]:
    """A submission of the student's for each thing that may become of one."""
    student, address = browser_of("student"), f"/c/backprop/i/{items['seed-w1'].pk}/"
    student.get(address)
    for number, (fate, answers) in enumerate(HANDED_IN.items(), start=1):
        student.post(f"{address}submit", answers | {"key": f"key-number-{number}"})
        if fate == "failed":
            park(Submission.objects.get(number=number), "a fault")
        if fate in {"failed", "queued"}:
            post.messages.clear()
        post.deliver()
    return {fate: Submission.objects.get(number=n) for n, fate in enumerate(HANDED_IN, start=1)}


@pytest.fixture
def listed(browser_of: Browser) -> Callable[..., list[Submission]]:
    """What the instructor's list shows with these filters."""
    instructor = browser_of("instructor")
    return lambda **chosen: list(instructor.get(LIST, chosen).context["page_obj"].object_list)


def test_each_choice_of_the_verdict_shows_its_own(
    fates: dict[str, Submission], listed: Callable[..., list[Submission]]
) -> None:
    found = {fate: listed(state=fate) for fate in HANDED_IN}
    assert found == {fate: [submission] for fate, submission in fates.items()}
    assert len(listed(state="graded")) == 4
    assert listed(state="no-such-fate") == []


@pytest.mark.parametrize("words", ["ada", "Stone", "stone ADA", "student", "  Ada  ", "tone"])
def test_a_student_is_found_by_parts_of_the_name_or_the_username(
    fates: dict[str, Submission], listed: Callable[..., list[Submission]], words: str
) -> None:
    assert len(listed(q=words)) == len(fates)


@pytest.mark.parametrize("words", ["Ben", "ada rivers", "student2", "%", "_", "'", "\\"])
def test_other_words_find_nobody(
    fates: dict[str, Submission], listed: Callable[..., list[Submission]], words: str
) -> None:
    assert listed(q=words) == []


def test_filters_narrow_together_and_stay_in_the_form(
    fates: dict[str, Submission], browser_of: Browser, person: Callable[[str], User]
) -> None:
    reply = browser_of("instructor").get(LIST, {"q": "Ada", "state": "wrong", "item": ""})
    assert list(reply.context["page_obj"].object_list) == [fates["wrong"]]
    page = reply.content.decode()
    assert 'value="Ada"' in page
    assert '<option value="wrong" selected>' in page


@pytest.mark.parametrize("name", ["q", "item", "state", "page"])
@pytest.mark.parametrize("value", ["\0", "x\0y", "-1", "9" * 30, "9" * 5000, "²", "١", "\ud800", "☃" * 200])
def test_nonsense_in_the_address_is_no_fault(
    demo: object, browser_of: Browser, name: str, value: str
) -> None:
    address = f"{LIST}?{name}={quote(value, errors='surrogatepass')}"
    assert browser_of("instructor").get(address).status_code == 200


def test_the_page_of_one_speaks_of_a_submission_since_not_each_is_a_try(
    fates: dict[str, Submission], browser_of: Browser
) -> None:
    page = browser_of("instructor").get(f"{LIST}{fates['unreadable'].pk}/").content.decode()
    assert "Submission 4" in page
    assert "Try 4" not in page
