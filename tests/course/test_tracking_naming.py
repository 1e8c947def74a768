"""Naming a misconception: a formula that the engine tries on stored answers, and what it then tells."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from course.people.journal import sentence
from course.people.models import Entry
from course.tracking import rules
from course.tracking.models import NamedRule, Sighting
from course.work.models import Attempt, Item, Submission
from tests.conftest import Post

ANSWERS = {"dL_dyhat": "-0.6", "dyhat_dh1": "w3*w4", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
RULE = {"formula": "w4*w3", "name": "Value times weight", "message": "What is `w3` multiplied by?"}
Browsers = Callable[[str], Client]


@pytest.fixture
def item(items: dict[str, Item]) -> Item:
    return items["seed-w1"]


@pytest.fixture
def work(browser_of: Browsers, item: Item, marked: Post) -> Callable[[str, str], Submission]:
    """Hands in as a student: what was typed for the second link."""

    def hand_in(who: str, typed: str) -> Submission:
        client = browser_of(who)
        client.get(f"/c/backprop/i/{item.pk}/")
        key = f"{who}-{Submission.objects.count():08}"
        client.post(f"/c/backprop/i/{item.pk}/submit", {"key": key, **ANSWERS, "dyhat_dh1": typed})
        return Submission.objects.latest("queued_at", "number")

    return hand_in


@pytest.fixture
def sample(work: Callable[[str, str], Submission]) -> Submission:
    work("student2", "-2.5")  # the same as a number
    return work("student", "w3*w4")


def address(sample: Submission, box: str = "dyhat_dh1") -> str:
    return f"/c/backprop/mistakes/name?sample={sample.pk}&box={box}"


def named(browser_of: Browsers, sample: Submission) -> NamedRule:
    iris = browser_of("instructor")
    reply = iris.post(address(sample), {**RULE, "save": ""})
    rule = NamedRule.objects.get()
    assert reply.headers["Location"] == f"/c/backprop/mistakes/named/{rule.pk}"
    return rule


def told(submission: Submission) -> dict[str, object]:
    submission.refresh_from_db()
    return next(box for box in submission.verdict["boxes"] if box["id"] == "dyhat_dh1")  # type: ignore[index]


def test_the_answer_is_unexplained_and_has_ideas(browser_of: Browsers, sample: Submission) -> None:
    assert set(Sighting.objects.values_list("misconception", "answer")) == {("", "w3*w4"), ("", "-2.5")}
    page = browser_of("instructor").get(address(sample)).content.decode()
    assert 'value="w3*w4"' in page


def test_a_number_gets_formulas_that_give_it(sample: Submission) -> None:
    attempt = Attempt.objects.get(user__username="student2", item__exercise__slug="seed-w1")
    assert "w3*w4" in rules.ideas(attempt, "dyhat_dh1", "-2.5")


def test_a_formula_is_tried_on_all_stored_answers_first(browser_of: Browsers, sample: Submission) -> None:
    reply = browser_of("instructor").post(address(sample), {**RULE, "check": ""})
    assert "gives 2 of 2 stored answers that nothing explains, of 2 students" in reply.content.decode()
    assert not NamedRule.objects.exists()


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("w3*", "cannot be read"),
        ("q+1", "cannot be read"),
        ("w3", "gives the right answer"),
        ("x2", "gives 0 of 2 stored answers"),
    ],
)
def test_a_formula_that_explains_nothing_is_not_kept(
    browser_of: Browsers, sample: Submission, formula: str, words: str
) -> None:
    reply = browser_of("instructor").post(address(sample), {**RULE, "formula": formula, "save": ""})
    assert words in unescape(reply.content.decode())
    assert not NamedRule.objects.exists()


def test_stored_answers_are_told_anew_and_no_mark_changes(browser_of: Browsers, sample: Submission) -> None:
    rule = named(browser_of, sample)
    points = list(Submission.objects.order_by("pk").values_list("points", "counts"))
    page = browser_of("instructor").get(f"/c/backprop/mistakes/named/{rule.pk}").content.decode()
    assert "2 submissions of 2 students show it" in page
    assert told(sample)["code"] is None
    browser_of("instructor").post(f"/c/backprop/mistakes/named/{rule.pk}", {"relabel": ""})
    assert told(sample)["params"] == {"id": f"own-{rule.pk}", "say": RULE["message"]}
    assert list(Submission.objects.order_by("pk").values_list("points", "counts")) == points
    assert set(Sighting.objects.values_list("misconception", flat=True)) == {f"own-{rule.pk}"}
    page = browser_of("instructor").get("/c/backprop/mistakes/").content.decode()
    assert "Value times weight" in page
    page = (
        browser_of("student")
        .get(f"/c/backprop/i/{sample.attempt.item_id}/?s={sample.pk.hex}")
        .content.decode()
    )
    assert "multiplied by?" in page


def test_from_then_on_students_are_told_at_once(
    browser_of: Browsers, sample: Submission, work: Callable[[str, str], Submission]
) -> None:
    rule = named(browser_of, sample)
    assert told(work("student2", "w4*w3"))["code"] == "named"
    assert told(work("student2", "-2.50"))["code"] == "named"
    assert told(work("student2", "-2"))["code"] == "misconception"  # the catalogue comes first
    assert told(work("student2", "7"))["code"] is None
    assert Sighting.objects.filter(misconception=f"own-{rule.pk}", user__username="student2").exists()


def test_a_rule_that_is_withdrawn_explains_nothing_any_more(
    browser_of: Browsers, sample: Submission, work: Callable[[str, str], Submission]
) -> None:
    rule = named(browser_of, sample)
    iris = browser_of("instructor")
    iris.post(f"/c/backprop/mistakes/named/{rule.pk}", {"relabel": ""})
    iris.post(f"/c/backprop/mistakes/named/{rule.pk}", {"withdraw": ""})
    assert told(sample)["code"] is None
    assert not Sighting.objects.exclude(misconception="").exists()
    assert told(work("student", "w4*w3"))["code"] is None
    assert iris.get(f"/c/backprop/mistakes/named/{rule.pk}").status_code == 404
    lines = [sentence(entry) for entry in Entry.objects.filter(what__startswith="tracking.").order_by("pk")]
    assert [line.split()[0] for line in lines] == ["named", "had", "withdrew"]


def test_what_is_right_or_explained_or_elsewhere_cannot_be_named(
    browser_of: Browsers, sample: Submission, work: Callable[[str, str], Submission]
) -> None:
    iris = browser_of("instructor")
    assert iris.get(address(sample, "dL_dyhat")).status_code == 404
    assert iris.get(address(sample, "nothing")).status_code == 404
    assert iris.get("/c/backprop/mistakes/name?sample=x&box=y").status_code == 404
    assert iris.get(address(work("student", "-2"))).status_code == 404


def test_a_message_with_broken_math_is_not_taken(browser_of: Browsers, sample: Submission) -> None:
    reply = browser_of("instructor").post(address(sample), {**RULE, "message": "What is `2*(`?", "save": ""})
    assert reply.status_code == 422
    assert not NamedRule.objects.exists()
