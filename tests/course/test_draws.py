"""Pools and a shuffled order: drawn by a hash, the same for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from course.people.models import Course, User
from course.work.draws import Placed, draw, drawn, items_for, kept
from course.work.models import Assignment, Draw, Item, PublishedExercise

ITEMS = st.lists(st.integers(1, 10**6), unique=True, min_size=1, max_size=12)


@st.composite
def assignments(draws: st.DrawFn) -> list[Placed]:
    """Items, some of them in one of two pools."""
    sizes = {pool: draws(st.integers(1, 4)) for pool in (1, 2)}
    pools = st.sampled_from([None, 1, 2])
    return [Placed(item, pool := draws(pools), sizes.get(pool or 0, 0)) for item in draws(ITEMS)]


@given(st.integers(1), st.integers(1), assignments(), st.booleans())
def test_each_student_gets_all_plain_items_and_the_pools_number(
    user: int, number: int, placed: list[Placed], shuffled: bool
) -> None:
    got = draw(user, number, placed, shuffled=shuffled)
    assert len(set(got)) == len(got)
    assert {one.item for one in placed if one.pool is None} <= set(got)
    for pool in (1, 2):
        members = [one for one in placed if one.pool == pool]
        assert sum(one.item in got for one in members) == min(
            len(members), members[0].draws if members else 0
        )
    if not shuffled:
        assert list(got) == [one.item for one in placed if one.item in got]


@given(st.integers(1), st.integers(1), assignments(), st.booleans())
def test_a_draw_is_the_same_each_time_and_in_whatever_order_a_pool_is_read(
    user: int, number: int, placed: list[Placed], shuffled: bool
) -> None:
    got = draw(user, number, placed, shuffled=shuffled)
    assert draw(user, number, placed, shuffled=shuffled) == got
    assert set(draw(user, number, placed[::-1], shuffled=shuffled)) == set(got)


@given(st.integers(1), assignments(), assignments())
def test_a_stored_draw_stays_when_items_come_and_go(
    user: int, before: list[Placed], after: list[Placed]
) -> None:
    stored = draw(user, 1, before, shuffled=True)
    now = kept(stored, after)
    here = {one.item for one in after}
    assert [item for item in now if item in stored] == [item for item in stored if item in here]
    assert set(now) - set(stored) == {one.item for one in after if one.pool is None} - set(stored)


def test_every_item_of_a_pool_is_drawn_about_as_often() -> None:
    pool = [Placed(item, 1, 2) for item in range(1, 6)]
    counts = Counter(item for user in range(1, 2001) for item in draw(user, 7, pool, shuffled=True))
    assert all(700 < counts[item] < 900 for item in range(1, 6))


@pytest.fixture
def pooled(demo: Course) -> Assignment:
    """Two of four from a pool, and one item for all."""
    found = Assignment.objects.create(course=demo, title="Pooled", shuffled=True)
    pool = found.pools.create(name="Links", draws=2)
    exercises = list(PublishedExercise.objects.order_by("pk")[:5])
    for place, exercise in enumerate(exercises):
        Item.objects.create(assignment=found, exercise=exercise, position=place, pool=pool if place else None)
    return found


def test_a_student_sees_the_drawn_items_and_no_others(
    student: Client, pooled: Assignment, person: Callable[[str], User]
) -> None:
    own = [item.pk for item in items_for(pooled, person("student").pk)]
    assert len(own) == 3
    page = student.get(f"/c/backprop/a/{pooled.pk}/")
    assert [row["item"].pk for row in page.context["entry"]["items"]] == own
    others = pooled.items.exclude(pk__in=own).values_list("pk", flat=True)
    assert student.get(f"/c/backprop/i/{own[0]}/").status_code == 200
    assert [student.get(f"/c/backprop/i/{pk}/").status_code for pk in others] == [404, 404]


def test_the_draw_is_stored_when_it_is_opened_and_keeps_out_what_comes_later(
    student: Client, pooled: Assignment, person: Callable[[str], User]
) -> None:
    user = person("student").pk
    own = [item.pk for item in items_for(pooled, user)]
    student.get(f"/c/backprop/i/{own[0]}/")
    assert Draw.objects.get().items == own
    extra = PublishedExercise.objects.order_by("-pk")[:30]
    Item.objects.bulk_create(
        Item(assignment=pooled, exercise=each, pool=pooled.pools.get(), position=9) for each in extra
    )
    plain = Item.objects.create(assignment=pooled, exercise=extra[0], position=0)
    assert [item.pk for item in items_for(pooled, user)] == [*own, plain.pk]
    assert drawn([pooled], [user])[pooled.pk, user] == (*own, plain.pk)


def test_the_bulk_form_says_the_same_in_two_queries(
    pooled: Assignment, demo: Course, django_assert_num_queries: object
) -> None:
    users = list(User.objects.order_by("pk").values_list("pk", flat=True))
    items_for(pooled, users[0], store=True)
    everything = list(demo.assignments.order_by("pk"))
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = drawn(everything, users)
    for assignment in everything:
        for user in users:
            assert found[assignment.pk, user] == tuple(item.pk for item in items_for(assignment, user))
