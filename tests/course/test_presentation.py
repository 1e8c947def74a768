"""What the exercise page says about an answer, read from the page as a browser gets it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from course.work import feedback
from course.work.catalogue import question_of
from course.work.mathml import plain
from course.work.models import Attempt, Item
from exercises.prose import texts
from grader.job import Outcome
from grader.misconceptions import RULES
from tests.conftest import Post

pytestmark = pytest.mark.django_db
RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
UPDATE = {"w1_new": "1.26", "w2_new": "0.44", "w3_new": "2.036", "w4_new": "-1.226"}
UPDATE |= {"yhat_new": "0.8511", "L_new": "0.0222"}
Ask = Callable[..., str]


@pytest.fixture
def ask(student: Client, items: dict[str, Item], marked: Post) -> Ask:
    """Hand in answers to the three-factor step, and get the page's parts back."""
    count = iter(range(100))

    def hand_in(answers: dict[str, str] = RIGHT, step: str = "seed-w1", *, fragment: bool = True) -> str:
        form = {"key": f"key-number-{next(count)}", **answers}
        headers = {"X-Fragment": "1"} if fragment else {}
        address = f"/c/backprop/i/{items[step].pk}/"
        reply = student.post(f"{address}submit", form, headers=headers)
        if reply.status_code == 303:
            reply = student.get(reply.headers["Location"])
        return reply.content.decode()

    return hand_in


def words(page: str, part: str = "") -> str:
    """The words of a page, or of the part with this id."""
    if part:
        page = page[page.index(f'id="{part}"') :]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def states(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-box="(\w+)" data-state="(\w*)"', page))


def test_a_right_chain_has_a_meaning_and_a_way_on(ask: Ask) -> None:
    page = ask()
    assert set(states(page).values()) == {"ok"}
    assert "The chain holds." in page
    assert "a little and the loss falls" in words(page, "verdict")
    assert "Next: Update" in words(page, "verdict")


def test_a_wrong_link_is_named_and_questioned_and_the_others_are_ticked(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "-0.3"})
    assert states(page)["dL_dyhat"] == "bad"
    assert states(page)["dyhat_dh1"] == "ok"
    assert "2 of 3 links hold" in page
    assert "Look at link 1 first. No marks lost: try again." in words(page, "verdict")
    assert "What becomes of the exponent" in words(page, "v-dL_dyhat")


def test_a_product_of_ones_own_links_follows(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "0.6", "grad_w1": "0.6"})
    assert states(page)["grad_w1"] == "warn"
    assert "Right for your own answer before" in words(page, "v-grad_w1")


@pytest.mark.parametrize(
    ("answer", "says", "wrong"),
    [
        ("2*(yhat - y) = -0.5", "Your formula holds.", "-0.5"),
        ("dL/dyhat = yhat - y = -0.6", "Your result holds.", "yhat - y"),
    ],
)
def test_of_a_formula_and_a_result_that_disagree_the_one_to_mend_is_marked(
    ask: Ask, answer: str, says: str, wrong: str
) -> None:
    page = ask(RIGHT | {"dL_dyhat": answer})
    assert states(page)["dL_dyhat"] == "warn"
    told = page[page.index('id="v-dL_dyhat"') : page.index('id="b-dyhat_dh1"')]
    assert f"<mark>{wrong}</mark>" in told
    assert says in told
    assert "?" in told
    assert "-0.6" not in words(told).replace(answer, "")
    assert "3.5 / 4" in words(page, "verdict")
    assert "<math" in page[page.index('id="e-dL_dyhat"') : page.index('id="v-dL_dyhat"')]


def test_a_formula_that_has_the_right_number_by_chance_is_shown_another_point(ask: Ask) -> None:
    page = ask(RIGHT | {"grad_w1": "2*(yhat - y)"})
    assert states(page)["grad_w1"] == "bad"
    told = page[page.index('id="v-grad_w1"') :]
    assert "right here by chance" in told
    assert "<math" in told[: told.index("</li>")]


def test_an_answer_with_equals_signs_is_echoed_side_by_side_without_its_label(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "dL/dyhat = 2*(yhat-y) = -0.6"})
    echo = page[page.index('id="e-dL_dyhat"') :]
    assert echo[: echo.index("</output>")].count("<math") == 2
    assert states(page)["dL_dyhat"] == "ok"


def test_what_changed_since_the_try_before_is_said_and_ringed(ask: Ask) -> None:
    ask(RIGHT | {"dL_dyhat": "0.6", "dyhat_dh1": "9"})
    page = ask(RIGHT | {"dL_dyhat": "0.6"})
    assert "Since attempt 1: link 2 now holds" in words(page, "verdict")
    rows = re.findall(r"<tr>.*?</tr>", page, re.S)[1:]
    assert len(rows) == 2
    assert rows[0].count("moved") == 1 + ("now follows" in page)


def test_a_box_that_was_empty_before_does_not_hold_yet(ask: Ask) -> None:
    ask(RIGHT | {"dL_dyhat": "", "dyhat_dh1": "w3 = 3"})
    page = ask(RIGHT | {"dL_dyhat": "9", "dyhat_dh1": "9", "dh1_dw1": "9", "grad_w1": ""})
    assert "link 1 does not hold yet, link 2 does not hold yet, link 3 no longer holds" in words(page)


