"""The failure trap: balanced, one of a minimal pair at most, the claim scores with its label only."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.prose import texts
from exercises.question import Question
from exercises.steps import job
from exercises.steps.trap import MEANING
from exercises.variants import variant
from grader.job import ChoiceBox, PickBox
from tests.exercises.helpers import asked, published

TRAP = texts("trap")
BY_TEXT = {entry["text"]: entry for entry in TRAP["statements"]}
seeds = st.integers(min_value=1, max_value=10**6)


def statements(question: Question) -> list[dict[str, str]]:
    return [BY_TEXT[field.prompt] for field in question.fields if field.prompt in BY_TEXT]


@given(seeds)
@settings(max_examples=30, deadline=None)
def test_half_of_the_statements_are_traps_and_no_two_are_of_one_pair(seed: int) -> None:
    drawn = statements(asked("seed-trap", seed))

    assert [entry["label"] for entry in drawn].count(MEANING) == 2
    assert len({entry["pair"] for entry in drawn}) == len(drawn) == 4


@given(seeds)
@settings(max_examples=30, deadline=None)
def test_the_traps_of_a_variant_make_different_claims(seed: int) -> None:
    claims = [entry["claim"] for entry in statements(asked("seed-trap", seed)) if entry["claim"] != "none"]

    assert len(set(claims)) == len(claims) == 2


def test_every_claim_is_asked_sooner_or_later() -> None:
    seen = Counter(entry["claim"] for seed in range(1, 80) for entry in statements(asked("seed-trap", seed)))

    assert set(seen) == set(TRAP["claims"])


def test_the_claim_needs_the_label_of_its_statement() -> None:
    boxes = {box.id: box for box in asked("seed-trap").boxes}
    label, claim = boxes["s1"], boxes["s1_claim"]

    assert isinstance(label, ChoiceBox)
    assert isinstance(claim, ChoiceBox)
    assert label.options == ("gradient-computation", "backprop-as-meaning")
    assert claim.needs == "s1"
    assert set(claim.options) == set(TRAP["claims"])


def test_a_paragraph_asks_for_its_trap_sentences() -> None:
    question = asked("seed-trap")
    box, field = question.boxes[-1], question.fields[-1]
    paragraph = next(entry for entry in TRAP["paragraphs"] if entry["title"] in field.prompt)

    assert isinstance(box, PickBox)
    assert field.many
    assert [option.text for option in field.options] == [each["text"] for each in paragraph["sentences"]]
    assert box.right == tuple(
        str(place) for place, each in enumerate(paragraph["sentences"], 1) if each["trap"]
    )


def test_the_same_seed_gives_the_same_statements() -> None:
    assert asked("seed-trap", 5) == asked("seed-trap", 5)
    assert asked("seed-trap", 5) != asked("seed-trap", 6)


def test_a_trap_is_marked_without_a_network() -> None:
    exercise = published("seed-trap")
    sent = job(asked("seed-trap"), exercise, variant(exercise, 1), {"p1": ["1"]})

    assert (sent.network, sent.values, sent.answers["p1"]) == ({}, {}, ["1"])


def test_every_statement_has_a_label_a_claim_that_fits_it_and_a_reason() -> None:
    for entry in TRAP["statements"]:
        assert entry["label"] in TRAP["labels"]
        assert (entry["claim"] == "none") == (entry["label"] != MEANING)
        assert entry["claim"] in TRAP["claims"]
        assert entry["why"]
    assert len({entry["id"] for entry in TRAP["statements"]}) == len(TRAP["statements"])
