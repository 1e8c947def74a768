"""Quizzes and broken loops as questions: what they ask, how they are marked, what an author may get wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from exercises import bank
from exercises.bank import BankError, read
from exercises.published import Published
from exercises.question import Question, Variant
from exercises.selftest import right_answers
from exercises.steps import debugging, job, question
from exercises.variants import variant
from grader.job import ChoiceBox, Outcome, SlotsBox, Verdict
from grader.marking import mark
from grader.paper import JobError

HEAD = "name: A quiz\nexercises:\n  - id: one\n    step: quiz\n    questions:\n"
CHOICE = "      - {kind: choice, prompt: Which one, options: [{text: this, right: true}, {text: that}]}\n"


@cache
def published(name: str) -> Published:
    return Published(exercise=bank.load()[name])


def asked(name: str, seed: int = 1) -> tuple[Question, Variant]:
    numbers = variant(published(name), seed)
    return question(published(name), numbers), numbers


def marked(name: str, answers: dict[str, str | list[str]], seed: int = 1) -> Verdict:
    found, numbers = asked(name, seed)
    return mark(job(found, published(name), numbers, right_answers(found) | answers))


def outcome(verdict: Verdict, box: str) -> tuple[Outcome, Decimal]:
    found = next(each for each in verdict.boxes if each.id == box)
    return found.outcome, found.points


@pytest.mark.parametrize("name", ["ready", "dominoes-order", "dominoes-parts", "broken-1", "broken-any"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_right_answers_get_all_the_points(name: str, seed: int) -> None:
    verdict = marked(name, {}, seed)
    assert (verdict.outcome, verdict.points) == (Outcome.CORRECT, verdict.possible)


def test_the_links_of_a_chain_come_from_the_network_and_never_lie_in_order() -> None:
    field = asked("dominoes-order")[0].fields[0]
    texts = {option.id: option.text for option in field.options}
    box = asked("dominoes-order")[0].boxes[0]
    assert isinstance(box, SlotsBox)
    assert [texts[each] for each in box.right] == ["`dL_dyhat`", "`dyhat_dh1`", "`dh1_dw1`"]
    assert [option.id for option in field.options][:3] != list(box.right)
    assert len(field.options) == 5


@pytest.mark.parametrize(
    ("hits", "places", "options", "points"),
    [
        (3, 3, 5, "1"),
        (2, 3, 5, "0.583"),
        (1, 3, 5, "0.167"),
        (0, 3, 5, "0"),
        (1, 4, 4, "0"),
        (2, 4, 4, "0.333"),
    ],
)
def test_places_are_worth_what_is_above_chance(hits: int, places: int, options: int, points: str) -> None:
    ids = tuple(str(number) for number in range(options))
    found, numbers = asked("ready")
    box = SlotsBox(id="s", options=ids, right=ids[:places])
    wrong = [ids[(at + 1) % options] for at in range(hits, places)]
    sent = job(replace(found, boxes=(box,)), published("ready"), numbers, {"s": [*ids[:hits], *wrong]})
    assert mark(sent).points == Decimal(points)


def test_places_that_are_all_empty_are_empty_and_too_few_are_a_fault_of_the_job() -> None:
    assert outcome(marked("dominoes-order", {"q1": ["", "", ""]}), "q1")[0] is Outcome.EMPTY
    with pytest.raises(JobError, match="places"):
        marked("dominoes-order", {"q1": ["1"]})


def test_an_expression_is_right_in_every_equal_form_and_a_unit_too() -> None:
    verdict = marked("ready", {"q4": "8*w - 4", "q6": "3.0", "q6_unit": "s^-1*l"})
    assert outcome(verdict, "q4")[0] is Outcome.CORRECT
    assert outcome(verdict, "q6_unit")[0] is Outcome.CORRECT
    assert outcome(marked("ready", {"q6_unit": "l*s"}), "q6_unit")[0] is Outcome.WRONG


def test_a_reason_scores_only_with_the_right_choice() -> None:
    box = next(each for each in asked("ready")[0].boxes if each.id == "q3")
    assert isinstance(box, ChoiceBox)
    wrong = next(each for each in box.options if each != box.right)
    assert outcome(marked("ready", {"q3": wrong}), "q3_reason") == (Outcome.PARTIAL, Decimal(0))


def test_a_formula_is_worth_what_the_variant_makes_of_it() -> None:
    assert asked("dominoes-parts")[0].solution["q1"] == "-0.6"
    other, _ = asked("dominoes-parts", 2)
    assert other.solution["q1"] != "-0.6"
    assert outcome(marked("dominoes-parts", {"q1": "-0.6"}, 2), "q1")[0] is Outcome.WRONG


def test_a_quiz_may_draw_some_of_its_questions_and_another_variant_draws_others() -> None:
    text = HEAD.replace("    questions", "    draw: 2\n    questions") + "".join(
        CHOICE.replace("Which one", f"Which {number}") for number in range(6)
    )
    one = Published(exercise=read(text)[0])
    drawn = [tuple(each.prompt for each in question(one, variant(one, seed)).fields) for seed in range(1, 6)]
    assert {len(each) for each in drawn} == {2}
    assert len(set(drawn)) > 2
    assert question(one, variant(one, 3)) == question(one, variant(one, 3))


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (CHOICE.replace(", right: true", ""), "exactly one option has 'right: true'"),
        (CHOICE.replace("that", "this"), "'this' stands there twice"),
        ("      - {kind: number, prompt: How many}\n", "needs either 'answer' or 'formula'"),
        ("      - {kind: number, prompt: How many, formula: L}\n", "a formula needs a 'network'"),
        ("      - {kind: order, prompt: Sort., chain: w1}\n", "a chain needs a 'network'"),
        ("      - {kind: order, prompt: Sort., items: [one]}\n", "two items to order"),
        ("      - {kind: expression, prompt: p, answer: 2*q, names: [w]}\n", "'2*q' cannot be read"),
        ("      - {kind: number, prompt: p, answer: 1, unit: '('}\n", "the unit cannot be read"),
        ("      - {kind: guess, prompt: p}\n", "line 6"),
    ],
)
def test_what_is_wrong_with_a_quiz_is_said_with_its_line(questions: str, says: str) -> None:
    with pytest.raises(BankError, match=r"line \d+") as error:
        read(HEAD + questions)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("fault: gremlins", "there is no fault 'gremlins'"),
        ("fault: bias", "no part that the fault 'bias' breaks"),
        ("fault: sign, costs: {oracle: 1}", "there is no instrument 'oracle'"),
        ("fault: sign, start: {w9: 1}", "'w9' is not a leaf"),
    ],
)
def test_a_broken_loop_must_be_possible_on_its_network(wrong: str, says: str) -> None:
    text = (bank.BANK / "broken-seed.yaml").read_text(encoding="utf-8")
    with pytest.raises(BankError, match=r"line 13: ") as error:
        read(text.replace("fault: sign", wrong, 1))
    assert says in str(error.value)


def test_only_a_quiz_needs_no_network() -> None:
    with pytest.raises(BankError, match="only a quiz needs none"):
        read("name: Bare\nexercises:\n  - {id: one, step: loss}\n")


def test_a_broken_loop_shows_its_structure_and_inputs_and_keeps_weights_and_fault_to_itself() -> None:
    found, numbers = asked("broken-any", 4)
    assert found.diagram is not None
    assert set(found.diagram.values) <= {"x1", "x2", "y"}
    shown = " ".join([found.title, found.intro, *found.hints, *(field.prompt for field in found.fields)])
    assert debugging.fault_of(published("broken-any").exercise, 4) not in shown.split()
    assert numbers.values["w1"] not in shown


def test_the_link_and_the_observation_score_together_and_blind_guesses_hardly_ever() -> None:
    link, observation = asked("broken-1")[0].boxes
    assert isinstance(link, ChoiceBox)
    assert isinstance(observation, ChoiceBox)
    assert observation.needs == link.id
    chance = (1 / len(link.options)) * (1 + 1 / len(observation.options)) / 2
    assert chance < 0.06
    wrong = next(each for each in link.options if each != link.right)
    assert outcome(marked("broken-1", {"link": wrong}), "observation") == (Outcome.PARTIAL, Decimal(0))


def test_every_wrong_link_says_what_would_be_seen_if_it_were_that_one() -> None:
    field = asked("broken-1")[0].fields[0]
    assert all(option.says.rstrip().endswith("?") for option in field.options)


def test_new_numbers_of_a_published_loop_are_another_puzzle() -> None:
    exercise = published("broken-1").exercise
    drawn = {debugging.fault_of(exercise, seed) for seed in range(2, 30)}
    assert len(drawn) > 5
    assert asked("broken-1")[0].title != asked("broken-1", 2)[0].title


@pytest.mark.parametrize("name", ["broken-1", "broken-4", "broken-15", "broken-any"])
def test_the_worked_search_ends_at_the_fault_within_the_budget(name: str) -> None:
    numbers = variant(published(name), 1)
    assert not list(debugging.faults(published(name), [numbers]))
    steps = debugging.worked(published(name), numbers)
    assert steps[0].reading.instrument == "loss"
    assert all(step.says for step in steps)
