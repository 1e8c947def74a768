"""The self-tests of an author's file, one finding an exercise, before it may be published.

variants         numbers can be drawn for every seed that is tried
references       NumPy, SymPy, central differences and the stored formulas agree in every box
marking          the right numbers, and the right expressions, are marked right
tolerance        no tolerance takes a misconception for right
distinguishable  how many wrong rules are told by their own name; the others are named, and refuse nothing
students         synthetic students, one a misconception, get the right mark and the right message
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pydantic import ValidationError

from exercises.audit import Audit, audit
from exercises.bank import Exercise
from exercises.finding import (
    DISTINGUISHABLE,
    MARKING,
    REFERENCES,
    STUDENTS_TEST,
    TOLERANCE,
    VARIANTS,
    Finding,
    Test,
    Told,
)
from exercises.published import Published
from exercises.publishing import derived
from exercises.question import TOLD, Variant
from exercises.selftest import agree, marked_wrong
from exercises.steps import question
from exercises.students import students
from exercises.variants import NoVariant, variant

SEEDS = range(1, 6)  # that every exercise is tried on
EXACT = frozenset({1, 3, 5})  # of them, those on which SymPy and right expressions are tried
STUDENTS = 2  # the seed whose numbers the synthetic students get
MOST_FAULTS = 10  # that are kept of one test


@dataclass
class _Tried:
    """What is gathered of one exercise."""

    published: Published
    variants: list[Variant] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def findings(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """One finding an exercise, in order, as each is ready."""
    for exercise in exercises:
        yield found(exercise)


def found(exercise: Exercise) -> Finding:
    """The self-tests of one exercise; what cannot even be asked is a fault in words, not an error."""
    try:
        tried = _tried(exercise)
        if not tried.variants:
            return _refused(exercise, tried.missing)
        title = question(tried.published, tried.variants[0]).title
        told = tuple(_students(tried))
        tests = [_variants(tried), *_agreement(tried)]
        if exercise.step not in TOLD:  # they have no formulas
            tests += [*_audits(tried), _told(told)]
    except ValidationError:
        return _refused(
            exercise, ["what it asks grows too long to be marked; ask for less, or 'through' fewer nodes"]
        )
    except (ValueError, ArithmeticError) as error:
        return _refused(exercise, [str(error)])
    return Finding(
        exercise=exercise.id,
        step=exercise.step,
        title=title,
        tests=tuple(tests),
        students=tuple(one for one, _ in told),
        published=tried.published,
    )


def _refused(exercise: Exercise, faults: Sequence[str]) -> Finding:
    test = Test(id=VARIANTS, faults=tuple(faults[:MOST_FAULTS]))
    return Finding(exercise=exercise.id, step=exercise.step, tests=(test,))


def _tried(exercise: Exercise) -> _Tried:
    tried = _Tried(derived(exercise))
    for seed in SEEDS:
        try:
            tried.variants.append(variant(tried.published, seed))
        except NoVariant as error:
            tried.missing.append(f"seed {seed}: {error}")
            break  # the next seed would take as long, and say the same
    return tried


def _variants(tried: _Tried) -> Test:
    return Test(id=VARIANTS, figures={"found": len(tried.variants)}, faults=tuple(tried.missing))


def _agreement(tried: _Tried) -> tuple[Test, Test]:
    exact = [each for each in tried.variants if each.seed in EXACT]
    compared = [
        agree(tried.published, tried.variants, exactly=False),
        agree(tried.published, exact, exactly=True),
    ]
    faults = (fault for each in compared for fault in each.faults)
    wrong = (
        f"seed {each.seed}, {fault}"
        for each in tried.variants
        for fault in marked_wrong(tried.published, each, in_symbols=each.seed in EXACT)
    )
    gap = max(each.gap for each in compared)
    return (
        Test(id=REFERENCES, figures={"gap": gap, "exact": len(exact)}, faults=_first(faults)),
        Test(id=MARKING, figures={"variants": len(tried.variants)}, faults=_first(wrong)),
    )


def _audits(tried: _Tried) -> tuple[Test, Test]:
    shown = audit(tried.published.exercise, tried.variants)
    return _tolerance(shown), Test(
        id=DISTINGUISHABLE,
        figures={"told": len(shown.by_name), "all": len(shown.rules)},
        notes={
            "hidden": tuple(sorted(shown.hidden)),
            "alike": tuple(sorted(" = ".join(sorted(tied)) for tied in shown.alike)),
            "coincident": tuple(sorted(shown.coincident)),
            "clash": tuple(sorted(shown.clashes)),
        },
    )


def _tolerance(shown: Audit) -> Test:
    faults = _first(map(str, shown.too_wide))
    if shown.nearest is None:
        return Test(id=TOLERANCE, faults=faults)
    near = shown.nearest
    figures = {"box": near.box, "id": near.misconception, "tolerance": near.tolerance, "share": near.share}
    return Test(id=TOLERANCE, figures=figures, faults=faults)


def _students(tried: _Tried) -> Iterator[tuple[Told, str]]:
    if tried.published.exercise.step in TOLD:
        return
    seeds = {each.seed: each for each in tried.variants}
    for one in students(tried.published, seeds.get(STUDENTS, tried.variants[-1])):
        told = Told(
            box=one.box,
            misconception=one.misconception,
            typed=one.typed,
            outcome=one.outcome,
            told=one.told,
            right=not one.fault,
        )
        yield told, one.fault


def _told(told: Sequence[tuple[Told, str]]) -> Test:
    faults = _first(fault for _, fault in told if fault)
    named = sum(1 for one, _ in told if one.told == one.misconception)
    return Test(id=STUDENTS_TEST, figures={"all": len(told), "named": named}, faults=faults)


def _first(faults: Iterator[str]) -> tuple[str, ...]:
    return tuple(islice(faults, MOST_FAULTS))
