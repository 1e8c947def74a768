from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO, StringIO
from typing import Any

import pytest

from grader.__main__ import main

FINE = {"student": "2(yhat-y)w3", "reference": "-2*(y-yhat)*w3", "variables": ["yhat", "y", "w3"]}


def answers(*lines: bytes) -> list[dict[str, Any]]:
    sink = StringIO()
    assert main(["compare"], BytesIO(b"\n".join(lines) + b"\n"), sink) == 0
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def answer(**changes: Any) -> dict[str, Any]:
    (found,) = answers(json.dumps({**FINE, **changes}).encode())
    return found


def test_two_forms_of_one_expression_are_equal() -> None:
    found = answer()
    assert found.pop("microseconds") > 0
    assert found == {
        "verdict": "equal",
        "evidence": "equal modulo a 62-bit prime",
        "message": None,
        "span": None,
    }


def test_a_wrong_answer_is_shown_with_a_counter_example() -> None:
    found = answer(student="2(y-yhat)w3")
    assert found["verdict"] == "different"
    assert found["evidence"].startswith("at yhat=1.25, y=3, w3=4.75: ")


def test_an_unreadable_answer_says_where_and_why() -> None:
    found = answer(student="2(yhat-y")
    assert (found["verdict"], found["span"]) == ("unreadable", [1, 2])
    assert "is opened here and not closed" in found["message"]


def test_an_unreadable_reference_is_named_as_such() -> None:
    found = answer(reference="w3*")
    assert (found["verdict"], found["span"]) == ("unreadable", None)
    assert found["message"].startswith("The reference cannot be read: ")


@pytest.mark.parametrize(
    "names", [["x", "z", "a"], ["theta", "lambda", "alpha"], ["e", "pi", "d"], ["θ", "ŷ"]]
)
def test_usual_names_are_names(names: list[str]) -> None:
    total = "+".join(names)
    assert answer(student=total, reference="+".join(reversed(names)), variables=names)["verdict"] == "equal"


def test_the_same_name_twice_is_one_name() -> None:
    assert answer(student="x", reference="x", variables=["x", "x"])["verdict"] == "equal"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"variables": "x"}, "“variables” is missing"),
        ({"variables": [1]}, "“variables” is missing"),
        ({"variables": ["2x"]}, "“2x” is not a name"),
        ({"variables": [""]}, "“” is not a name"),
        ({"variables": ["x+y"]}, "“x+y” is not a name"),
        ({"variables": ["\ud800"]}, "is not a name"),
        ({"variables": ["w1", "w_1"]}, "another one in another spelling"),
        ({"variables": [f"x{n}" for n in range(500)]}, "more than 200 variables"),
        ({"student": None}, "“student” is missing"),
        ({"student": 3}, "“student” is missing"),
        ({"reference": ["x"]}, "“reference” is missing"),
        ({"student": "x" * 1_000_000}, "longer than 1500 characters"),
        ({"student": "y\ud800"}, "invisible character"),
        ({"student": "y\x00"}, "invisible character"),
        ({"student": "__import__('os')"}, ""),
    ],
)
def test_a_bad_request_gets_one_line_with_words(changes: dict[str, Any], words: str) -> None:
    found = answer(**changes)
    assert found["verdict"] == "unreadable"
    assert words in found["message"]


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 100_000, b'{"student": "x"}']
)
def test_what_is_no_request_gets_one_line_with_words(line: bytes) -> None:
    (found,) = answers(line)
    assert found["verdict"] == "unreadable"
    assert found["message"]


def test_a_line_of_many_megabytes_gets_one_line_and_the_next_one_its_own() -> None:
    first, second = answers(b"x" * 5_000_000, json.dumps(FINE).encode())
    assert (first["verdict"], second["verdict"]) == ("unreadable", "equal")


def test_an_unknown_command_ends_with_2() -> None:
    assert main(["solve"], BytesIO(), StringIO()) == 2
    assert main([], BytesIO(), StringIO()) == 2


def test_the_command_answers_line_by_line_and_loads_no_sympy() -> None:
    program = "import sys, grader.__main__; assert not {'sympy', 'django'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "compare"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(2):
            process.stdin.write(json.dumps(FINE).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["verdict"] == "equal"
        process.stdin.close()
        assert process.wait(10) == 0
