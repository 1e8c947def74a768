"""Hints open on the server, after the waits of the policy, and cost what it says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from course.work.models import Assignment, Draft, Item, OpenedHint, Result, Submission
from tests.conftest import Post

RIGHT = {"dL_dyhat": "2(yhat-y)", "dyhat_dh1": "w3", "dh1_dw1": "x1", "grad_w1": "2*(yhat-y)*w3*x1"}
WRONG = RIGHT | {"dh1_dw1": "77"}


@pytest.fixture
def page(items: dict[str, Item]) -> str:
    return f"/c/backprop/i/{items['seed-w1'].pk}/"


def ask(browser: Client, page: str, number: object, **typed: str) -> int:
    return browser.post(f"{page}hint", {"hint": number, **typed}).status_code


def submit(browser: Client, page: str, answers: dict[str, str], key: str) -> None:
    assert browser.post(f"{page}submit", {"key": key, **answers}).status_code == 303


def pass_seconds(seconds: int) -> None:
    from datetime import timedelta

    OpenedHint.objects.update(opened_at=F("opened_at") - timedelta(seconds=seconds))
    Submission.objects.update(marked_at=Now() - timedelta(seconds=seconds))


def test_no_hint_is_sent_before_it_is_opened(student: Client, page: str) -> None:
    before = student.get(page).content.decode()
    assert 'class="hint"' not in before
    assert ask(student, page, 1) == 303
    assert student.get(page).content.decode().count('class="hint"') == 1


def test_the_second_hint_waits_for_a_wrong_try_and_ten_seconds(
    student: Client, page: str, marked: Post
) -> None:
    ask(student, page, 1)
    assert "Another hint after one more try" in student.get(page).content.decode()
    assert ask(student, page, 2) == 409
    submit(student, page, WRONG, "key-number-1")
    pass_seconds(8)
    assert ask(student, page, 2) == 409
    assert 'data-wait="2"' in student.get(page).content.decode()
    pass_seconds(10)
    assert ask(student, page, 2) == 303
    assert list(OpenedHint.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize("number", [0, 2, 4, 99, "x", ""])
def test_a_hint_that_is_not_the_next_is_refused(student: Client, page: str, number: object) -> None:
    assert ask(student, page, number) == 409
    assert OpenedHint.objects.count() == 0


def test_opening_a_hint_twice_opens_it_once_and_keeps_what_was_typed(student: Client, page: str) -> None:
    assert [ask(student, page, 1, dL_dyhat="2*(yh") for _ in range(2)] == [303, 303]
    assert (OpenedHint.objects.count(), Draft.objects.get().answers) == (1, {"dL_dyhat": "2*(yh"})


def test_hints_that_are_off_are_neither_offered_nor_given(student: Client, page: str) -> None:
    Assignment.objects.update(policy={"hints": False})
    assert b"Hint" not in student.get(page).content
    assert ask(student, page, 1) == 409


def test_what_is_handed_in_after_a_dear_hint_keeps_less_and_says_why(
    student: Client, page: str, marked: Post
) -> None:
    Assignment.objects.update(kind="homework", policy={"hint_waits": [[0, 0]], "try_credit": ["1"]})
    submit(student, page, WRONG, "key-number-1")
    assert ask(student, page, 1) == 303
    assert "at most 95 % of the points after it" in student.get(page).content.decode()
    ask(student, page, 2)
    submit(student, page, RIGHT, "key-number-2")
    first, second = Submission.objects.order_by("number")
    assert (first.credit, second.credit) == (1, Decimal("0.95"))
    assert Result.objects.get().points == Decimal("9.5")
    assert "95 % after 2 hints" in student.get(page).content.decode()


def test_a_fresh_variant_has_its_own_hints_and_all_of_its_points(
    student: Client, page: str, marked: Post
) -> None:
    Assignment.objects.update(kind="homework", policy={"hint_waits": [[0, 0]]})
    for number in (1, 2, 3):
        ask(student, page, number)
    submit(student, page, RIGHT, "key-number-1")
    assert Result.objects.get().points == 6
    student.post(f"{page}variant")
    assert 'class="hint"' not in student.get(page).content.decode()
    submit(student, page, RIGHT, "key-number-2")
    assert Result.objects.get().points == 10


def test_in_practice_the_worked_answer_comes_after_three_tries_and_ends_the_earning(
    student: Client, page: str, marked: Post
) -> None:
    for number in range(3):
        assert b"Worked answer" not in student.get(page).content
        submit(student, page, WRONG | {"grad_w1": str(number)}, f"key-number-{number}")
    assert b"Worked answer" in student.get(page).content
    before = Result.objects.get()
    submit(student, page, RIGHT, "key-number-9")
    after = Result.objects.get()
    assert (after.points, after.solved) == (before.points, False)
    assert "the worked answer had been shown" in student.get(page).content.decode()
    student.post(f"{page}variant")
    submit(student, page, RIGHT, "key-number-10")
    assert Result.objects.get().solved


def test_hints_need_an_open_assignment(student: Client, page: str) -> None:
    student.get(page)
    Assignment.objects.update(closes=timezone.now())
    assert ask(student, page, 1) == 409
