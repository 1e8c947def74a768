"""Which ladder of hints the exercise page offers, read from the page as a browser gets it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

import pytest
from django.test import Client

from course.people.models import Course
from course.work.mathml import prose
from course.work.models import Assignment, Item
from exercises.prose import ladder, texts
from tests.conftest import Post

pytestmark = pytest.mark.django_db
RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
Ask = Callable[..., str]


@pytest.fixture(autouse=True)
def at_once(demo: Course) -> None:
    """Here every hint may be opened at once."""
    Assignment.objects.update(policy={"hint_waits": [[0, 0]]})


def with_hints(student: Client, address: str) -> str:
    """The page with all its hints open."""
    for number in (1, 2, 3):
        student.post(f"{address}hint", {"hint": number})
    return student.get(address).content.decode()


@pytest.fixture
def ask(student: Client, items: dict[str, Item], marked: Post) -> Ask:
    """Hand in answers without a script, and get the page back with its hints open."""
    count = iter(range(100))

    def hand_in(answers: dict[str, str], step: str = "seed-w1") -> str:
        address = f"/c/backprop/i/{items[step].pk}/"
        reply = student.post(f"{address}submit", {"key": f"key-number-{next(count)}", **answers})
        assert reply.status_code == 303
        return with_hints(student, address)

    return hand_in


def offered(page: str) -> tuple[str, list[str]]:
    """What is said of the ladder on a page to those who listen, and its hints as they are typeset."""
    return titles(page)[0], re.findall(r'<p tabindex="-1">(.*?)</p>', page, re.S)


def titles(page: str) -> list[str]:
    """What the buttons of the hints say."""
    found = re.findall(r'<details class="hint"[^>]*><summary class="btn">(.*?)</summary>', page, re.S)
    heard = [re.sub(r'<span aria-hidden="true">.*?</span>(?=<span class="vh">)', "", each) for each in found]
    return [html.unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in heard]


def told(hints: Sequence[str]) -> list[str]:
    return [str(prose(hint)) for hint in hints]


def test_before_any_verdict_the_ladder_is_that_of_the_step(student: Client, items: dict[str, Item]) -> None:
    page = with_hints(student, f"/c/backprop/i/{items['seed-w1'].pk}/")
    assert offered(page) == ("Hint", told(ladder("three-factor")))


def test_a_named_misconception_brings_its_own_ladder_and_says_for_which_box(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "-0.3"})
    assert offered(page) == ("Hint for link 1", told(texts("ladders")["G-two"]))


def test_of_several_named_boxes_the_first_is_helped_with(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "-0.3", "dyhat_dh1": "h1"})
    assert offered(page)[0] == "Hint for link 1"
    page = ask(RIGHT | {"dyhat_dh1": "h1", "dh1_dw1": "w1"})
    assert offered(page)[0] == "Hint for link 2"


def test_a_box_without_a_link_is_called_by_its_symbol(ask: Ask) -> None:
    page = ask({"h1": "0.6", "h2": "0.4", "yhat": "1.7"}, "seed-prediction")
    assert offered(page) == ("Hint for ŷ", told(texts("ladders")["F-sign"]))


def test_a_matrix_with_rows_and_columns_exchanged_brings_the_ladder_of_that(ask: Ask) -> None:
    turned = "[-0.9254, 0.5544; -1.4806, 0.8871; -0.5552, 0.3327]"
    page = ask({"dL_dyhat": "", "dL_dh": "", "dL_dz": "", "grad_W": turned}, "matrix-w")
    assert offered(page) == ("Hint for ∂L/∂W", told(texts("ladders")["V-trans"]))


def test_what_no_rule_explains_leaves_the_ladder_of_the_step(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "77.31"})
    assert offered(page) == ("Hint", told(ladder("three-factor")))


def test_the_ladder_of_a_misconception_goes_when_a_later_try_no_longer_has_it(ask: Ask) -> None:
    ask(RIGHT | {"dL_dyhat": "-0.3"})
    assert offered(ask(RIGHT))[0] == "Hint"


def test_an_answer_that_cannot_be_read_takes_no_ladder_away(ask: Ask) -> None:
    ask(RIGHT | {"dL_dyhat": "-0.3"})
    assert offered(ask(RIGHT | {"dL_dyhat": "2*("}))[0] == "Hint for link 1"


def test_the_reply_to_the_script_has_the_same_ladder(
    student: Client, items: dict[str, Item], marked: Post
) -> None:
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"
    with_hints(student, address)
    form = {"key": "key-number-1", **RIGHT, "dL_dyhat": "-0.3"}
    reply = student.post(f"{address}submit", form, headers={"X-Fragment": "1"}).content.decode()
    assert offered(reply) == ("Hint for link 1", told(texts("ladders")["G-two"]))


def test_no_page_says_how_many_hints_are_left(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "-0.3"})
    assert titles(page) == ["Hint for link 1", "Another hint", "Another hint"]


def test_every_hint_of_every_ladder_is_typeset() -> None:
    for hints in texts("ladders").values():
        assert [prose(hint).count("<math") for hint in hints] == [hint.count("`") // 2 for hint in hints]
