"""Diagnosis on drawn variants of the bank: what a wrong rule answers is told by that rule's name.

How each is told is worked out for all variants at once; ``test_audit`` holds that against marking, and
``python -m exercises check`` does so for the whole bank.
"""

from collections import Counter
from functools import cache

import pytest

from exercises import bank
from exercises.audit import ALIKE, CLASH, OWN, audit
from exercises.question import TOLD, Variant
from exercises.variants import key_of, variant
from tests.exercises.helpers import published

ASKED = {name: one for name, one in bank.load().items() if one.step not in TOLD}
SEEDS = range(2, 9)


@cache
def drawn(key: str, name: str) -> list[Variant]:
    return [variant(published(name), seed) for seed in SEEDS]


def told(name: str) -> Counter[str]:
    key = key_of(ASKED[name])
    first = next(other for other, exercise in ASKED.items() if exercise.name == ASKED[name].name)
    return audit(ASKED[name], drawn(key, first)).told


def test_nine_in_ten_wrong_answers_are_told_by_their_own_name_and_hardly_any_clash_by_chance() -> None:
    found = sum((told(name) for name in ASKED), Counter[str]())

    assert found.keys() <= {OWN, ALIKE, CLASH}
    assert found.total() > 10_000
    assert found[OWN] > 0.92 * found.total()
    assert found[CLASH] < 0.003 * found.total()


@pytest.mark.parametrize("first", ["seed-", "classes-", "sigmoid-"])
def test_in_a_small_network_no_two_misconceptions_clash_by_chance(first: str) -> None:
    assert not any(told(name)[CLASH] for name in ASKED if name.startswith(first))