def test_an_unreadable_box_shows_the_place_and_the_fix_and_is_no_try(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "2*(yhat-y"})
    assert states(page)["dL_dyhat"] == "unread"
    assert states(page)["dyhat_dh1"] == ""
    assert '<span class="read" dir="ltr">2*<mark>(</mark>yhat-y</span>' in page
    assert 'data-fix="2*(yhat-y)"' in page
    assert "This did not use up a try." in words(page, "verdict")
    assert "<tbody>\n" in page
    assert '<th scope="row">1</th>' not in page


def test_the_same_page_comes_without_a_script(ask: Ask) -> None:
    page = ask(RIGHT | {"dyhat_dh1": "h1"}, fragment=False)
    assert "<!doctype html>" in page
    assert states(page)["dyhat_dh1"] == "bad"
    assert 'value="h1"' in page


def test_what_was_typed_is_shown_typeset_and_escaped(ask: Ask) -> None:
    page = ask(RIGHT | {"dL_dyhat": "2*(yhat-y)", "dyhat_dh1": '"><b>x'})
    assert "<b>x" not in page
    assert "&quot;&gt;&lt;b&gt;x" in page
    echo = page[page.index('id="e-dL_dyhat"') :]
    assert "<mover" in echo[: echo.index("</output>")]


def test_every_form_has_a_key_of_its_own(student: Client, items: dict[str, Item]) -> None:
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"
    keys = {
        re.search(r'name="key" value="(\w{32})"', student.get(address).content.decode()) for _ in range(3)
    }
    assert len({key[1] for key in keys if key}) == 3


def test_a_saved_answer_without_a_verdict_says_so(
    student: Client, items: dict[str, Item], post: Post
) -> None:
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"
    reply = student.post(f"{address}submit", {"key": "key-number-1", **RIGHT}, headers={"X-Fragment": "1"})
    page = student.get(address).content.decode()
    assert reply.status_code == 202
    assert "Saved, will be marked" in reply.content.decode()
    assert re.search(r'data-poll="/s/[0-9a-f-]{36}/"', page)


def test_a_draft_wins_over_the_answer_before_it(ask: Ask, student: Client, items: dict[str, Item]) -> None:
    ask()
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"
    student.post(f"{address}draft", {**RIGHT, "dL_dyhat": "2*("})
    page = student.get(address).content.decode()
    assert 'value="2*("' in page
    assert states(page)["dL_dyhat"] == ""
    assert 'id="verdict"' not in page


def test_the_rail_says_how_far_each_step_is(ask: Ask) -> None:
    ask(RIGHT | {"dL_dyhat": "9"})
    page = ask({"L": "0.09"}, "seed-loss")
    rail = words(page[page.index('id="rail"') : page.index('id="card"')])
    assert re.search(r"Loss\s*, done", rail)
    assert re.search(r"Three factors\s*, begun", rail)
    assert re.search(r"Update\s*, not begun", rail)


def test_no_page_of_an_exercise_gives_the_answer_away(student: Client, items: dict[str, Item]) -> None:
    page = student.get(f"/c/backprop/i/{items['seed-prediction'].pk}/").content.decode()
    assert "0.7" not in words(page)
    assert '"yhat"' not in page[page.index('"numbers"') : page.index('"messages"')]


def test_every_misconception_that_the_grader_names_has_a_text_without_an_answer() -> None:
    named = {code for rules in RULES.values() for code in rules}
    told = texts("misconceptions")
    assert named <= told.keys()
    assert not any(re.search(r"\d\.\d|`\w*\d", text) for text in told.values())


def test_every_outcome_has_a_state_a_word_and_an_icon() -> None:
    assert feedback.STATES.keys() == feedback.WORDS.keys() == set(Outcome)
    assert set(feedback.STATES.values()) <= feedback.ICONS.keys()


def test_every_icon_is_in_the_sprite() -> None:
    from course.settings import BASE_DIR

    sprite = (BASE_DIR / "course/static/img/icons.svg").read_text()
    assert all(f'id="{icon}"' in sprite for icon in feedback.ICONS.values())


def test_a_statement_that_is_labelled_right_says_why_and_a_wrong_one_does_not(
    ask: Ask, items: dict[str, Item], student: Client
) -> None:
    student.get(f"/c/backprop/i/{items['seed-trap'].pk}/")
    question = question_of(Attempt.objects.get(item=items["seed-trap"]))
    first, second = (field for field in question.fields if field.id in {"s1", "s2"})
    other = next(option.id for option in second.options if option.id != question.solution["s2"])
    page = ask({"s1": question.solution["s1"], "s2": other}, "seed-trap")
    assert plain(first.why) in words(page)
    assert plain(second.why) not in words(page)


def test_one_slip_in_several_boxes_is_explained_once(ask: Ask) -> None:
    ascent = {"w1_new": "w1+alpha*grad_w1", "w3_new": "w3+alpha*grad_w3", "w4_new": "w4+alpha*grad_w4"}
    page = ask(UPDATE | ascent, "seed-update")
    assert page.count("Work out the loss after your update") == 1
    assert "The same as with" in words(page)


def test_the_heading_tells_answers_that_follow_from_the_own_ones(ask: Ask) -> None:
    page = ask(UPDATE | {"w3_new": "2.01", "yhat_new": "0.8347", "L_new": "0.0273"}, "seed-update")
    assert "3 of 6 answers are right, 2 follow from yours" in words(page, "verdict")


def test_too_few_digits_do_not_take_back_what_was_reached(ask: Ask) -> None:
    assert "What you have reached here stays." not in ask(UPDATE | {"yhat_new": "0.85"}, "seed-update")
    ask(UPDATE, "seed-update")
    assert "What you have reached here stays." in ask(UPDATE | {"yhat_new": "0.85"}, "seed-update")
