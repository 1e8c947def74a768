"""``python -m bench.accuracy``: every engine that is there on the whole set and on the hostile inputs.

``--every 10`` takes one case in ten, ``--seed 7`` another set, ``--only ours`` one engine; ``--misses``
prints what was got wrong.
"""

from __future__ import annotations

import json
import signal
import sys
from argparse import ArgumentParser

from bench.accuracy.cases import SEED, cases
from bench.accuracy.score import HEAD, Score, score
from bench.accuracy.writing import show
from bench.peers.engines import OURS, PEERS, absent


def main() -> int:
    """1 if ours got a case wrong, or needed too long for one."""
    parser = ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no peer is left working
    asked = cases(options.every, options.seed)
    wanted = [engine for engine in (OURS, *PEERS) if engine.name in options.only or not options.only]
    print(HEAD)
    found = []
    for engine in wanted:
        if engine.absent:
            continue
        found.append(score(engine, asked, hostile=True))
        print(found[-1].line(), flush=True)
        if options.misses:
            _print_misses(found[-1])
    for name, reason in absent().items():
        print(f"{'not run':10}{name}: {reason}")
    print(json.dumps([each.data() for each in found]))
    return any(each.engine == OURS.name and not each.is_perfect for each in found)


def _print_misses(found: Score) -> None:
    for case, verdict in found.misses:
        truth = "equal" if case.same else "different"
        print(f"    {case.kind}: {verdict}, but {truth}: {show(case.student)}  |  {show(case.reference)}")


if __name__ == "__main__":
    sys.exit(main())
