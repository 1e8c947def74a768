"""Runs the rows: prints a table, then one JSON object. ``python -m bench`` gives it a scratch site."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from random import Random
from typing import Any

from django.core.management.base import BaseCommand

from bench import checking, latency, pages, report, site, workers
from bench.harness import Result, Row, measure

ABSENT = {
    "expression check against mitx-grading-library": "not installed",
    "expression check against a warm Maxima pipe": "not installed",
}


class Command(BaseCommand):
    """Exit status 1 when a row fails."""

    help = "Measures this scratch site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="the rows under load too")

    def handle(self, *args: Any, full: bool, **options: Any) -> None:
        start = time.monotonic()
        self.random, self.results = Random(), list[Result]()
        self.run(checking.rows(full=full))
        with site.running() as ours:
            self.run(pages.rows(ours, full=full))
            with workers.rows(ours, full=full) as rows:
                self.run(rows)
            errors = self.under_load(ours) if full else {}
        for name, reason in ABSENT.items():
            self.stdout.write(f"{'not run':8}{name}: {reason}")
        self.stdout.write(f"{time.monotonic() - start:.0f} s. A ratio is a median with its 90 % interval.")
        self.stdout.write(json.dumps(report.summary(self.results, ABSENT, errors, full)))
        sys.exit(any(result.verdict == "FAIL" for result in self.results) or any(errors.values()))

    def run(self, rows: list[Row]) -> None:
        """Measure rows and print them."""
        for row in rows:
            self.show(measure(row, self.random))

    def show(self, result: Result) -> None:
        """Print a result and keep it."""
        self.results.append(result)
        self.stdout.write(report.line(result))
        self.stdout.flush()

    def under_load(self, ours: site.Site) -> dict[str, int]:
        """The rows on waiting; returns what went wrong meanwhile."""
        with latency.rows(ours) as (rows, arms):
            self.run(rows)
        self.show(latency.tail(arms, self.random))
        verdict = "FAIL" if any(arms.errors.values()) else "PASS"
        self.stdout.write(f"{verdict:8}errors under load: {arms.errors}")
        return arms.errors
