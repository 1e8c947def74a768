"""The lesson's pages: open to all, whole without a script, and two ways to the exercises."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from course.work.models import Item
from course.work.publication import STEPS
from exercises.lesson import lesson
from exercises.question import Step

pytestmark = pytest.mark.django_db


def test_anyone_may_read_every_page() -> None:
    for page in lesson().pages:
        html = Client().get(f"/lesson/{page.number}/").content.decode()
        assert html.count('class="beat"') == len(page.beats)


@pytest.mark.parametrize("number", [0, 7, 99999])
def test_beyond_the_last_page_there_is_none(number: int) -> None:
    assert Client().get(f"/lesson/{number}/").status_code == 404


def test_each_page_leads_to_the_readers_own_exercises(student: Client, items: dict[str, Item]) -> None:
    for page in lesson().pages:
        html = student.get(f"/lesson/{page.number}/").content.decode()
        steps = {items[slug].exercise.step: items[slug].pk for slug in STEPS}
        for kind in page.kinds:
            assert f'href="/c/backprop/i/{steps[kind]}/"' in html


def test_each_exercise_leads_to_the_page_that_prepares_it(student: Client, items: dict[str, Item]) -> None:
    prepared = {kind for page in lesson().pages for kind in page.kinds}
    for item in (one for one in items.values() if one.exercise.step in prepared):
        html = student.get(f"/c/backprop/i/{item.pk}/").content.decode()
        [number] = set(re.findall(r'href="/lesson/(\d)/">\s*<svg', html))
        page = lesson().pages[int(number) - 1]
        assert Step(item.exercise.step) in page.kinds


def test_a_stranger_is_led_to_no_exercise(items: dict[str, Item]) -> None:
    assert "/i/" not in Client().get("/lesson/2/").content.decode()


def test_values_that_are_not_known_yet_are_not_shown() -> None:
    html = Client().get("/lesson/1/").content.decode()
    assert html.count(">?<") == 4
    assert "0.09" not in html


def test_the_trap_and_the_rule_stand_on_the_first_page() -> None:
    html = Client().get("/lesson/1/").content.decode()
    assert "insight into meaning" in html
    assert "Walk the chain" in html
