"""Policies as data, and the credit that follows from them."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.work.credit import Credit, credit_of, of_late, told
from course.work.models import Assignment, Item, Kind
from course.work.policies import DEFAULTS, MarkingPolicy, policy_for, policy_of, solution_after
from course.work.policy_values import FIELDS, BadValueError, Feedback

DUE = datetime(2026, 12, 10, 17, tzinfo=UTC)
HOMEWORK = DEFAULTS[Kind.HOMEWORK]


def kept(
    policy: MarkingPolicy = HOMEWORK, *, late: timedelta = timedelta(0), number: int = 1, hints: int = 0
) -> Credit:
    return credit_of(policy, handed_in=DUE + late, due=DUE, number=number, hints=hints)


def test_every_setting_of_a_policy_can_be_typed_and_stored() -> None:
    assert {field.name for field in fields(MarkingPolicy)} == set(FIELDS)


@pytest.mark.parametrize("kind", Kind.values)
def test_each_default_is_what_comes_back_when_it_is_typed_or_stored(kind: str) -> None:
    for name, value in ((field.name, getattr(DEFAULTS[kind], field.name)) for field in fields(MarkingPolicy)):
        setting = FIELDS[name]
        assert setting.read(setting.show(value)) == value, name
        assert setting.load(setting.dump(value)) == value, name


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=12))
def test_what_is_typed_is_a_value_or_a_sentence(name: str, typed: str) -> None:
    setting = FIELDS[name]
    with suppress(BadValueError):
        value = setting.read(typed)
        assert setting.load(setting.dump(value)) == value


@given(
    st.sampled_from(sorted(FIELDS)),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists),
)
def test_what_is_stored_is_a_value_or_refused_in_words(name: str, stored: object) -> None:
    with suppress(BadValueError):
        setting = FIELDS[name]
        value = setting.load(stored)
        assert setting.load(setting.dump(value)) == value


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("tries", "0", "from 1 to 50"),
        ("try_credit", "1, 2, 101", "per cent"),
        ("hint_waits", "1", "colon"),
        ("late_steps", "3: 50, 1: 80", "few to many"),
        ("fresh", "maybe", "yes or no"),
    ],
)
def test_a_setting_that_makes_no_sense_says_what_is_wrong(name: str, typed: str, words: str) -> None:
    with pytest.raises(BadValueError, match=words):
        FIELDS[name].read(typed)


def test_an_assignment_says_only_what_differs() -> None:
    found = policy_of(Assignment(kind=Kind.QUIZ, policy={"tries": 2, "feedback": "at_once"}))
    assert asdict(found) == asdict(DEFAULTS[Kind.QUIZ]) | {"tries": 2, "feedback": Feedback.AT_ONCE}


def test_a_stored_policy_that_cannot_be_read_is_logged_and_the_default_holds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        found = policy_of(
            Assignment(kind=Kind.HOMEWORK, policy={"tries": "many", "colour": "red", "grace": 9})
        )
    assert (found.tries, found.grace) == (3, 9)
    assert "'tries'" in caplog.text
    assert "'colour'" in caplog.text


def test_an_items_tries_are_its_own() -> None:
    item = Item(assignment=Assignment(kind=Kind.HOMEWORK), tries=5)
    assert policy_for(item).allowed == 5


def test_one_more_try_is_a_try_more() -> None:
    policy = MarkingPolicy(tries=1, second_try=Decimal("0.6"))
    assert (policy.allowed, kept(policy, number=2).share) == (2, Decimal("0.6"))


def test_the_worked_answer_comes_with_the_last_try_and_never_before_a_close() -> None:
    assert solution_after(MarkingPolicy(tries=1)) == 1
    assert solution_after(MarkingPolicy(tries=None)) == 3
    assert solution_after(MarkingPolicy(feedback=Feedback.AFTER_CLOSE)) is None


@pytest.mark.parametrize(("number", "share"), [(1, "1"), (2, "0.9"), (3, "0.75")])
def test_a_further_try_keeps_less(number: int, share: str) -> None:
    assert kept(number=number).share == Decimal(share)


@pytest.mark.parametrize(("hints", "share"), [(0, "1"), (1, "1"), (2, "0.95"), (3, "0.6")])
def test_hints_cost_what_the_policy_says(hints: int, share: str) -> None:
    assert kept(hints=hints).share == Decimal(share)


@pytest.mark.parametrize(
    ("late", "share"),
    [
        (timedelta(0), "1"),
        (timedelta(seconds=60), "1"),
        (timedelta(seconds=61), "0.9"),
        (timedelta(days=1, seconds=60), "0.9"),
        (timedelta(days=1, seconds=61), "0.8"),
        (timedelta(days=30), "0"),
    ],
)
def test_each_begun_day_after_the_grace_costs_a_tenth(late: timedelta, share: str) -> None:
    assert kept(late=late).share == Decimal(share)


def test_steps_hold_until_their_day_and_then_nothing_is_kept() -> None:
    policy = MarkingPolicy(late_steps=((1, Decimal("0.8")), (3, Decimal("0.5"))))
    assert [of_late(policy, days) for days in range(5)] == [1, Decimal("0.8"), *[Decimal("0.5")] * 2, 0]


def test_causes_multiply_and_are_told() -> None:
    found = kept(number=2, hints=2, late=timedelta(days=1, hours=1))
    assert found.share == (Decimal("0.9") - Decimal("0.05")) * Decimal("0.8")
    assert told(found.why) == "90 % for try 2, 95 % after 2 hints, 80 % for 2 begun days late"


def test_after_the_worked_answer_nothing_more_is_earned_on_that_variant() -> None:
    found = kept(DEFAULTS[Kind.PRACTICE], number=4)
    assert (found.share, told(found.why)) == (0, "nothing, as the worked answer had been shown")
    assert kept(DEFAULTS[Kind.PRACTICE], number=3).share == 1
