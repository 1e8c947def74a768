"""The ladders of hints by misconception: as many as there are texts, on any network, never the answer."""

import re
from itertools import pairwise

import pytest

from exercises.prose import printed, texts
from exercises.question import TOLD
from exercises.steps import job, question
from exercises.variants import variant
from grader.diagnosis import wrong_numbers
from grader.expression import read
from grader.matrix import read_matrix
from grader.misconceptions import RULES, SHARED
from grader.numbers import value
from grader.paper import Asked, Paper, paper
from tests.exercises.helpers import IDS, published

ASKED = [name for name in IDS if published(name).exercise.step not in TOLD]
LADDERS = texts("ladders")
ALL = [(name, hint) for name, ladder in LADDERS.items() for hint in ladder]
GENERIC = [*"LyzhwxuvgbA", "yhat", "alpha", "beta", "v_new", "dL_du", "du_dw"]


def mathematics(hint: str) -> list[str]:
    """The expressions of a hint, each side of a relation by itself."""
    return [side for part in re.findall(r"`([^`]*)`", hint) for side in re.split("[=<>]", part)]


def without_mathematics(hint: str) -> str:
    return re.sub(r"`[^`]*`", "", hint)


def test_every_misconception_has_a_text_and_a_ladder_and_there_are_no_others() -> None:
    named = {code for rules in RULES.values() for code in rules} | SHARED.keys() | {"V-trans", "V-elem"}

    assert LADDERS.keys() == texts("misconceptions").keys()
    assert named <= LADDERS.keys()


@pytest.mark.parametrize("name", LADDERS)
def test_a_ladder_asks_where_to_look_then_tells_the_rule_then_shows_it_on_other_numbers(name: str) -> None:
    look, rule, example = LADDERS[name]

    assert look.endswith("?")
    assert not re.search(r"\d\.\d", look + rule)
    assert example.startswith("On other numbers: ")
    assert len(re.findall(r"\d+(?:\.\d+)?", example)) >= 2
    assert texts("misconceptions")[name] not in (look, rule, example)


def test_no_hint_is_longer_than_two_hundred_characters_or_said_twice_in_a_ladder() -> None:
    assert [name for name, hint in ALL if len(hint) > 200 or hint != hint.strip()] == []
    assert [name for name, ladder in LADDERS.items() if len(set(ladder)) < 3] == []


@pytest.mark.parametrize(("name", "hint"), ALL)
def test_the_mathematics_of_a_hint_can_be_read_over_names_of_no_network(name: str, hint: str) -> None:
    for part in mathematics(hint):
        (read_matrix if part.strip().startswith("[") else read)(part, GENERIC)


def test_no_hint_names_a_part_of_a_certain_network() -> None:
    index = re.compile(r"\b[a-zA-Z]+_?\d|\b(?:yhat|h|w|x|z|b)[₀-₉]|_[a-d]\b")

    assert [name for name, hint in ALL if index.search(hint)] == []
    assert [name for name, hint in ALL if re.search(r"[*^]|yhat|\balpha\b", without_mathematics(hint))] == []


def decimals(text: str) -> set[str]:
    return set(re.findall(r"-?\d+\.\d+", text.replace("−", "-")))


def offered(box: Asked, ready: Paper) -> set[str]:
    """The ladders that a wrong answer to a box can bring."""
    rules = {rule for rule, _ in wrong_numbers(box, ready)}
    return rules | {shared for shared, members in SHARED.items() if len(members & rules) > 1}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_ladder_that_a_box_can_bring_holds_the_answer_of_that_box(seed: int) -> None:
    looked_at = 0
    for name in ASKED:
        numbers = variant(published(name), seed)
        asked = question(published(name), numbers)
        ready = paper(job(asked, published(name), numbers, asked.solution))
        for box_id, box in ready.asked.items():
            answer = decimals(printed(float(ready.world.quantity(box.formula) or 0)))
            ladders = offered(box, ready)
            assert not answer & decimals(" ".join(hint for rule in ladders for hint in LADDERS[rule])), box_id
            looked_at += len(ladders)

    assert looked_at > 1000


def sums(hint: str) -> list[tuple[str, str]]:
    """The two sides of each equals sign between numbers, as in 2 · (4 − 9) = −10."""
    plain = without_mathematics(hint).replace("−", "-").replace("·", "*")
    chains = re.findall(r"[-\d.() *+/]*[\d)](?: = [-\d.() *+/]*[\d)])+", plain)
    return [sides for chain in chains for sides in pairwise(chain.strip(" .").split(" = "))]


def test_the_sums_that_a_hint_works_out_are_right() -> None:
    found = [(name, *sides) for name, hint in ALL for sides in sums(hint)]

    assert len(found) > 20
    assert [each for each in found if value(read(each[1], [])) != value(read(each[2], []))] == []
