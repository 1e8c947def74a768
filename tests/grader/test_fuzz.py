"""Five thousand texts that nobody would think of, the same at every run; ``make fuzz`` tries more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from grader.expression import read, show
from tests.grader import fuzzing
from tests.grader.fuzz_texts import texts
from tests.grader.fuzzing import Fault, drive, path, reproducer

COUNT, PARTS = 5000, 5
MOST_CALLS = 400_000  # of functions; they take about 0.1 us each
DIGEST = """
from hashlib import sha256
from tests.grader.fuzz_texts import texts
from tests.grader.fuzzing import path
told = [repr(path(text, place)[2:4]) for place, text in enumerate(texts(11, 400))]
print(sha256("".join(told).encode("utf-8", "surrogatepass")).hexdigest())
"""


def calls(text: str, place: int) -> int:
    """How many functions the path of a text calls: its cost, the same on every machine."""
    count = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        path(text, place)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_typed_ends_in_a_verdict_or_in_the_readers_own_error(part: int) -> None:
    seen: Counter[str] = Counter()
    for place, text in enumerate(texts(1000 + part, COUNT // PARTS)):
        try:
            seen[drive(text, place)] += 1
        except Fault as fault:
            pytest.fail(reproducer(text, place, fault))

    assert len(seen) > 25
    assert seen["different, wrong"] > COUNT // PARTS // 10


def test_no_text_costs_more_than_a_comparison_may() -> None:
    assert calls("2*(yhat - y)*h1", 2) > 100
    assert max(calls(text, place) for place, text in enumerate(texts(1000, 1000))) < MOST_CALLS


def test_the_same_text_has_the_same_verdict_in_every_process() -> None:
    def told(hash_seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, check=True, capture_output=True
        ).stdout

    first, second = told("1"), told("2")
    assert first == second
    assert len(first) > 60


def test_the_same_seed_gives_the_same_texts_and_another_gives_others() -> None:
    assert [*texts(3, 50)] == [*texts(3, 50)]
    assert [*texts(3, 50)] != [*texts(4, 50)]


def test_a_fault_is_told_with_the_smallest_text_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "show", lambda tree: show(tree).replace("w3", "w4"))
    with pytest.raises(Fault, match="reads otherwise") as caught:
        drive("2*(w1 + exp(w3)*x1)", 0)

    assert reproducer("2*(w1 + exp(w3)*x1)", 0, caught.value).endswith("""fuzzing 0 '"w3"'""")


def test_any_other_error_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RecursionError

    monkeypatch.setattr(fuzzing, "mark", fail)
    with pytest.raises(Fault, match="RecursionError"):
        drive("x1", 0)


def test_a_text_goes_the_whole_path() -> None:
    found = path("2(ŷ−y)h₁", 2)

    assert found.tree == read("2 (yhat - y) h1", fuzzing.NAMES)
    assert found.verdict
    assert found.verdict.boxes[2].code == "follow-through" or found.verdict.boxes[2].outcome == "correct"


def test_what_costs_too_much_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzzing, "MOST_SECONDS", 0.0)
    assert fuzzing.run(2, 5) == 1
    assert "slower than" in capsys.readouterr().out
