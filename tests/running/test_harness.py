"""The harness of `make bench` on arms whose costs are known."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from random import Random

import pytest

from bench.clock import cpu, group_cpu
from bench.harness import Arm, Interval, Row, interval, judge, measure


def _noisy(middle: float, random: Random) -> Arm:
    return lambda: middle * random.uniform(0.9, 1.1)


def _row(ours: Arm, floor: Arm, must: float, *, faster: bool = False) -> Row:
    return Row("a row", "a floor", ours, floor, must, must, rounds=31, faster=faster)


@pytest.mark.parametrize(
    ("must", "faster", "verdict"),
    [
        (2.5, False, "PASS"),
        (2.0, False, "UNCLEAR"),
        (1.5, False, "FAIL"),
        (0.4, True, "PASS"),
        (0.5, True, "UNCLEAR"),
        (0.6, True, "FAIL"),
    ],
)
def test_an_arm_of_twice_the_cost_is_judged_by_its_bound(must: float, faster: bool, verdict: str) -> None:
    random = Random(1)
    row = _row(_noisy(20, random), _noisy(10, random), must, faster=faster)
    found = measure(row, random)
    assert found.verdict == verdict
    assert found.ratio.middle == pytest.approx(0.5 if faster else 2, rel=0.05)
    assert not found.noisy


def test_a_floor_that_differs_from_itself_marks_a_noisy_row() -> None:
    costs = count(1)
    assert measure(_row(lambda: 10, lambda: 2 ** (next(costs) % 5), 2), Random(1)).noisy


def test_where_the_floor_is_a_number_our_own_arm_runs_twice() -> None:
    costs = count(1)
    row = Row("a row", "5 ms", lambda: 2.0 ** (next(costs) % 5), lambda: 5.0, 1, 1, rounds=31, fixed=True)
    assert measure(row, Random(1)).noisy
    calm = replace(row, ours=lambda: 3.0)
    found = measure(calm, Random(1))
    assert (found.noisy, found.ratio.middle, found.verdict) == (False, 0.6, "PASS")


def test_the_order_of_the_arms_changes_from_round_to_round() -> None:
    order: list[str] = []

    def note(name: str) -> Arm:
        return lambda: float(not order.append(name))

    measure(_row(note("ours"), note("floor"), 1), Random(1))
    rounds = {tuple(order[i : i + 3]) for i in range(0, len(order), 3)}
    assert len(rounds) == 3
    assert all(sorted(one) == ["floor", "floor", "ours"] for one in rounds)


def test_the_interval_of_many_equal_values_is_that_value() -> None:
    assert interval([3.0] * 20, Random(1)) == Interval(3, 3, 3)


def test_a_bound_that_is_met_exactly_passes() -> None:
    assert judge(_row(float, float, 3), Interval(3, 3, 3)) == "PASS"


def test_cpu_time_counts_work_and_not_sleep() -> None:
    import os
    import time

    assert cpu(lambda: time.sleep(0.05)) < 20
    before = group_cpu(os.getsid(0))
    end = time.thread_time() + 0.1
    while time.thread_time() < end:
        pass
    assert group_cpu(os.getsid(0)) - before > 80
