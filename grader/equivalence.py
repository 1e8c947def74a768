"""Whether two expressions are the same function: equal, different with a counter-example, or undecided.

The procedure, after GRADING.md section 3; everything in it is deterministic and bounded by one budget.

1. Both sides become one hash-consed program; the same node is *equal*.
2. Ball arithmetic at a readable point: disjoint balls are a certified counter-example, *different*.
3. Modulo 62-bit primes, functions being opaque values: agreement is *equal*, as soon as there is a point
   at which both sides have a value; of two rational sides, disagreement is *different*. The names that both
   sides use stay unwritten first.
4. More points in ball arithmetic, some of them far out, and where something bends those of hundreds in floats
   at which the two seem to differ. *Equal* is also what agrees modulo primes for any signs of what bends.
5. High precision at drawn points, then at points within the domains: six must agree to over 100 digits.
6. Those that do are *equal* if nothing bends. Else each cell between the kinks must be proved equal modulo a
   prime, or have two such points, or be shown to be empty; a cell that was not reached is *undecided*.
7. A difference of one sign, wherever it has a value, is *different*, however small it is.
8. No value on both sides but on edges of domains, as sqrt(-x^2) has at 0, and some on one: *different*.
   Otherwise *undecided*.

Fixed points can be known before an answer is written, so they refute and never prove.

Equal means: wherever both sides have a real value. Where one side has a value at fewer points, the evidence
says so. Roots and powers with exponents that are not whole have real values for positive bases only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from types import MappingProxyType

from grader import modular
from grader.budget import Budget
from grader.case import Case
from grader.cells import are_equal_loosely
from grader.domains import edges, inside
from grader.evidence import Comparison
from grader.gaps import gap
from grader.points import Point, drawn, drawn_whole, farthest, quick, wide
from grader.program import Program, build
from grader.reaching import all_cells, proved_cells
from grader.shared import in_shared_names
from grader.sides import ANY, OF_FACTORS
from grader.sightings import Sightings
from grader.tree import Tree

__all__ = ["Comparison", "compare"]

_FIRST = 1  # readable points before the proof
_QUICK_BITS = (64, 256)
_WIDE_BITS = (128,)
_DRAWN = 24
_MOST_BITS = 1 << 15  # to show a counter-example of two rational sides
_ON_ALL_SIDES = "equal modulo 62-bit primes on all sides of the kinks"
_BUILDING = 2  # units of work a node, before anything is compared


def compare(
    left: Tree,
    right: Tree,
    variables: Sequence[str],
    definitions: Mapping[str, Tree] = MappingProxyType({}),
    budget: Budget | None = None,
) -> Comparison:
    """Whether ``left`` and ``right`` are the same function of ``variables``.

    ``definitions`` folds names (nodes of a network, earlier boxes) into variables; comparisons that belong
    together may share a ``budget``. Raises ValueError for a name that is neither, or for definitions that go
    in a circle.
    """
    program = build(left, right, variables, definitions)
    if program.left == program.right:
        return Comparison("equal", "the same expression")
    budget = budget or Budget()
    budget.affords(_BUILDING * len(program.nodes))
    shared = partial(in_shared_names, left, right, variables, definitions)
    return _Search(Case(program, budget), shared if definitions else None).verdict()


class _Search:
    """One comparison: what was seen at points, and what is known modulo a prime."""

    def __init__(self, case: Case, in_shared: Callable[[], Program | None] | None) -> None:
        self.case = case
        self.in_shared = in_shared
        self.program = case.program
        self.seen = Sightings(case)
        self.proof: modular.Proof | None = None  # None: no values modulo a prime

    @cached_property
    def shared(self) -> Case | None:
        """The two sides in the names that both use, if there are such."""
        program = self.in_shared() if self.in_shared else None
        return None if program is None else Case(program, self.case.budget)

    def verdict(self) -> Comparison:
        count = len(self.program.variables)
        readable = quick(count)[: None if self.program.inputs else 1]
        return (
            self.seen.hunt(readable[:_FIRST], _QUICK_BITS)
            or self.prove()
            or self.seen.hunt(readable[_FIRST:], _QUICK_BITS)
            or self.proved()
            or self.hunt_wide()
            or self.conclude()
            or self.scout()
            or self.prove_sides()
            or self.look_closely()
            or self.prove_cells()
            or self.differ_by_sign()
            or self.one_sided()
        )

    def prove(self) -> Comparison | None:
        """Equal modulo primes, if there is a point at which both sides have a value."""
        found = _agreed(self.shared) if self.shared else None
        self.proof = found if found and found.is_equal else _agreed(self.case)
        return self.proved()

    def proved(self) -> Comparison | None:
        """Equal by that proof, with a look at the edges of domains: where one side has no value is said."""
        if self.proof is None or not self.proof.is_equal or not self.seen.both:
            return None
        found = self.seen.hunt(edges(self.program), _QUICK_BITS[:1])
        return found or self.seen.equal(self.proof.text)

    def conclude(self) -> Comparison | None:
        """What the values modulo primes prove, now that the points are known."""
        if self.proof and not self.proof.is_equal and self.program.is_rational:
            return self.closely_different()
        return self.proved() or self.proved_by_factors()

    def hunt_wide(self) -> Comparison | None:
        """A counter-example further out."""
        if not self.program.inputs:
            return None
        count = len(self.program.variables)
        return self.seen.hunt((*wide(count), *farthest(count)), _WIDE_BITS)

    def closely_different(self) -> Comparison:
        """Two rational sides that are known to differ: with a counter-example if it can be shown."""
        bits = 512
        while bits <= _MOST_BITS and self.case.affords(bits):
            if found := self.seen.hunt(quick(len(self.program.variables)), (bits,)):
                return found
            bits *= 4
        return Comparison("different", "different modulo a 62-bit prime")

    def scout(self) -> Comparison | None:
        """A counter-example where kinks leave the sides alike nearly everywhere."""
        if not self.case.bends or not self.case.program.inputs:
            return None
        return self.seen.hunt(self.case.survey.suspects(), _QUICK_BITS)

    def differ_by_sign(self) -> Comparison | None:
        """Different where the difference is of one sign and never 0, such as exp(-10^6)."""
        if not self.seen.both or self.proof is None or self.proof.is_equal:
            return None
        sign = gap(self.case)
        side = "left" if sign > 0 else "right"
        return self.seen.apart(self.seen.both[0], f"what makes the {side} one larger") if sign else None

    def look_closely(self) -> Comparison | None:
        """Points at high precision: drawn ones, and ones within the domains if those are missed."""
        agreed = 0
        is_proved = self.proof is not None and self.proof.is_equal
        within = inside(self.case, self.seen, may_meet=is_proved)
        for point in chain(self.drawn(), within, self.drawn_whole()):
            result = self.seen.agree_closely(point)
            if isinstance(result, Comparison):
                return result
            agreed += result
            if found := self.conclude():
                return found
            if agreed >= self.case.wanted:
                where = f" at {agreed} points" if self.program.inputs else ""
                return all_cells(self.case, self.seen, f"agree to 100 digits{where}")
        return None

    def drawn(self) -> Iterator[Point]:
        count = len(self.program.variables)
        number = _DRAWN if self.program.inputs else 1
        return drawn(self.case.chance, count, number)

    def drawn_whole(self) -> Iterator[Point]:
        """Whole numbers last, and only if no others have a value: sin(pi*x) is 0 at all of them."""
        count = len(self.program.variables)
        for whole in drawn_whole(self.case.chance, count, _DRAWN if self.program.inputs else 0):
            beside = tuple(each + self.case.chance.between(0, 1) for each in whole)
            seen = len(self.seen.both)
            yield beside
            if len(self.seen.both) == seen:
                yield whole

    def prove_sides(self) -> Comparison | None:
        """Equal if that is so whatever the signs of the arguments that bend, in the names of both first."""
        if not self.case.bends or not self.seen.both:
            return None
        for freedom in (ANY, OF_FACTORS):
            for case in (self.shared, self.case):
                part = case and Case(case.program, Budget(self.case.budget.left / 2, self.case.budget))
                if part and are_equal_loosely(part, freedom):
                    return self.seen.equal(_ON_ALL_SIDES)
        return None

    def proved_by_factors(self) -> Comparison | None:
        """Equal by the logarithms of factors, if there is a point at which both sides have a value."""
        found = self.blind if self.seen.both else None
        return self.seen.equal(found.text) if found and found.is_equal else None

    @cached_property
    def blind(self) -> modular.Proof | None:
        """What values modulo primes say where ln(v) is ln|v|, worked out once."""
        has_any = any(self.program.nodes[k][0] == "ln" for k in self.program.used)
        return _agreed(self.case, is_blind=True) if has_any else None

    def prove_cells(self) -> Comparison | None:
        """Equal if every cell is proved so; for sides that are too steep to be compared closely."""
        if not self.case.bends or not self.seen.both or not proved_cells(self.case):
            return None
        return self.seen.equal(_ON_ALL_SIDES)

    def one_sided(self) -> Comparison:
        """The verdict where too few points have a value on both sides."""
        if found := self.seen.one_sided():
            return found
        if self.case.budget.is_spent:
            return Comparison("undecided", "more work than a comparison may do")
        count = len(self.seen.both)
        return Comparison("undecided", f"too few points at which both sides can be told: {count}")


def _agreed(case: Case, *, is_blind: bool = False) -> modular.Proof | None:
    """What values modulo primes say; None where there are none."""
    try:
        return modular.agree(case, is_blind=is_blind)
    except modular.Inapplicable:
        return None
