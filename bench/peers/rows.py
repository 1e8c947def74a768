"""The expression check against warm peers: each answers over its own pipe, and its own CPU time counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench import checking
from bench.accuracy.terms import Term, read
from bench.harness import Arm, Row
from bench.peers.engines import EDX_CALC, MAXIMA_PIPE
from bench.peers.session import Session

BOUNDS = (
    (EDX_CALC, "Open edX calc, for mitx-grading-library", 50, 100),
    (MAXIMA_PIPE, "Maxima, warm pipe", 10, 20),
)


@contextmanager
def rows(rounds: int = 30) -> Iterator[list[Row]]:
    """A row for each of BOUNDS that is installed, on the pairs of ``bench.checking``."""
    with ExitStack() as stack:
        yield [
            Row(
                "expression check",
                against,
                checking.ours(),
                _arm(stack.enter_context(Session(engine))),
                must=must,
                stretch=stretch,
                rounds=rounds,
                faster=True,
            )
            for engine, against, must, stretch in BOUNDS
            if not engine.absent
        ]


def _arm(session: Session) -> Arm:
    """Milliseconds of the peer's CPU for one check."""
    pairs = [(_term(typed), _term(reference)) for typed, reference in checking.PAIRS]

    def checked() -> float:
        replies = [session.ask(*pair, checking.NAMES) for pair in pairs]
        if any(reply.verdict not in ("equal", "different") for reply in replies):
            raise RuntimeError(f"{session.engine.name} gave no verdict: {replies}")
        return sum(reply.cpu for reply in replies) / len(pairs)

    return checked


def _term(typed: str) -> Term:
    """What is typed in ``bench.checking``, every product with its sign."""
    return read(typed.replace("2(", "2*(").replace("^", "**"))
