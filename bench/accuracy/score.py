"""How engines do on the set: counts of what they get right and wrong, and what a check costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.accuracy.cases import SIZES, Case
from bench.accuracy.hostile import texts
from bench.peers.engines import Engine
from bench.peers.session import Session

HEAD = (
    f"{'engine':18}{'cases':>6}{'right':>9}{'accepted':>10}{'refused':>9}{'neither':>9}{'> 1 s':>7}"
    f"{'median ms':>11}{'p99 ms':>9}{'hostile > 1 s':>15}"
)


@dataclass(slots=True)
class Score:
    """Of one engine.

    ``accepted``: different, but called equal; ``refused``: equal, but called different; ``neither``: no
    verdict, or not readable; ``killed``: took more than a second or too much memory. ``misses`` has them all.
    """

    engine: str
    cases: int = 0
    right: int = 0
    accepted: int = 0
    refused: int = 0
    neither: int = 0
    killed: int = 0
    hostile: int | None = None
    times: list[float] = field(default_factory=list)  # milliseconds of CPU
    misses: list[tuple[Case, str]] = field(default_factory=list)

    def add(self, case: Case, verdict: str, cpu: float) -> None:
        """Count one verdict."""
        self.cases += 1
        self.times.append(cpu)
        if verdict != ("equal" if case.same else "different"):
            self.misses.append((case, verdict))
        if verdict == "killed":
            self.killed += 1
        elif verdict not in ("equal", "different"):
            self.neither += 1
        elif (verdict == "equal") == case.same:
            self.right += 1
        elif case.same:
            self.refused += 1
        else:
            self.accepted += 1

    @property
    def is_perfect(self) -> bool:
        """Whether it got every case right, and answered every hostile input in time."""
        return not self.misses and not self.hostile

    def missed(self, kind: str) -> int:
        """Misses of one kind."""
        return sum(case.kind == kind for case, _ in self.misses)

    def line(self) -> str:
        """A row of the table under HEAD."""
        hostile = "not run" if self.hostile is None else str(self.hostile)
        return (
            f"{self.engine:18}{self.cases:6}{self.right / self.cases:9.2%}{self.accepted:10}{self.refused:9}"
            f"{self.neither:9}{self.killed:7}{median(self.times):11.3g}{self.percentile():9.3g}{hostile:>15}"
        )

    def percentile(self) -> float:
        """What 99 of 100 checks stay under."""
        return sorted(self.times)[int(0.99 * len(self.times))]

    def data(self) -> dict[str, Any]:
        """For a machine."""
        counts = {name: getattr(self, name) for name in ("engine", "cases", "right", "accepted", "refused")}
        counts |= {name: getattr(self, name) for name in ("neither", "killed", "hostile")}
        missed = {kind: self.missed(kind) for kind in SIZES}
        return counts | {"median_ms": median(self.times), "p99_ms": self.percentile(), "missed": missed}


def score(engine: Engine, cases: Iterable[Case], *, hostile: bool) -> Score:
    """One engine on these cases, and on the hostile inputs if asked to."""
    found = Score(engine.name)
    with Session(engine) as session:
        for case in cases:
            found.add(case, *session.ask(case.student, case.reference, case.variables))
        if hostile:
            asked = [session.send(*text) for text in texts(engine.dialect)]
            found.hostile = sum(reply.verdict == "killed" for reply in asked)
    return found
