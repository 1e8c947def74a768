"""What a submission is worth, and results that follow from the stored rows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from course.people.models import User
from course.work.models import Item, Result, Submission
from course.work.scoring import rescore, share
from course.work.signals import rescored
from tests.conftest import Post

RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}


@pytest.fixture
def item(items: dict[str, Item]) -> Item:
    return items["seed-w1"]


@pytest.fixture
def two(student: Client, item: Item, marked: Post) -> list[Submission]:
    """A right and a half-right submission of the student."""
    for number, answers in enumerate((RIGHT, RIGHT | {"dh1_dw1": "7", "grad_w1": "7"})):
        student.post(f"/c/backprop/i/{item.pk}/submit", {"key": f"key-number-{number}"} | answers)
    return list(Submission.objects.order_by("number"))


@pytest.mark.parametrize(
    ("row", "worth"),
    [
        ({"points": 3, "possible": 4}, "0.75"),
        ({"points": 3, "possible": 4, "credit": "0.9"}, "0.675"),
        ({"points": 3, "override": 4, "possible": 4}, "1"),
        ({"points": 3, "override": 0, "possible": 4}, "0"),
        ({"points": 0, "possible": 0}, "0"),
        ({}, "0"),
    ],
)
def test_a_share_is_the_points_that_hold_times_the_credit(row: dict[str, object], worth: str) -> None:
    assert share(Submission(**row)) == Decimal(worth)


def test_a_result_made_anew_is_the_one_that_was_recorded(
    two: list[Submission], item: Item, person: object
) -> None:
    before = Result.objects.values().get()
    Result.objects.update(points=0, solved=False, tries=9, marked=9)
    rescore(two[0].attempt.user_id, [item.pk])
    assert Result.objects.values().get() == before
    assert before["points"] == item.points


def test_an_override_counts_in_place_of_the_points(two: list[Submission], item: Item) -> None:
    two[0].override = Decimal(0)
    two[0].save()
    rescore(two[0].attempt.user_id, [item.pk])
    found = Result.objects.get()
    assert (found.solved, found.tries) == (False, 2)
    assert 0 < found.points < item.points
    two[1].override = two[1].possible
    two[1].save()
    rescore(two[0].attempt.user_id, [item.pk])
    assert (Result.objects.get().points, Result.objects.get().solved) == (item.points, True)


def test_credit_lowers_the_result(two: list[Submission], item: Item) -> None:
    Submission.objects.update(credit="0.5")
    rescore(two[0].attempt.user_id, [item.pk])
    assert Result.objects.get().points == item.points / 2


def test_who_listens_is_told_once_for_each_item(two: list[Submission], item: Item) -> None:
    told: list[tuple[int, int]] = []

    def listen(sender: object, user: int, item: int, **_more: object) -> None:
        told.append((user, item))

    rescored.connect(listen)
    try:
        rescore(two[0].attempt.user_id, [item.pk, item.pk])
    finally:
        rescored.disconnect(listen)
    assert told == [(two[0].attempt.user_id, item.pk)]


def test_an_item_without_work_has_an_empty_result(demo: object, item: Item) -> None:
    user = User.objects.get(username="student2")
    rescore(user.pk, [item.pk])
    found = Result.objects.get(user=user, item=item)
    assert (found.points, found.solved, found.tries, found.marked) == (0, False, 0, 0)
