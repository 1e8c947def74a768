"""The check of the bank as lines of text, none wider than WIDTH."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from exercises.audit import ALIKE, CLASH, OWN, Audit
from exercises.checking import Part

WIDTH = 100
HEAD = f"{'exercise':<20} {'variants':>8} {'gap':>8} {'distinguishable':>15}" + (
    f"  {'tolerance':>9} {'up to':>7}  nearest"
)


def lines(parts: Sequence[Part]) -> Iterator[str]:
    """A table with notes under each exercise, and what it means."""
    yield HEAD
    for part in parts:
        yield _row(part)
        for note in _notes(part.audit):
            yield from wrap(note, WIDTH, initial_indent="    ", subsequent_indent="      ")
    yield ""
    for line in _sums(parts):
        yield from wrap(line, WIDTH, subsequent_indent="  ")


def _row(part: Part) -> str:
    found, nearest = part.audit, part.audit.nearest
    distinct = f"{len(found.by_name)} of {len(found.rules)}" if found.rules else "-"
    row = f"{part.exercise:<20} {part.variants:>8} {part.gap:>8.0e} {distinct:>15}"
    if nearest:
        row += f"  {nearest.tolerance:>9.2%} {nearest.share:>7.2%}  {nearest.box} {nearest.misconception}"
    return f"{row}  WRONG" if part.faults else row


def _notes(found: Audit) -> Iterator[str]:
    """What no tolerance can part, by class."""
    if found.hidden:
        yield f"hidden, equal to what is right: {_listed(found.hidden)}"
    if found.alike:
        yield f"alike: {_listed(' = '.join(sorted(tied)) for tied in found.alike)}"
    if found.faint:
        yield f"order alpha, within the tolerance: {_listed(f'{id} {n}x' for id, n in found.faint.items())}"
    if found.coincident:
        yield f"coincident in variant 1, by its own numbers: {_listed(found.coincident)}"
    if found.clashes:
        yield f"clash by chance: {len(found.clashes)} pairs, such as {min(found.clashes)}"


def _listed(names: Iterable[str]) -> str:
    return "; ".join(sorted(names))


def _sums(parts: Sequence[Part]) -> Iterator[str]:
    tried, exact = sum(part.variants for part in parts), sum(part.exact for part in parts)
    yield (
        f"{tried} variants, {max(part.variants for part in parts)} an exercise: NumPy, central differences "
        "and the stored formulas agree up to the gap, and the right numbers are marked right. "
        f"On {exact} of them SymPy agrees and right expressions are marked right."
    )
    told = sum((part.audit.told for part in parts), Audit().told)
    if told.total():
        shares = {kind: told[kind] / told.total() for kind in (OWN, ALIKE, CLASH)}
        yield (
            f"{told.total()} wrong answers of drawn variants, none of them within the tolerance: "
            f"{shares[OWN]:.3%} are told by their own name, {shares[ALIKE]:.3%} in a tie with what is equal "
            f"to them for all numbers around, {shares[CLASH]:.3%} in a tie by chance."
        )
    full = sum(part.mutated for part in parts)
    yield f"{full} wrong answers were marked in full: each is wrong, and told as it was worked out."
    yield f"The slowest variant took {max(part.slowest for part in parts) * 1000:.0f} ms of processor time."
    if any(part.faults for part in parts):
        yield "This does not hold where the table says WRONG."
