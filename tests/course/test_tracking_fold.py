"""Aggregates: kept while work arrives, they are what all submissions in order come to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.people.models import Course, User
from course.tracking.keeping import refold
from course.tracking.models import BoxStanding, Sighting, Stage, Standing
from course.tracking.rebuilding import Difference, rebuild, unbuilt
from course.work.models import Item, Submission
from course.work.signals import marked, rescored
from grader.job import Verdict
from tests.course.tracked import CHAIN, START, handed_in

Person = Callable[[str], User]
RIGHT = dict.fromkeys(CHAIN, "ok")
SLIP = {**RIGHT, "dL_dyhat": "G-sign"}


@pytest.fixture
def item(items: dict[str, Item]) -> Item:
    return items["seed-w1"]


@pytest.fixture
def ada(person: Person) -> User:
    return person("student")


def standing(user: User) -> Standing:
    return Standing.objects.get(user=user)


def test_a_first_try_is_the_first_that_counts(ada: User, item: Item) -> None:
    handed_in(ada, item, {**RIGHT, "grad_w1": "unread"}, minute=1)
    assert standing(ada).stage == Stage.BEGUN
    first = handed_in(ada, item, SLIP, minute=2)
    handed_in(ada, item, RIGHT, minute=3)
    row = standing(ada)
    assert (row.first, row.first_right, row.first_share) == (first.pk, False, 0.75)
    assert (row.tries, row.handed_in, row.stage) == (2, 3, Stage.RIGHT)
    boxes = {box.box: box.first for box in BoxStanding.objects.filter(user=ada)}
    assert boxes == {"dL_dyhat": "wrong", "dyhat_dh1": "correct", "dh1_dw1": "correct", "grad_w1": "correct"}


def test_a_box_that_was_left_empty_has_its_first_try_later(ada: User, item: Item) -> None:
    handed_in(ada, item, {**RIGHT, "grad_w1": "empty"})
    assert not BoxStanding.objects.filter(user=ada, box="grad_w1").exists()
    handed_in(ada, item, {**RIGHT, "grad_w1": "G-stop"}, minute=2)
    assert BoxStanding.objects.get(user=ada, box="grad_w1").first == "wrong"


def test_stuck_is_three_tries_with_the_same_box_wrong(ada: User, item: Item) -> None:
    handed_in(ada, item, SLIP, minute=1)
    handed_in(ada, item, {**RIGHT, "dyhat_dh1": "G-wforh"}, minute=2)  # another box: not stuck
    handed_in(ada, item, SLIP, minute=3)
    handed_in(ada, item, SLIP, minute=4)
    assert standing(ada).stage == Stage.SOME
    handed_in(ada, item, SLIP, minute=5)
    assert (standing(ada).stage, standing(ada).stuck_since) == (Stage.STUCK, START + timedelta(minutes=5))
    handed_in(ada, item, SLIP, minute=6)
    assert standing(ada).stuck_since == START + timedelta(minutes=5)
    handed_in(ada, item, RIGHT, minute=7)
    assert (standing(ada).stage, standing(ada).stuck_since) == (Stage.RIGHT, None)


def test_time_of_work_leaves_out_long_pauses_and_ends_when_it_is_right(ada: User, item: Item) -> None:
    handed_in(ada, item, SLIP, minute=3)
    handed_in(ada, item, SLIP, minute=120)
    handed_in(ada, item, RIGHT, minute=121)
    handed_in(ada, item, RIGHT, minute=125)
    assert (standing(ada).first_seconds, standing(ada).seconds) == (180, 180 + 600 + 60)


def test_a_misconception_is_counted_by_box_with_its_latest_sample(ada: User, item: Item) -> None:
    handed_in(ada, item, SLIP, minute=1)
    last = handed_in(ada, item, SLIP, minute=2)
    seen = Sighting.objects.get(user=ada, misconception="G-sign")
    assert (seen.box, seen.count, seen.sample) == ("dL_dyhat", 2, last.pk)


def test_an_unexplained_number_is_kept_with_its_variant(ada: User, item: Item) -> None:
    handed_in(ada, item, {**RIGHT, "dL_dyhat": "=-0.3"}, seed=7)
    handed_in(ada, item, {**RIGHT, "dL_dyhat": "=-0.3"}, seed=7, minute=2)
    seen = Sighting.objects.get(user=ada)
    assert (seen.misconception, seen.answer, seen.seed, seen.count) == ("", "-0.3", 7, 2)


def test_a_verdict_that_comes_late_is_counted_in_its_place(ada: User, item: Item) -> None:
    early = handed_in(ada, item, SLIP, minute=1, number=1, tell=False)
    Submission.objects.filter(pk=early.pk).update(
        state="failed", points=None, verdict=None
    )  # the engine broke: a person had it marked again
    handed_in(ada, item, RIGHT, minute=2, number=2)
    assert standing(ada).first_right is True
    told = Verdict.model_validate(early.verdict)
    Submission.objects.filter(pk=early.pk).update(state="graded", points=early.points, verdict=early.verdict)
    marked.send(Submission, submission=early, verdict=told)
    assert (standing(ada).first_right, standing(ada).tries) == (False, 2)


def test_a_mark_that_was_worked_out_anew_is_counted_anew(ada: User, item: Item) -> None:
    slip = handed_in(ada, item, SLIP)
    Submission.objects.filter(pk=slip.pk).update(override=slip.possible)
    rescored.send(Submission, user=ada.pk, item=item.pk)
    assert standing(ada).first_share == 1


def test_nothing_is_left_of_submissions_that_are_gone(ada: User, item: Item) -> None:
    handed_in(ada, item, SLIP).delete()
    refold(ada.pk, item.pk)
    assert not Standing.objects.exists()
    assert not Sighting.objects.exists()


TOLD = st.sampled_from([RIGHT, SLIP, {**RIGHT, "dyhat_dh1": "=3"}, {**RIGHT, "grad_w1": "unread"}])
WORK = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 2), TOLD), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=WORK, order=st.randoms(use_true_random=False))
def test_whatever_comes_in_whatever_order_kept_is_what_is_rebuilt(
    work: list[tuple[int, int, dict[str, str]]], order: Random, person: Person, items: dict[str, Item]
) -> None:
    Submission.objects.all().delete()
    Standing.objects.all().delete()
    BoxStanding.objects.all().delete()
    Sighting.objects.all().delete()
    users, place = [person("student"), person("student2")], items["seed-w1"]
    rows = [
        handed_in(users[who], place, told, attempt=attempt, minute=minute, number=minute, tell=False)
        for minute, (who, attempt, told) in enumerate(work, start=1)
    ]
    verdicts = {row.pk: row.verdict for row in rows}
    hidden = Submission.objects.filter(pk__in=verdicts)
    hidden.update(state="queued", points=None)
    order.shuffle(rows)
    for row in rows:
        Submission.objects.filter(pk=row.pk).update(state="graded", points=row.points)
        marked.send(Submission, submission=row, verdict=Verdict.model_validate(row.verdict))
    found = rebuild(place.assignment.course, dry_run=True)
    assert found.is_none
    assert found.right == len({who for who, _, _ in work})


def test_rebuilding_says_what_differs_and_mends_it(ada: User, item: Item, demo: Course) -> None:
    handed_in(ada, item, SLIP)
    Standing.objects.update(tries=9)
    out = StringIO()
    call_command("rebuild_aggregates", course="backprop", dry_run=True, stdout=out)
    assert "0 missing, 1 different, 0 without submissions" in out.getvalue()
    assert standing(ada).tries == 9
    call_command("rebuild_aggregates", stdout=StringIO())
    assert standing(ada).tries == 1
    assert rebuild(demo, dry_run=True) == Difference(right=1)


def test_a_course_from_before_the_aggregates_is_found_and_filled(ada: User, item: Item, demo: Course) -> None:
    handed_in(ada, item, SLIP, tell=False)
    assert unbuilt(demo) == unbuilt() == 1
    rebuild(demo)
    assert unbuilt(demo) == 0


def test_rows_without_submissions_go(ada: User, item: Item, demo: Course) -> None:
    handed_in(ada, item, SLIP).delete()
    assert rebuild(demo) == Difference(foreign=1)
    assert not BoxStanding.objects.exists()


def test_a_course_that_is_not_there_is_a_wrong_call(demo: Course) -> None:
    with pytest.raises(CommandError, match="no course 'nowhere'"):
        call_command("rebuild_aggregates", course="nowhere")
