"""Totals: weights, the lowest dropped, non-starters, letters."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from course.gradebook.scores import Score
from course.gradebook.totals import Category, Entry, State, lowest, standing, total

HOMEWORK = Category(1, "Homework", Decimal(60))
EXAM = Category(2, "Exam", Decimal(40))
LETTERS = (("A", Decimal(90)), ("B", Decimal(80)), ("F", Decimal(0)))


def entry(number: int, points: float, possible: float = 10, state: State = State.COUNTS) -> Entry:
    return Entry(number, Score(Decimal(str(points)), Decimal(str(possible)), state is State.COUNTS), state)


def test_a_total_weighs_the_categories() -> None:
    found = total([(HOMEWORK, [entry(1, 5), entry(2, 10)]), (EXAM, [entry(3, 20, 40)])])
    assert found.exact == Fraction(3, 4) * Fraction(60, 100) + Fraction(1, 2) * Fraction(40, 100)
    assert found.percent == Decimal("65.00")
    assert [part.gives for part in found.parts] == [Fraction(45, 100), Fraction(20, 100)]


def test_a_category_with_nothing_yet_leaves_its_weight_to_the_others() -> None:
    found = total([(HOMEWORK, [entry(1, 9)]), (EXAM, [entry(3, 0, 40, State.NOT_YET)])])
    assert found.percent == Decimal("90.00")
    assert [part.pull for part in found.parts] == [1, 0]


def test_nothing_at_all_is_no_total_and_not_zero() -> None:
    found = total([(HOMEWORK, []), (EXAM, [entry(3, 0, 40, State.EXCUSED)])], LETTERS)
    assert (found.exact, found.percent, found.letter) == (None, None, "")


def test_categories_of_no_weight_make_no_total() -> None:
    assert total([(Category(1, "Practice", Decimal(0)), [entry(1, 9)])]).percent is None


def test_what_is_missing_counts_as_zero_and_what_is_excused_does_not() -> None:
    rows = [entry(1, 10), entry(2, 0, 10, State.MISSING), entry(3, 0, 10, State.EXCUSED)]
    assert total([(HOMEWORK, rows)]).percent == Decimal("50.00")


def test_letters_go_by_the_rounded_percentage() -> None:
    at = {points: total([(HOMEWORK, [entry(1, points, 100)])], LETTERS).letter for points in (89.995, 89.994)}
    assert at == {89.995: "A", 89.994: "B"}


@pytest.mark.parametrize(
    ("excused", "tried", "over", "waiting", "state"),
    [
        (True, True, True, False, State.EXCUSED),
        (False, True, False, True, State.COUNTS),
        (False, False, True, True, State.WAITING),
        (False, False, True, False, State.MISSING),
        (False, False, False, False, State.NOT_YET),
    ],
)
def test_a_non_starter_has_zero_only_after_the_due_date(
    excused: bool, tried: bool, over: bool, waiting: bool, state: State
) -> None:
    score = Score(Decimal(0), Decimal(10), tried)
    assert standing(score, excused=excused, over=over, waiting=waiting) is state


def test_dropping_the_lowest_points_is_not_dropping_the_lowest_share() -> None:
    rows = [entry(1, 80, 100), entry(2, 20, 100), entry(3, 1, 20)]
    assert lowest(rows, 1) == {2}  # 81/120 = 67.5 %, where dropping 1/20 leaves 50 %
    assert lowest(rows, 1, equal=True) == {3}


def test_one_is_always_kept_and_what_cannot_be_reached_is_no_candidate() -> None:
    assert lowest([entry(1, 3), entry(2, 5)], 5) == {1}
    assert lowest([entry(1, 3)], 1) == frozenset()
    found = total(
        [(Category(1, "Homework", Decimal(1), drops=1), [entry(1, 0, 0), entry(2, 5), entry(3, 6)])]
    )
    assert found.dropped == {2}
    assert found.percent == Decimal("60.00")


def test_equal_weights_make_the_mean_of_shares() -> None:
    equal = Category(1, "Homework", Decimal(1), equal=True)
    assert total([(equal, [entry(1, 1, 2), entry(2, 100, 100)])]).percent == Decimal("75.00")


scores = some.integers(0, 40).flatmap(
    lambda most: some.tuples(some.integers(0, most), some.just(max(most, 1)))
)


@given(some.lists(scores, min_size=1, max_size=7), some.integers(0, 4), some.booleans())
def test_no_other_choice_of_what_to_drop_is_better(
    pairs: list[tuple[int, int]], drops: int, equal: bool
) -> None:
    rows = [entry(number, *pair) for number, pair in enumerate(pairs)]

    def share(kept: tuple[Entry, ...]) -> Fraction:
        if equal:
            return sum((one.share for one in kept), Fraction(0)) / len(kept)
        return Fraction(sum(one.score.points for one in kept)) / Fraction(
            sum(one.score.possible for one in kept)
        )

    dropped = lowest(rows, drops, equal=equal)
    kept = tuple(row for row in rows if row.assignment not in dropped)
    assert len(kept) == max(len(rows) - drops, 1)
    assert share(kept) == max(map(share, combinations(rows, len(kept))))
