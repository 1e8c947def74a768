"""How `make bench` drives other engines: each behind a fence, and missed by none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench import growth
from bench.accuracy.writing import PYTHON
from bench.peers import engines, rows, session
from bench.peers.engines import OURS, OUT_OF_REACH, Engine, absent
from bench.peers.session import Session
from grader.job import Outcome
from grader.marking import mark

# Says "equal" to every question but those that name what to do instead.
PEER = """
import sys, json
for line in sys.stdin:
    asked = json.loads(line)["student"]
    if asked == "spin":
        while True: pass
    if asked == "eat":
        held = bytearray(400_000_000)
        while True: pass
    if asked == "die":
        sys.exit(3)
    if asked == "chat":
        print("warning: {verdict}")
    print(json.dumps({"verdict": "different" if asked == "no" else "equal"}), flush=True)
"""
FAKE = Engine("fake", (sys.executable, "-c", PEER), PYTHON)


def ask(asked: Session, text: str) -> str:
    return asked.send(text, "x", ["x"]).verdict


def test_a_peer_is_asked_again_and_again() -> None:
    with Session(FAKE) as asked:
        assert [ask(asked, text) for text in ("x", "no", "chat", "x")] == [
            "equal",
            "different",
            "equal",
            "equal",
        ]


def test_a_peer_that_takes_too_long_is_killed_and_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_CPU", 150.0)
    with Session(FAKE) as asked:
        assert [ask(asked, text) for text in ("spin", "x")] == ["killed", "equal"]


def test_a_peer_that_takes_too_much_memory_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_MEMORY", 200_000_000)
    with Session(FAKE) as asked:
        assert [ask(asked, text) for text in ("eat", "x")] == ["killed", "equal"]


def test_a_peer_that_dies_counts_as_killed() -> None:
    with Session(FAKE) as asked:
        assert [ask(asked, text) for text in ("die", "x")] == ["killed", "equal"]


def test_nothing_of_a_peer_is_left() -> None:
    with Session(FAKE) as asked:
        ask(asked, "x")
        assert asked.process
        running = Path(f"/proc/{asked.process.pid}")
        assert running.exists()
    assert not running.exists()


def test_the_cpu_of_a_check_is_counted_and_waiting_is_not() -> None:
    with Session(OURS) as asked:
        reply = asked.send("2*(x+1)^2", "2*x^2+4*x+2", ["x"])
    assert reply.verdict == "equal"
    assert reply.cpu > 0


def test_a_peer_that_is_not_installed_says_what_to_do_and_gets_no_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = Engine("missing", ("/nowhere",), PYTHON, needs="/nowhere")
    monkeypatch.setattr(engines, "PEERS", (missing,))
    monkeypatch.setattr(rows, "BOUNDS", ((missing, "missing", 1, 1),))
    assert absent() == {"missing": "not installed: run `make peers`", **OUT_OF_REACH}
    with rows.rows() as found:
        assert found == []


def test_the_largest_network_has_the_weights_that_its_name_says() -> None:
    made = growth.equations(growth.LARGE)
    assert len(made) == 64 + 64 + 8 + 1
    assert sum(name.startswith("w") for name in growth.leaves(growth.LARGE)) == 16 * 64 + 64 * 64 + 64 * 8


@pytest.mark.parametrize("sizes", [growth.SMALL, (8, 8, 2)])
def test_what_is_measured_as_a_diagnosis_is_one(sizes: growth.Sizes) -> None:
    correct, wrong = growth.jobs(sizes)
    assert mark(correct).outcome is Outcome.CORRECT
    boxes = [mark(job).boxes for job in wrong]
    assert all([box.outcome for box in each if box.outcome != "correct"] == ["wrong"] for each in boxes)
    assert any(each[-1].code == "misconception" for each in boxes)
