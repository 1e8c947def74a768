"""The JSON Schema for editors: it takes every file of the bank, and refuses what the reader refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from exercises import bank
from exercises.bank import BankError
from tests.exercises.test_bank import GOOD

FILES = sorted(bank.BANK.glob("*.yaml"))
validator = Draft202012Validator(bank.schema())


def problems(content: Any) -> list[str]:
    return [error.message for error in validator.iter_errors(content)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(bank.schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_of_the_bank_is_taken(path: Path) -> None:
    assert problems(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("name: A small network\n", ""),
        ("exercises:", "exercise:"),
        ("step: loss}", "step: los}"),
        ("step: loss}", "step: loss, weight: w1}"),
        ("weight: w1}", "wieght: w1}"),
        ("id: a-loss", "id: A loss"),
        ("x1: 0.5", "x1: half"),
        ("  h1: relu(z1)", "  h1: [relu, z1]"),
        ("step: loss}", "step: loss, tolerance: 2}"),
        ("step: loss}", "step: trap, statements: 9}"),
        ("step: loss}", "step: loss, hints: [one, two]}"),
        ("network:", "examples: 1\nnetwork:"),
        ("network:", "shapes: {x: many}\nnetwork:"),
        ("exercises:", "draw: {x1: a word}\nexercises:"),
    ],
)
def test_a_mistake_in_the_shape_is_refused_by_schema_and_reader_alike(right: str, wrong: str) -> None:
    text = GOOD.replace(right, wrong)
    assert text != GOOD
    assert problems(yaml.safe_load(text))
    with pytest.raises(BankError):
        bank.read(text)


def test_the_good_file_is_taken_by_both() -> None:
    assert problems(yaml.safe_load(GOOD)) == []
    assert bank.read(GOOD)


def test_an_empty_list_of_exercises_is_refused() -> None:
    content = yaml.safe_load(GOOD) | {"exercises": []}
    assert problems(content)
