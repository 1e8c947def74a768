"""python -m exercises: what it prints, where errors go, and how it exits."""

import json
import os
import runpy
import subprocess
import sys

import numpy as np
import pytest

import exercises.__main__
from exercises import selftest
from exercises.__main__ import main


def test_list_names_every_exercise_with_its_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:2] == ["seed-w1", "three-factor"] for line in lines)


def test_variant_prints_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variant", "seed-w1", "--seed", "7"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["exercise"], found["step"], found["seed"]) == ("seed-w1", "three-factor", 7)
    assert found["values"].keys() == {"x1", "x2", "w1", "w2", "w3", "w4", "y", "alpha"}
    assert [box["id"] for box in found["question"]["boxes"]] == list(found["solution"])
    assert "solution" not in found["question"]


def test_check_prints_a_row_with_its_notes_and_exits_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "seed-w1", "--seeds", "3"]) == 0

    head, row, *notes = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["exercise", "variants", "gap", "distinguishable"]
    assert row.split()[:2] == ["seed-w1", "3"]
    assert "    hidden, equal to what is right: H-actarg; H-noact" in notes
    assert "    coincident in variant 1, by its own numbers: G-div; G-stop" in notes
    assert all(len(line) <= 100 for line in (head, row, *notes))


def test_check_exits_with_one_and_says_what_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selftest, "central", lambda network, values, name: np.array([5.0]))

    assert main(["check", "seed-w3", "--seeds", "1"]) == 1

    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].endswith("WRONG")
    assert "seed-w3: seed 1, box dL_dyhat: NumPy says -0.6" in printed.err


def test_check_in_several_processes_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for jobs in ("1", "2"):
        assert main(["check", "seed-loss", "--seeds", "260", "--jobs", jobs]) == 0
        found.append(capsys.readouterr().out.rpartition("The slowest")[0])

    assert found[0] == found[1]


def test_a_check_of_no_variant_is_an_error_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--seeds", "0"]) == 2
    assert capsys.readouterr().err == "exercises: --seeds is 1 or more, not 0\n"


def test_an_unknown_exercise_is_an_error_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variant", "seed-w11"]) == 2

    assert capsys.readouterr().err == "exercises: there is no exercise 'seed-w11' (did you mean 'seed-w1'?)\n"


def test_an_exercise_that_is_nothing_like_any_is_not_guessed_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variant", "nope"]) == 2

    assert capsys.readouterr().err == "exercises: there is no exercise 'nope'\n"


def test_a_reader_who_stops_early_is_no_error() -> None:
    command = [sys.executable, "-m", "exercises", "list"]
    usual = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, env=usual, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait(20) == 141


def test_a_seed_below_one_is_an_error_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variant", "seed-w1", "--seed", "0"]) == 2

    assert capsys.readouterr().err == "exercises: a seed is 1 or more, not 0\n"


def test_an_unknown_command_exits_with_two() -> None:
    with pytest.raises(SystemExit) as left:
        main(["publish"])

    assert left.value.code == 2


def test_the_module_runs_as_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["exercises", "list"])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(exercises.__main__.__file__), run_name="__main__")

    assert left.value.code == 0


def test_schema_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0

    assert "exercises" in json.loads(capsys.readouterr().out)["properties"]
