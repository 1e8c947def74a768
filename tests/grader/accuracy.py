"""How often the comparison is right: every reference of the bank in many forms, and with many slips in it.

``python -m tests.grader.accuracy`` runs the whole set and prints what it came to; the suite runs a sample. A
case is a text as it would be typed, a reference, and what is true of the two: known by construction for a
rewriting, and by mpmath at points of its own (60 digits) for a slip.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from statistics import median

from exercises.bank import load
from exercises.publishing import derived
from exercises.question import TOLD
from exercises.selftest import right_answers
from exercises.steps import job, question
from exercises.variants import variant
from grader.equivalence import compare
from grader.expression import Unreadable, read, show
from grader.formula import substitute
from grader.paper import paper
from grader.tree import Call, Name, Tree, names, walk
from tests.grader.mutants import evaluate, mutants
from tests.grader.rewriting import ONE, TWO, call, minus, number, op, rewritten

FORMS = 12  # of each reference
SLIPS = 40  # of each reference
SLOW = 0.05  # seconds that no check may take
NEAR = Fraction(1, 10**40)
RANGES = ((1, 300), (1, 62), (-300, 300), (-300, 300), (-300, 300), (-900, 900), (-90, 90))
KINKED = frozenset({"relu", "abs", "max", "min", "leaky", "relu'", "leaky'"})
TIMES = (1, 2, 3, 5, 8, 12)  # laws that are applied to a reference


@dataclass(frozen=True)
class Reference:
    """A right formula; ``definitions`` are the nodes that it may name."""

    tree: Tree
    variables: tuple[str, ...]
    definitions: Mapping[str, Tree]


@dataclass(frozen=True)
class Case:
    """What is typed, what it is compared with, and the truth: equal or different."""

    kind: str
    typed: str
    reference: Reference
    truth: str


@dataclass
class Tally:
    """What came of the cases of one kind; ``odd`` are those that were not right."""

    right: int = 0
    wrong: int = 0
    undecided: int = 0
    seconds: list[float] = field(default_factory=list)
    odd: list[tuple[Case, str]] = field(default_factory=list)


def bank() -> list[Reference]:
    """Every formula that a box of the bank is compared with, each once."""
    found: dict[object, Reference] = {}
    for exercise in load().values():
        if exercise.step in TOLD:
            continue
        published = derived(exercise)
        numbers = variant(published, 1)
        asked = question(published, numbers)
        ready = paper(job(asked, published, numbers, right_answers(asked)))
        world = ready.world
        for box in ready.asked.values():
            for tree in (box.symbolic, box.formula):
                if tree is not None:
                    key = (tree, tuple(sorted(world.definitions.items(), key=lambda item: item[0])))
                    found[repr(key)] = Reference(tree, world.variables, world.definitions)
    return list(found.values())


def forms(references: Iterable[Reference], count: int, random: Random) -> Iterator[Case]:
    """Each reference rewritten by laws, its nodes written out or not."""
    for reference in references:
        for turn in range(count):
            tree = rewritten(reference.tree, reference.definitions, TIMES[turn % len(TIMES)], random)
            if oracle(tree, reference, random) == "equal":  # None where a law has divided by 0
                yield Case("rewriting", show(tree), reference, "equal")


def slips(references: Iterable[Reference], count: int, random: Random) -> Iterator[Case]:
    """Each reference, some of them rewritten first, with one slip in it."""
    for reference in references:
        tree = rewritten(reference.tree, reference.definitions, random.choice((0, 0, 2, 4)), random)
        others = tuple(sorted(names(reference.tree) | {random.choice(reference.variables)}))
        made = list(mutants(tree, others))
        for mutant in random.sample(made, min(count, len(made))):
            truth = oracle(mutant, reference, random)
            if truth:
                yield Case("slip", show(mutant), reference, truth)


def oracle(tree: Tree, reference: Reference, random: Random) -> str | None:
    """What mpmath says of two trees at points of its own; None if it finds none where both have a value."""
    left, right = (_written_out(each, reference.definitions) for each in (tree, reference.tree))
    used = sorted(names(left) | names(right))
    same = 0
    parts = (*walk(left), *walk(right))
    is_kinked = any(isinstance(part, Call) and part.function in KINKED for part in parts)
    for low, high in (*RANGES, *RANGES[2:] * (10 if is_kinked else 0)):
        point = {name: Fraction(2 * random.randrange(low, high) + 1, 128) for name in used}
        a, b = evaluate(left, point), evaluate(right, point)
        if a is not None and b is not None:
            if abs(a - b) > float(NEAR) * (1 + abs(a)):
                return "different"
            same += 1
    return "equal" if same else None


def _written_out(tree: Tree, definitions: Mapping[str, Tree]) -> Tree:
    while used := names(tree) & definitions.keys():
        tree = substitute(tree, {name: definitions[name] for name in used})
    return tree


A, B, C = Name("a"), Name("b"), Name("c")
Z1, Z2, Z3 = (call("exp", Name(name)) for name in ("a", "b", "c"))
ALL = op("+", op("+", Z1, Z2), Z3)
SHIFTED = tuple(call("exp", op("-", Name(name), Name("s"))) for name in ("a", "b", "c"))
SHIFTED_ALL = op("+", op("+", SHIFTED[0], SHIFTED[1]), SHIFTED[2])
HIGHEST = call("max", A, call("max", B, C))
BELOW = tuple(call("exp", op("-", Name(name), HIGHEST)) for name in ("a", "b", "c"))
BELOW_ALL = op("+", op("+", BELOW[0], BELOW[1]), BELOW[2])

# Two sides that are equal whatever stands for a, b, c and s.
IDENTITIES: Mapping[str, tuple[Tree, Tree]] = {
    "softmax of two is a sigmoid": (op("/", Z1, op("+", Z1, Z2)), call("sigmoid", op("-", A, B))),
    "softmax does not see a shift": (op("/", Z1, ALL), op("/", SHIFTED[0], SHIFTED_ALL)),
    "softmax below the highest": (op("/", Z1, ALL), op("/", BELOW[0], BELOW_ALL)),
    "cross-entropy of softmax": (minus(call("ln", op("/", Z1, ALL))), op("-", call("ln", ALL), A)),
    "log of a sum below the highest": (call("ln", ALL), op("+", HIGHEST, call("ln", BELOW_ALL))),
    "slope of softmax": (
        op("*", op("/", Z1, ALL), op("-", ONE, op("/", Z1, ALL))),
        op("/", op("*", Z1, op("+", Z2, Z3)), op("^", ALL, TWO)),
    ),
    "binary cross-entropy": (
        minus(op("+", op("*", C, call("ln", call("sigmoid", A))),
                 op("*", op("-", ONE, C), call("ln", op("-", ONE, call("sigmoid", A)))))),
        op("-", call("ln", op("+", ONE, call("exp", A))), op("*", C, A)),
    ),
    "softplus": (call("ln", op("+", ONE, Z1)), op("+", A, call("ln", op("+", ONE, call("exp", minus(A)))))),
    "softplus without overflow": (
        call("ln", op("+", ONE, Z1)),
        op("+", call("relu", A), call("ln", op("+", ONE, call("exp", minus(call("abs", A)))))),
    ),
    "leaky": (call("leaky", A), call("max", A, op("*", number(Fraction(1, 5)), A))),
    "leaky by hand": (
        call("max", A, op("*", number(Fraction(1, 100)), A)),
        op("-", call("relu", A), op("/", call("relu", minus(A)), number(100))),
    ),
    "relu has two sides": (A, op("-", call("relu", A), call("relu", minus(A)))),
    "max and min": (op("+", A, B), op("+", call("max", A, B), call("min", A, B))),
    "max in another order": (HIGHEST, call("max", call("max", C, A), B)),
    "abs of a product": (call("abs", op("*", A, B)), op("*", call("abs", A), call("abs", B))),
    "sin^2 + cos^2": (op("+", op("^", call("sin", A), TWO), op("^", call("cos", A), TWO)), ONE),
    "sin of a sum": (
        call("sin", op("+", A, B)),
        op("+", op("*", call("sin", A), call("cos", B)), op("*", call("cos", A), call("sin", B))),
    ),
    "tanh of a sum": (
        call("tanh", op("+", A, B)),
        op("/", op("+", call("tanh", A), call("tanh", B)),
           op("+", ONE, op("*", call("tanh", A), call("tanh", B)))),
    ),
    "cosh^2 - sinh^2": (op("-", op("^", call("cosh", A), TWO), op("^", call("sinh", A), TWO)), ONE),
    "slope of tanh by exp": (
        call("tanh'", A),
        op("/", op("*", number(4), call("exp", op("*", TWO, A))),
           op("^", op("+", call("exp", op("*", TWO, A)), ONE), TWO)),
    ),
    "ln of a product of exponentials": (call("ln", op("*", Z1, Z2)), op("+", A, B)),
    "power as exp of ln": (op("^", Z1, B), call("exp", op("*", A, B))),
    "mean of squares": (
        op("/", op("+", op("^", A, TWO), op("^", B, TWO)), TWO),
        op("+", op("^", op("/", op("+", A, B), TWO), TWO), op("^", op("/", op("-", A, B), TWO), TWO)),
    ),
    "square of a difference": (op("^", op("-", A, B), TWO), op("^", call("abs", op("-", B, A)), TWO)),
}  # fmt: skip
LEAVES = ("x", "y", "w1")


def identities(count: int, random: Random) -> Iterator[Case]:
    """Each identity with its letters, then with expressions in their places, rewritten on both sides."""
    for left, right in IDENTITIES.values():
        for turn in range(count):
            put: dict[str, Tree] = {}
            if turn:
                put = {name: grown(random, turn % 3) for name in ("a", "b", "c", "s")}
            one, other = (rewritten(substitute(each, put), {}, turn % 4, random) for each in (left, right))
            used = tuple(sorted(names(one) | names(other)))
            yield Case("identity", show(one), Reference(other, used, {}), "equal")


def grown(random: Random, size: int) -> Tree:
    """A random expression: a leaf, or an operation or a tame function of smaller ones."""
    if size == 0 or random.random() < 0.2:
        return random.choice((Name(random.choice(LEAVES)), number(Fraction(random.randrange(1, 20), 4))))
    if random.random() < 0.3:
        return Call(random.choice(("tanh", "sigmoid", "relu", "sin")), (grown(random, size - 1),))
    return op(random.choice("+-*"), grown(random, size - 1), grown(random, size - 1))


def judged(cases: Iterable[Case], told: Callable[[Tally], None] = lambda tally: None) -> dict[str, Tally]:
    """What the engine makes of the cases, reading included; those too long to be typed are left out."""
    found: dict[str, Tally] = {}
    for case in cases:
        reference, offered = case.reference, {*case.reference.variables, *case.reference.definitions}
        started = time.thread_time()
        try:
            typed = read(case.typed, offered, decimal_comma=False)
        except Unreadable:
            continue
        verdict = compare(typed, reference.tree, reference.variables, reference.definitions).verdict
        tally = found.setdefault(case.kind, Tally())
        tally.seconds.append(time.thread_time() - started)
        tally.right += verdict == case.truth
        tally.undecided += verdict == "undecided"
        tally.wrong += verdict not in (case.truth, "undecided")
        if verdict != case.truth:
            tally.odd.append((case, verdict))
    return found


def cases(share: float, seed: int) -> Iterator[Case]:
    """A share of the whole set."""
    random = Random(seed)
    references = bank()
    chosen = random.sample(references, max(1, round(share * len(references))))
    yield from forms(chosen, FORMS, random)
    yield from slips(chosen, SLIPS, random)
    yield from identities(max(1, round(share * 40)), random)


def main() -> int:
    """Run the whole set; 1 if anything was not right."""
    everything = list(cases(1, 1))
    gc.freeze()  # the set is not to be counted as what a comparison holds
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = judged(everything)
    grown_by = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{'':12}{'cases':>8}{'right':>8}{'wrong':>7}{'undecided':>11}{'median ms':>11}{'largest ms':>12}")
    for kind, tally in found.items():
        spent = [1000 * seconds for seconds in tally.seconds]
        print(
            f"{kind:12}{len(spent):8}{tally.right:8}{tally.wrong:7}{tally.undecided:11}"
            f"{median(spent):11.3f}{max(spent):12.2f}"
        )
    print(f"memory grew by {grown_by:.1f} MB")
    spent = sorted(seconds for tally in found.values() for seconds in tally.seconds)
    slow = sum(seconds > SLOW for seconds in spent)
    print(
        f"all: median {1000 * median(spent):.3f} ms, {slow} of {len(spent)} took more than {1000 * SLOW:g} ms"
    )
    odd = [each for tally in found.values() for each in tally.odd]
    for case, verdict in odd[:40]:
        print(f"{verdict}, but {case.truth}: {case.typed}   AGAINST   {show(case.reference.tree)}")
    return int(bool(odd))


if __name__ == "__main__":
    sys.exit(main())
