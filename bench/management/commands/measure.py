"""Runs the rows: prints a table, then one JSON object. ``python -m bench`` gives it a scratch site."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from random import Random
from typing import Any

from django.core.management.base import BaseCommand

from bench import checking, exports, growth, latency, pages, report, site, workers
from bench.accuracy import score
from bench.accuracy.cases import cases
from bench.harness import Result, Row, measure
from bench.peers import rows as peers
from bench.peers.engines import OURS, PEERS, absent

QUICK, SAMPLE = 5, 60  # one case in so many: for ours in the quick part, for the peers in the full one


class Command(BaseCommand):
    """Exit status 1 when a row fails."""

    help = "Measures this scratch site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="the rows under load too")

    def handle(self, *args: Any, full: bool, **options: Any) -> None:
        start = time.monotonic()
        self.random, self.results = Random(), list[Result]()
        self.run(checking.rows(full=full))
        if full:
            with peers.rows() as rows:
                self.run(rows)
        self.run(growth.rows(full=full))
        scores = self.accuracy(full=full)
        with site.running() as ours:
            self.run(pages.rows(ours, full=full))
            self.run(exports.rows(full=full))
            with workers.rows(ours, full=full) as rows:
                self.run(rows)
            errors = self.under_load(ours) if full else {}
        missing = absent(full=full)
        for name, reason in missing.items():
            self.stdout.write(f"{'not run':10}{name}: {reason}")
        self.stdout.write(f"{time.monotonic() - start:.0f} s. A ratio is a median with its 90 % interval.")
        self.stdout.write(json.dumps(report.summary(self.results, missing, errors, scores, full)))
        failed = any(result.verdict == "FAIL" for result in self.results) or not scores[0].is_perfect
        sys.exit(failed or any(errors.values()))

    def run(self, rows: list[Row]) -> None:
        """Measure rows and print them."""
        for row in rows:
            self.show(measure(row, self.random))

    def show(self, result: Result) -> None:
        """Print a result and keep it."""
        self.results.append(result)
        self.stdout.write(report.line(result))
        self.stdout.flush()

    def accuracy(self, *, full: bool) -> list[score.Score]:
        """Ours on the set and on the hostile inputs; the peers on a sample of the set in the full part."""
        found = [score.score(OURS, cases(1 if full else QUICK), hostile=True)]
        self.stdout.write(score.HEAD)
        self.stdout.write(
            f"{found[0].line()}   {'PASS' if found[0].is_perfect else 'FAIL'}: must be all right"
        )
        for engine in PEERS if full else ():
            if not engine.absent:
                found.append(score.score(engine, cases(SAMPLE), hostile=False))
                self.stdout.write(found[-1].line())
        return found

    def under_load(self, ours: site.Site) -> dict[str, int]:
        """The rows on waiting; returns what went wrong meanwhile."""
        with latency.rows(ours) as (rows, arms):
            self.run(rows)
        self.show(latency.tail(arms, self.random))
        verdict = "FAIL" if any(arms.errors.values()) else "PASS"
        self.stdout.write(f"{verdict:8}errors under load: {arms.errors}")
        return arms.errors
