"""Any text down the whole path of an answer: read, printed, compared, marked. ``make fuzz`` does it for long.

Faults are what must never happen: an error other than the reader's own, a verdict that is none, a text that
changes on its way, more work than a budget. Processor time and memory are watched by ``make fuzz`` alone.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import NamedTuple

from grader.equivalence import Comparison, compare
from grader.expression import Unreadable, read, show
from grader.job import AnswerBox, Job, Tolerance, Verdict
from grader.marking import mark
from grader.tree import Binary, Number, Tree
from grader.wording import sentence
from grader.words import words
from tests.grader.fuzz_texts import texts
from tests.grader.test_network import SEED
from tests.grader.test_references import SEED_VALUES

NAMES = ("x1", "x2", "w1", "w2", "w3", "w4", "h1", "h2", "yhat", "y", "alpha", "dL_dyhat")
REFERENCES = (  # the last one is that of the last box
    "w3*sigmoid(w1*x1)*(1 - sigmoid(w1*x1))",
    "max(w1*x1, 0)/(1 + exp(-y))",
    "2*(yhat - y)*h1",
)
OFFERED = ("x1", "x2", "w1", "w2", "w3", "w4", "y", "alpha", "h1", "h2", "yhat")  # by the first two boxes


class Fault(AssertionError):  # noqa: N818  what the report calls it
    """What must never happen, with the text that made it happen."""


@cache
def job(box: int) -> Job:
    """Three boxes of the lesson; the first holds the wrong sign, so that the others can follow it."""
    formulas = {"dL_dyhat": "2*(yhat - y)", "dyhat_dw3": "h1", "grad_w3": "2*(yhat - y)*h1"}
    boxes = tuple(
        AnswerBox(
            id=name,
            formula="dL_dyhat*dyhat_dw3" if name == "grad_w3" else name,
            symbolic=symbolic,
            names=(*OFFERED, "dL_dyhat", "dyhat_dw3") if name == "grad_w3" else OFFERED,
            tolerance=Tolerance(decimals=4),
        )
        for name, symbolic in formulas.items()
    )
    answers = {"dL_dyhat": "0.6" if box else "-0.6", "dyhat_dw3": "h1", "grad_w3": "-0.36"}
    return Job(network=SEED, values=SEED_VALUES, boxes=boxes, answers=answers)


class Journey(NamedTuple):
    """What became of a text on its way."""

    refusal: Unreadable | None
    tree: Tree | None
    compared: Comparison | None
    verdict: Verdict | None  # None: the site's own boundary does not let the text through


def path(text: str, place: int) -> Journey:
    """Read, print, compare with one of the references, mark in one of the boxes, as the site does."""
    box = place % 3
    plain = job(box)
    identity = plain.boxes[box].id
    tree, refusal, compared = None, None, None
    try:
        tree = read(text, NAMES)
    except Unreadable as error:
        refusal = error
    else:
        compared = compare(tree, read(REFERENCES[box], NAMES), NAMES)
    try:
        text.encode()
    except UnicodeEncodeError:
        return Journey(refusal, tree, compared, None)
    verdict = mark(plain.model_copy(update={"answers": {**plain.answers, identity: text}}))
    return Journey(refusal, tree, compared, verdict)


def check(text: str, place: int, found: Journey) -> str:
    """What became of it, in one word; raises Fault where something holds not that always has to."""
    if found.refusal is not None:
        _check_refusal(text, found.refusal)
    if found.tree is not None:
        _check_tree(found.tree, found)
    if found.verdict is None:
        return "not text"
    _check_verdict(found.verdict)
    box = found.verdict.boxes[place % 3]
    is_the_reference = place % 3 == 2 and verdict_of(found) == "equal"
    _demand(not is_the_reference or box.outcome == "correct", "equal to the reference, and not correct")
    if box.outcome == "unreadable":
        return f"unreadable: {box.code}"
    return f"{verdict_of(found)}, {box.outcome.value}"


def verdict_of(found: Journey) -> str:
    """Of the comparison; there is none of a text that the reader refuses and the marking does not."""
    return found.compared.verdict if found.compared else "not compared"


def _demand(is_so: bool, what: str) -> None:
    if not is_so:
        raise Fault(what)


def _check_refusal(text: str, error: Unreadable) -> None:
    start, end = error.span
    _demand(0 <= start <= end <= len(text), f"a place outside of the text: {error.span}")
    _demand(bool(str(error)), "a refusal without words")
    _demand(error.fix != text, "a fix that changes nothing")
    if error.fix is not None:
        read(error.fix, NAMES)


def _check_tree(tree: Tree, found: Journey) -> None:
    printed = show(tree)
    _demand(
        read(printed, NAMES, decimal_comma=False) == tree, f"reads otherwise when it is printed: {printed}"
    )
    _demand(bool(words(tree)), "a tree without words")
    _demand(verdict_of(found) in ("equal", "different", "undecided"), "a comparison without a verdict")
    one_more = Binary("+", tree, Number(Fraction(1), "1"))
    _demand(compare(tree, one_more, NAMES).verdict != "equal", "equal to itself and 1")


def _check_verdict(verdict: Verdict) -> None:
    _demand(Verdict.model_validate_json(verdict.model_dump_json()) == verdict, "a verdict that JSON changes")
    for box in verdict.boxes:
        if box.code not in (None, "misconception"):  # the site has the words of those
            _demand(bool(sentence(box.code, box.params)), "a code without a sentence")


def drive(text: str, place: int) -> str:
    """What becomes of a text, in a word; raises Fault for whatever must not happen."""
    try:
        return check(text, place, path(text, place))
    except Exception as error:
        raise _as_fault(error) from error


def _as_fault(error: Exception) -> Fault:
    return error if isinstance(error, Fault) else Fault(f"{type(error).__name__}: {error}")


def smallest(text: str, is_faulty: Callable[[str], bool]) -> str:
    """What is left of ``text`` when no stretch of it, and no pair of characters, can go without the fault."""
    while shorter := next(filter(is_faulty, _shortened(text)), None):
        text = shorter
    return text


def _shortened(text: str) -> Iterator[str]:
    size = len(text)
    while size := size // 2:
        yield from (text[:at] + text[at + size :] for at in range(0, len(text), size))
    for first, second in combinations(range(len(text)), 2):
        yield text[:first] + text[first + 1 : second] + text[second + 1 :]


# ---- make fuzz ---------------------------------------------------------------------------------------------

MOST_SECONDS, MOST_MEGABYTES = 0.05, 50.0  # of one text: GRADING.md section 1
SHOWN = 5  # of the faults


class Cost(NamedTuple):
    """Seconds of processor time and megabytes by which the peak of memory has grown."""

    seconds: float
    megabytes: float


def measured(text: str, place: int) -> tuple[Journey, Cost]:
    """The path of one text and what it costs."""
    peak, start = _peak(), time.process_time()
    found = path(text, place)
    return found, Cost(time.process_time() - start, _peak() - peak)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def watched(text: str, place: int) -> tuple[str, Cost]:
    """As ``drive``, with the cost; one that is too high twice is a fault too."""
    try:
        found, cost = measured(text, place)
        if cost.seconds > MOST_SECONDS:  # the machine may have been busy
            cost = Cost(min(cost.seconds, measured(text, place)[1].seconds), cost.megabytes)
        outcome = check(text, place, found)
    except Exception as error:
        raise _as_fault(error) from error
    _demand(cost.seconds <= MOST_SECONDS, "slower than 50 ms, twice")
    _demand(cost.megabytes <= MOST_MEGABYTES, "more than 50 MB")
    return outcome, cost


def run(count: int, seed: int) -> int:
    """Drive ``count`` texts and print what was seen; 1, with a reproducer each, where there were faults."""
    outcomes: Counter[str] = Counter()
    costs: list[tuple[Cost, str]] = []
    faults: list[str] = []
    start, before = time.perf_counter(), _peak()
    for place, text in enumerate(texts(seed, count)):
        try:
            outcome, cost = watched(text, place)
        except Fault as fault:
            faults.append(reproducer(text, place, fault))
            continue
        outcomes[outcome] += 1
        costs.append((cost, text))
    rate = count / (time.perf_counter() - start)
    print(f"COUNT={count} SEED={seed}: {rate:.0f} inputs/s, memory grew by {_peak() - before:.0f} MB")
    for outcome, number in outcomes.most_common():
        print(f"{number:8} {outcome}")
    for cost, text in sorted(costs, reverse=True)[:SHOWN]:
        print(f"{cost.seconds * 1000:6.1f} ms  {text[:80]!a}")
    print("\n".join([f"{len(faults)} faults", *faults[:SHOWN]]))
    return bool(faults)


def reproducer(text: str, place: int, fault: Fault) -> str:
    """One line that shows a fault again, with the smallest text that has it."""
    kind = str(fault).partition(":")[0]

    def is_faulty(shorter: str) -> bool:
        try:
            watched(shorter, place)
        except Fault as other:
            return str(other).partition(":")[0] == kind
        return False

    least = smallest(text, is_faulty)
    return f"{fault}\n    python -m tests.grader.fuzzing {place % 3} {json.dumps(least)!r}"


def main(arguments: Sequence[str]) -> int:
    """``COUNT=100000 SEED=1 python -m tests.grader.fuzzing``, or a reproducer's two arguments."""
    if len(arguments) == 2:
        print(*watched(json.loads(arguments[1]), int(arguments[0])))
        return 0
    seed = os.environ.get("SEED") or f"{date.today():%Y%m%d}"
    return run(int(os.environ.get("COUNT") or 100_000), int(seed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
