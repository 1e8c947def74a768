"""The order in which to look for a broken link (TEACHING.md 5), as a solver that sees what a student sees.

(a) does the loss of one example fall; (b) is the loss that of the target that is meant; (c) the numeric
check, weight by weight; (d) the check once more in the next step; (e) only then alpha. (b) comes where the
check leaves it open, so that no instrument is bought that cannot decide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from exercises.debugging.faults import BY_ID, HEALTHY
from exercises.debugging.instruments import BOTH_ZERO, NO_SHARE, Reading
from exercises.debugging.roles import crossings, links, units
from grader.network import Network

ONE = 0.0015  # how far a shown ratio may be from 1, and from another one, to be the same
CLOSE = 0.004  # share by which a quotient of shown weights may miss a ratio
LOOSE = 0.02  # the same where small gradients are divided
FAINT = 1000.0  # times smaller than the largest gradient


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the triage found. ``steps``: instrument -> what it said, an id of ``texts/debugging.yaml``."""

    fault: str
    steps: tuple[tuple[str, str], ...]

    @property
    def link(self) -> int:
        """The broken link; 0: none is."""
        return BY_ID[self.fault].link


@dataclass
class Triage:
    """One search. ``look`` gives a reading; what was looked at is kept with what it said."""

    network: Network
    target: float | None  # of the one prediction, if there is just one
    look: Callable[[str], Reading]
    seen: list[tuple[str, str]] = field(default_factory=list)

    def conclude(self) -> Conclusion:
        """Follow the order to the broken link."""
        loss = self._read("loss")
        check = Check.of(self._read("check-0"))
        fault = self._silent(check) or self._sound(check) or self._constant(check, loss)
        fault = fault or self._some(check, loss)
        return Conclusion(fault, tuple(self.seen))

    def _read(self, instrument: str) -> Reading:
        self.seen.append((instrument, ""))
        return self.look(instrument)

    def _says(self, what: str) -> None:
        """What the last reading said."""
        self.seen[-1] = (self.seen[-1][0], what)

    def _silent(self, check: Check) -> str:
        """Gradients that are exactly 0 in the code, and are not."""
        if not check.silent:
            return ""
        self._says("silent")
        biases = {used for _, used in links(self.network, "bias")}
        return "bias" if check.silent <= biases else "detached"

    def _sound(self, check: Check) -> str:
        """Every gradient is right: the rule, what is kept between steps, a true 0, or nothing at all."""
        if not all(abs(ratio - 1) <= ONE for ratio in check.ratios.values()) or check.odd:
            return ""
        self._says("sound")
        if check.zeros:
            self._says("zeros")
            return "dead"
        if check.faintest * FAINT < check.largest:
            self._read("units-0")
            self._says("flat")
            return "saturated"
        return self._rule(check) or self._later(check) or self._rate() or HEALTHY

    def _rule(self, check: Check) -> str:
        moved = self._read("weights-0")
        before, after = (_numbers(moved.column(head)) for head in ("before", "after"))
        steps = {name: after[name] - before[name] for name in before if after[name] != before[name]}
        if not steps:
            self._says("unmoved")
            return "unstored"
        if all(step * check.code[name] > 0 for name, step in steps.items()):
            self._says("uphill")
            return "adds"
        self._says("downhill")
        return ""

    def _later(self, first: Check) -> str:
        check = Check.of(self._read("check-1"))
        if all(abs(ratio - 1) <= ONE for ratio in check.ratios.values()):
            self._says("sound")
            return ""
        self._says("later")
        sums = {name: 1 + first.code[name] / check.numeric[name] for name in check.ratios}
        off = [abs(ratio - sums[name]) > LOOSE * max(1, abs(ratio)) for name, ratio in check.ratios.items()]
        return "stale" if any(off) else "accumulated"

    def _rate(self) -> str:
        prediction = self.network.prediction
        values = list(_numbers(self._read("yhat").column(prediction)).values())
        self._says("steady")
        if self.target is None:
            return ""
        gaps = [value - self.target for value in values[:4]]
        if all(one * other < 0 for one, other in pairwise(gaps)):
            self._says("swings")
            return "fast"
        return ""

    def _constant(self, check: Check, loss: Reading) -> str:
        """One ratio for all weights."""
        low, high = min(check.ratios.values()), max(check.ratios.values())
        if high - low > 2 * ONE or check.odd:
            return ""
        self._says("constant")
        if self._other_target(loss):
            return "target"
        return "sign" if abs(low + 1) <= ONE else "half"

    def _other_target(self, loss: Reading) -> bool:
        printed = self._read("printed")
        differs = any(one[1] != other[1] for one, other in zip(loss.rows, printed.rows, strict=True))
        self._says("differs" if differs else "agrees")
        return differs

    def _some(self, check: Check, loss: Reading) -> str:
        """Some weights are off: those behind the units, those before them, or both."""
        off = {name for name, ratio in check.ratios.items() if abs(ratio - 1) > ONE} | check.odd
        if off <= {weight for _, weight in links(self.network, "partner")}:
            self._says("behind")
            return "partner"
        before = {name for unit in units(self.network) for name in self.network.ancestors(unit)}
        if off <= before:
            self._says("before")
            return self._before(check)
        self._says("mixed")
        return "target" if self._other_target(loss) else "overwritten"

    def _before(self, check: Check) -> str:
        if links(self.network, "slope"):
            slopes = _numbers(self._read("units-0").column("slope"))
            if self._fits(check, {unit: 1 / slope for unit, slope in slopes.items() if slope}):
                self._says("slopes")
                return "slope"
            self._says("other-slopes")
        moved = self._read("weights-0")
        now, after = (_numbers(moved.column(head)) for head in ("before", "after"))
        met = {unit: weight for _, unit, weight in crossings(self.network)}
        if self._fits(check, {unit: after[weight] / now[weight] for unit, weight in met.items()}):
            self._says("moved-first")
            return "sequential"
        others = _neighbours(self.network)
        if self._fits(check, {unit: now[others[unit]] / now[met[unit]] for unit in others}):
            self._says("neighbour")
            return "swapped"
        self._says("no-quotient")
        shared = {used for _, used in links(self.network, "shared")}
        return "overwritten" if shared & set(units(self.network)) else "slope"

    def _fits(self, check: Check, expected: Mapping[str, float]) -> bool:
        """Whether each weight before a unit is off by what is expected of that unit."""
        below = {
            name: [unit for unit in expected if name in self.network.ancestors(unit)] for name in check.ratios
        }
        found = [
            any(_close(check.ratios[name], expected[unit]) for unit in behind)
            for name, behind in below.items()
            if behind
        ]
        return bool(found) and all(found)


