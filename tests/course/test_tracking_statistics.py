"""The statistics of items, against tables that were worked out by hand."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from course.people.models import Course, Enrolment, Role, User
from course.tracking import chain, itemstats, psychometrics
from course.tracking.itemstats import First, whole_of
from course.tracking.scope import Scope
from course.work.models import Item
from tests.course.tracked import CHAIN, enrolled, handed_in

RIGHT = dict.fromkeys(CHAIN, "ok")


def test_the_examples_in_the_texts_hold() -> None:
    for module in (psychometrics, chain):
        found = doctest.testmod(module)
        assert found.attempted
        assert not found.failed


def test_alpha_of_a_small_test_by_hand() -> None:
    # Items 1 1 1 0 0, 1 1 0 1 0, 1 0 0 0 0: variances 0.24, 0.24, 0.16; sums 3 2 1 1 0: variance 1.04.
    columns = [[1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [1, 0, 0, 0, 0]]
    assert psychometrics.alpha(columns) == pytest.approx(3 / 2 * (1 - 0.64 / 1.04))
    assert psychometrics.alpha([[1, 1], [1, 1]]) is None
    assert psychometrics.alpha([[1, 0]]) is None


def test_the_interval_of_alpha_by_hand() -> None:
    # ln 0.3 = -1.20397; half width 1.95996*sqrt(2*5/(4*98)) = 0.31304.
    low, high = psychometrics.alpha_interval(0.7, 5, 100)
    assert (low, high) == (pytest.approx(0.58973, abs=1e-4), pytest.approx(0.78063, abs=1e-4))


def test_the_corrected_point_biserial_leaves_the_item_itself_out() -> None:
    # The item alone against the sum of the two others, 2 1 1 1 0 (of those above without item 1: 2 1 0 1 0).
    r = psychometrics.correlation([1, 1, 1, 0, 0], [2, 1, 0, 1, 0])
    # means 0.6, 0.8; shared 0.6; spreads sqrt(1.2*2.8)
    assert r == pytest.approx(0.6 / (1.2 * 2.8) ** 0.5)
    assert psychometrics.correlation([1, 1], [0, 1]) is None
    assert psychometrics.correlation([1], [1]) is None


def test_wilsons_interval_of_none_and_of_all() -> None:
    assert chain.wilson(0, 0) == (0.0, 1.0)
    low, high = chain.wilson(10, 10)
    assert (low, high) == (pytest.approx(0.7225, abs=1e-4), pytest.approx(1))


def test_chi_squared_of_two_groups_by_hand() -> None:
    # 30 of 50 and 20 of 50: expected 25 each; 4 * 25/25 = 4, one degree of freedom, p = 0.0455.
    found = psychometrics.homogeneity([(30, 50), (20, 50)])
    assert found is not None
    assert found[:2] == (pytest.approx(4.0), 1)
    assert found[2] == pytest.approx(0.0455, abs=1e-4)


@pytest.mark.parametrize("groups", [[(3, 5)], [(0, 50), (0, 50)], [(40, 50), (3, 4)], []])
def test_groups_that_say_nothing_are_not_tested(groups: list[tuple[int, int]]) -> None:
    assert psychometrics.homogeneity(groups) is None


@pytest.mark.parametrize(
    ("at", "freedom", "p"), [(0.0, 3, 1), (2.366, 3, 0.5), (11.345, 3, 0.01), (1.0, 1, 0.3173)]
)
def test_the_tail_of_chi_squared_is_that_of_the_tables(at: float, freedom: int, p: float) -> None:
    assert psychometrics.chi_squared_tail(at, freedom) == pytest.approx(p, abs=1e-4)


def _item(pk: int, pool: int | None = None) -> Any:
    return SimpleNamespace(pk=pk, pool_id=pool, counts="normal")


def _first(right: bool) -> First:
    return First(right, 60, 1, 120, right)


def test_an_assignment_of_forty_students_by_hand() -> None:
    # Item 1: the first 20 are right; item 2: the first 30; item 3: every second one. Sums by thirds.
    items = [_item(1), _item(2), _item(3)]
    firsts = {
        1: {user: _first(user < 20) for user in range(40)},
        2: {user: _first(user < 30) for user in range(40)},
        3: {user: _first(user % 2 == 0) for user in range(40)},
    }
    whole = whole_of(items, firsts)
    one, two, three = whole.items
    assert (one.facility, two.facility, three.facility) == (0.5, 0.75, 0.5)
    # Item 1 with 2+3: shared 0.5*(1.5 - 1.0)*20 = 5; spreads sqrt(10 * (7.5 + 10)) = 13.229.
    assert one.discrimination == pytest.approx(5 / (10 * 17.5) ** 0.5)
    assert one.discrimination_count == whole.alpha_count == 40
    # Variances .25 .1875 .25; the sum has these and twice the covariance of 1 and 2, 0.125: 0.9375.
    assert whole.alpha == pytest.approx(1.5 * (1 - 0.6875 / 0.9375))
    assert one.tries == 1
    assert one.minutes is None  # fewer than 30 solved it
    assert two.minutes is not None
    assert two.minutes[0] == 2


def test_fewer_than_thirty_students_say_nothing() -> None:
    whole = whole_of([_item(1)], {1: {user: _first(True) for user in range(29)}})
    assert (whole.items[0].count, whole.items[0].facility, whole.alpha) == (29, None, None)


def test_items_of_a_pool_are_held_against_what_everybody_got() -> None:
    firsts = {
        1: {user: _first(user < 20) for user in range(40)},
        2: {user: _first(user < 20) for user in range(35)},
    }
    pooled = whole_of([_item(1), _item(2, pool=9)], firsts).items[1]
    assert pooled.discrimination_count == 35
    assert pooled.discrimination == pytest.approx(1.0)


@pytest.mark.parametrize(("right", "flags"), [(8, ["hard"]), (39, ["easy"]), (20, [])])
def test_what_is_too_hard_or_too_easy_is_flagged(right: int, flags: list[str]) -> None:
    found = whole_of([_item(1)], {1: {user: _first(user < right) for user in range(40)}}).items[0]
    assert [str(flag) for flag in found.flags] == flags


@pytest.fixture
def scope(demo: Course, items: dict[str, Item]) -> Scope:
    place = items["seed-w1"]
    return Scope(Enrolment(course=demo), place.assignment)


def test_first_tries_of_students_only(
    scope: Scope, items: dict[str, Item], person: Callable[[str], User]
) -> None:
    item, [ada, ben] = items["seed-w1"], enrolled(scope.course, 2)
    handed_in(ada, item, {**RIGHT, "grad_w1": "G-stop"})
    handed_in(ada, item, RIGHT, minute=2)
    handed_in(ben, item, RIGHT)
    handed_in(person("instructor"), item, RIGHT)
    firsts = itemstats.firsts_of(scope)[item.pk]
    assert {user: first.right for user, first in firsts.items()} == {ada.pk: False, ben.pk: True}
    Enrolment.objects.filter(user=ben).update(role=Role.INSTRUCTOR)
    assert list(itemstats.firsts_of(scope)[item.pk]) == [ada.pk]


def test_the_share_of_each_link(
    scope: Scope, items: dict[str, Item], browser_of: Callable[[str], Client]
) -> None:
    item = items["seed-w1"]
    told = [RIGHT, {**RIGHT, "dL_dyhat": "G-sign", "grad_w1": "follows"}, {**RIGHT, "dL_dyhat": "=7"}]
    for user, one in zip(enrolled(scope.course, 3), told, strict=True):
        handed_in(user, item, one)
    links = chain.links_of(scope, [item])[item.pk]
    assert [(link.label.id, link.right, link.follows, link.count) for link in links] == [
        ("dL_dyhat", 1, 0, 3),
        ("dyhat_dh1", 3, 0, 3),
        ("dh1_dw1", 3, 0, 3),
        ("grad_w1", 2, 1, 3),
    ]
    lines = b"".join(browser_of("instructor").get("/c/backprop/chain.csv").streaming_content)  # type: ignore[attr-defined]
    assert b",dL_dyhat,3,1,0,0.3333," in lines
    assert [link.label.badge for link in links] == ["1", "2", "3", "×"]
    assert [link.label.colour for link in links] == ["k1", "k2", "k3", ""]


def test_variants_whose_groups_differ_are_found(scope: Scope, items: dict[str, Item]) -> None:
    item = items["seed-w4"]
    for number, user in enumerate(enrolled(scope.course, 60)):
        odd = number % 2
        told = RIGHT if number % 10 < (9 if odd else 3) else {**RIGHT, "grad_w1": "=1"}
        values = {"w3": "-2" if odd else "2", "x1": "0.5"}
        handed_in(user, item, told, seed=3 + odd, values=values)
    found = itemstats.fairness_of(scope, item)
    assert [(group.name, group.count) for group in found["signs"].groups] == [("w3 +", 30), ("w3 −", 30)]
    assert [group.name for group in found["variants"].groups] == ["3", "4"]
    assert found["signs"].is_doubtful


def test_the_page_says_n_and_hides_below_thirty(
    browser_of: Callable[[str], Client], scope: Scope, items: dict[str, Item]
) -> None:
    item = items["seed-w1"]
    address = f"/c/backprop/statistics/?a={item.assignment_id}&item={item.pk}"
    users = enrolled(scope.course, 30)
    for user in users[:29]:
        handed_in(user, item, RIGHT)
    page = browser_of("instructor").get(address).content.decode()
    assert "29 students tried it: too few to say more." in page
    handed_in(users[29], item, {**RIGHT, "grad_w1": "=2"})
    page = browser_of("instructor").get(address).content.decode()
    assert "97 %" in page
    assert "83–99 %" in page
    lines = b"".join(browser_of("instructor").get(address.replace("/?", ".csv?")).streaming_content)  # type: ignore[attr-defined]
    assert b",30,29,0.9667,0.8333," in lines
