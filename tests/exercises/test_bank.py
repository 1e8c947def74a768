"""The bank: authors' mistakes are named with file, line and what to change."""

import re
from pathlib import Path

import pytest

from exercises import bank
from exercises.bank import BankError

GOOD = """\
name: A small network
network:
  z1: w1*x1
  h1: relu(z1)
  yhat: w2*h1
  L: (y - yhat)^2
numbers: {x1: 0.5, w1: 1.2, w2: 2, y: 1, alpha: 0.1}
exercises:
  - {id: a-loss, step: loss}
  - {id: a-w1, step: three-factor, weight: w1}
"""


def test_a_good_file_gives_its_exercises_in_order() -> None:
    assert [exercise.id for exercise in bank.read(GOOD)] == ["a-loss", "a-w1"]


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("weight: w1}", "wieght: w1}", "a.yaml, line 10: the field 'exercises.1.weight' is missing"),
        ("step: loss}", "step: loss, weight: w1}", "line 9: there is no field 'exercises.0.weight'"),
        ("step: loss}", "step: los}", "line 9: 'exercises.0.step' must be one of prediction, loss,"),
        ("id: a-loss", "id: A loss", "line 9: 'exercises.0.id': String should match pattern"),
        ("weight: w1}", "weight: w3}", "line 10: 'w3' is not a weight of this network"),
        (
            "three-factor, weight: w1",
            "two-factor, weight: w1",
            "line 10: the chain of 'w1' has 3 links, so its",
        ),
        ("step: loss}", "step: update, weights: [w9]}", "line 9: 'w9' is not a weight of this network"),
        ("step: loss}", "step: trap, statements: 0, paragraphs: 0}", "line 9: a trap needs at least one"),
        ("x1: 0.5, ", "", "line 7: the number of 'x1' is missing"),
        ("x1: 0.5", "x1: 0.5, w7: 1", "line 7: 'w7' is not a leaf of this network (did you mean 'w"),
        ("x1: 0.5", "x1: half", "line 7: 'numbers.x1': 'half' is no number"),
        ("  h1: relu(z1)", "  h1: rleu(z1)", "line 4: equation 2, 'h1'"),
        ("name: A small network\n", "", "line 1: the field 'name' is missing"),
        ("exercises:", "exercises: [", "this is not YAML"),
        ("  h1: relu(z1)", "  h1: [relu, z1]", "line 4: 'network.h1': Input should be a valid string"),
        ("exercises:", "draw: {x1: [0.5, half]}\nexercises:", "line 8: 'draw.x1.1': 'half' is no number"),
        ("step: loss}", 'step: loss, title: "What is `w1:`?"}', "line 9: the math `w1:` cannot be read"),
        ("step: loss}", 'step: loss, hints: ["`L = 2*`", b, c]}', "line 9: the math `L = 2*` cannot be read"),
        ("  - {id: a-w1", "  - {id: a-loss", "line 10: the id 'a-loss' is used twice"),
        ("yhat: w2*h1", "yhat: w2*h1 + z1 - yhat", "line 5: equation 3, 'yhat': a cycle"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_what_is_wrong(wrong: str, right: str, message: str) -> None:
    assert wrong in GOOD
    with pytest.raises(BankError) as refused:
        bank.read(GOOD.replace(wrong, right), "a.yaml")

    assert str(refused.value).startswith("a.yaml, line ")
    assert message in str(refused.value)


def test_all_mistakes_of_a_file_are_named_at_once() -> None:
    twice = GOOD.replace("weight: w1}", "weight: w3}").replace("x1: 0.5, ", "")
    with pytest.raises(BankError) as refused:
        bank.read(twice, "a.yaml")

    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "a.yaml, line 7",
        "a.yaml, line 10",
    ]


def test_a_list_where_a_number_belongs_is_named_with_its_line() -> None:
    with pytest.raises(BankError, match="line 7: 'x1' must be one number"):
        bank.read(GOOD.replace("x1: 0.5", "x1: [0.5]"), "a.yaml")


def test_a_group_to_draw_from_must_exist() -> None:
    with pytest.raises(
        BankError, match=r"line 8: 'input' is neither a leaf nor a group \(did you mean 'inputs'"
    ):
        bank.read(GOOD.replace("exercises:", "draw: {input: [0.5]}\nexercises:"), "a.yaml")


@pytest.mark.parametrize("text", ["", "- a", "just words"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(BankError, match="line 1: the file must have the fields name, network and exercises"):
        bank.read(text)


def test_control_characters_are_no_yaml() -> None:
    with pytest.raises(BankError, match="this is not YAML"):
        bank.read("name: \x00")


def test_an_id_is_used_once_in_the_whole_bank(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")

    with pytest.raises(BankError, match=r"b.yaml: the id 'a-loss' is already used"):
        bank.load(tmp_path)


def test_an_empty_folder_is_no_bank(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"there is no \*\.yaml file"):
        bank.load(tmp_path)


def test_the_schema_names_every_field_of_a_set() -> None:
    schema = bank.schema()

    assert set(schema["properties"]) == {*bank.ExerciseSet.model_fields}
    assert schema["required"] == ["name", "exercises"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 3000, "nested too deeply"),
        ("{a: " * 900, "nested too deeply"),
        (GOOD.replace("x1: 0.5", "x1: " + "9" * 5000), "a value cannot be read"),
        (GOOD.replace("x1: 0.5", "x1: 1e99999999"), "'x1' must lie between"),
        (GOOD.replace("x1: 0.5", "x1: 1e-99999999"), "'x1' must lie between"),
        (GOOD.replace("alpha: 0.1", "alpha: 0"), "'alpha' is 0"),
        (GOOD + "#" * 100_000, "a file may have 100000"),
        (GOOD.replace("{x1: 0.5,", "&a {x1: *a,"), "line 7: '*' and a name repeat another part"),
        ("a: &a [1]\nb: &b [*a, *a]\n", "line 2: '*' and a name repeat another part"),
        (GOOD.replace("  h1: relu(z1)", "  z1: relu(z1)"), "line 4: 'z1' stands here twice"),
        (GOOD.replace("A small network", r'"a\0b"'), "line 1: a character that cannot be shown"),
        (GOOD.replace("A small network", r'"a\ud800b"'), "line 1: a character that cannot be shown"),
        ("a: [" + "1, " * 11_000 + "1]", "a file may have 10000 names and values"),
    ],
)
def test_what_would_hurt_the_reader_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(BankError, match=re.escape(message)):
        bank.read(text, "a.yaml")


def test_the_problems_of_a_file_can_be_had_line_by_line() -> None:
    twice = GOOD.replace("weight: w1}", "weight: w3}").replace("x1: 0.5, ", "")
    with pytest.raises(BankError) as refused:
        bank.read(twice, "a.yaml")

    assert [each.line for each in refused.value.problems] == [7, 10]
    assert refused.value.problems[0].words == "the number of 'x1' is missing"