@dataclass(frozen=True, slots=True)
class Check:
    """A numeric check, read from its table. ``silent``: 0 in the code alone; ``zeros``: on both sides;
    ``odd``: on the numeric side alone."""

    ratios: dict[str, float]
    code: dict[str, float]
    numeric: dict[str, float]
    silent: frozenset[str]
    zeros: frozenset[str]
    odd: frozenset[str]

    @classmethod
    def of(cls, reading: Reading) -> Check:
        """Read the table of an instrument ``check-k``."""
        told = reading.column("ratio")
        ratios = {name: float(text) for name, text in told.items() if text not in {BOTH_ZERO, NO_SHARE}}
        code, numeric = (_numbers(reading.column(head)) for head in ("code", "numeric"))
        return cls(
            ratios,
            code,
            numeric,
            frozenset(name for name in ratios if code[name] == 0),
            frozenset(name for name, text in told.items() if text == BOTH_ZERO),
            frozenset(name for name, text in told.items() if text == NO_SHARE),
        )

    @property
    def largest(self) -> float:
        """The size of the largest gradient."""
        return max(map(abs, self.code.values()))

    @property
    def faintest(self) -> float:
        """The size of the smallest one that is not 0."""
        return min((abs(each) for each in self.code.values() if each), default=0.0)


def _numbers(column: Mapping[str, str]) -> dict[str, float]:
    return {name: float(text) for name, text in column.items()}


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= ONE + CLOSE * abs(other)


def _neighbours(network: Network) -> dict[str, str]:
    """Each unit of a sum, and the weight that the next one meets."""
    found: dict[str, str] = {}
    for node in network.order:
        meeting = [(unit, weight) for each, unit, weight in crossings(network) if each == node]
        if len(meeting) > 1:
            turned = [*meeting[1:], meeting[0]]
            found |= {unit: weight for (unit, _), (_, weight) in zip(meeting, turned, strict=True)}
    return found
