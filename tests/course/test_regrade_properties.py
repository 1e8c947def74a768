"""Whatever a small class handed in and people said: applying and undoing a regrade changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.people.models import User
from course.review import overriding
from course.review.applying import apply, undo
from course.review.models import LinkRule, Regrade
from course.work.models import Item, Result, Submission
from course.work.scoring import rescore
from tests.conftest import Post
from tests.course.regrading import RIGHT, Browser, dry_run, hand_in, mend, pictures

BOXES = tuple(RIGHT)
TYPED = st.sampled_from(["0.5", "0.55", "7", "2*(", ""])
ANSWERS = st.fixed_dictionaries({"dh1_dw1": TYPED, "grad_w1": st.sampled_from(["-0.6", "-0.66", "1"])})
WORK = st.lists(st.tuples(st.sampled_from(["student", "student2"]), ANSWERS), min_size=1, max_size=4)
SAID = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(BOXES), st.sampled_from(["0", "0.5", "1"])), max_size=2
)
RULES = st.dictionaries(st.sampled_from(BOXES[:2]), st.sampled_from(["out", "full"]), max_size=1)
NUMBERS = count(1)


class TakeBackError(Exception):
    """Ends an example."""


@pytest.fixture
def item(items: dict[str, Item], browser_of: Browser, marked: Post) -> Item:
    found = items["seed-w1"]
    for name in ("student", "student2"):
        browser_of(name).get(f"/c/backprop/i/{found.pk}/")
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=WORK, said=SAID, rules=RULES, only_up=st.booleans())
def test_apply_then_undo_is_as_if_nothing_was(
    browser_of: Browser,
    item: Item,
    marked: Post,
    person: Callable[[str], User],
    work: list[tuple[str, dict[str, str]]],
    said: list[tuple[int, str, str]],
    rules: dict[str, str],
    only_up: bool,
) -> None:
    try:
        with transaction.atomic():
            LinkRule.objects.bulk_create(
                LinkRule(item=item, box=box, effect=how) for box, how in rules.items()
            )
            sent = []
            for name, answers in work:
                key = f"key{next(NUMBERS)}"
                sent.append(hand_in(browser_of(name), item, RIGHT | answers, key))
            for place, box, points in said:
                overriding.override(sent[place % len(sent)], box, points, "why", person("assistant"))
            mend(item.exercise)
            regrade = dry_run(marked, item=item.pk)
            before = pictures()
            apply(regrade, None, only_up=only_up)
            reached = pictures(Result)
            for name in {name for name, _answers in work}:
                rescore(person(name).pk, [item.pk])
            assert pictures(Result) == reached  # by the one rule of all results
            assert_in_bounds()
            undo(Regrade.objects.get(pk=regrade.pk), None)
            assert pictures() == before
            raise TakeBackError
    except TakeBackError:
        marked.messages.clear()


def assert_in_bounds() -> None:
    for one in Submission.objects.exclude(possible=None):
        given_points = one.points if one.override is None else one.override
        assert given_points is not None
        assert Decimal(0) <= given_points <= (one.possible or 0)
