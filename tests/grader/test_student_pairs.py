"""What students write for the formulas of the bank, right and wrong, each decided right."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from grader.equivalence import compare
from grader.expression import read

LINES = (Path(__file__).parent / "student_pairs.txt").read_text(encoding="utf-8").splitlines()[1:]
PAIRS = [tuple(line.split(" | ")) for line in LINES]
NAMES = (
    *("y", "yhat", "y_a", "yhat_a", "y_b", "yhat_b", "h1", "h2", "h3", "v1", "v2", "w1", "w2", "w3", "w4"),
    *("w5", "x1", "x2", "x1_a", "x1_b", "b1", "b2", "alpha", "o1", "o2", "o3"),
)


def test_every_pair_is_decided_right() -> None:
    wrong = [
        (typed, reference, verdict)
        for typed, reference, truth in PAIRS
        if (verdict := compare(read(typed, NAMES), read(reference, NAMES), NAMES).verdict) != truth
    ]
    assert wrong == []


def test_there_are_enough_of_both_kinds() -> None:
    counts = Counter(truth for _, _, truth in PAIRS)
    assert counts.total() >= 400
    assert min(counts["equal"], counts["different"]) >= 150
    assert len({pair[:2] for pair in PAIRS}) == len(PAIRS)
