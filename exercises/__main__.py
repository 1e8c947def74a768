"""``python -m exercises``: list the bank, print a variant, check the bank, print the editors' schema."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict

from exercises import bank, report
from exercises.bank import BankError, Exercise
from exercises.checking import Part, examine
from exercises.publishing import derived
from exercises.steps import question
from exercises.variants import variant
from grader.streams import to_reader

SEEDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 when a check fails, 2 when the input cannot be used."""
    options = _parser().parse_args(arguments)
    commands = {"list": _list, "variant": _variant, "check": _check, "schema": _schema}
    try:
        return commands[options.command](options)
    except ValueError as error:  # BankError, NetworkError, NoVariant: all say in words what to change
        print(f"exercises: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m exercises", description="The bank of exercises.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="every exercise: id, step, name of its set")
    one = commands.add_parser("variant", help="one as JSON: python -m exercises variant seed-w1 --seed 7")
    one.add_argument("exercise")
    one.add_argument("--seed", type=int, default=1)
    check = commands.add_parser("check", help="check the bank, or some exercises; 1 is returned if it fails")
    check.add_argument("exercise", nargs="*", help="which (default: all)")
    check.add_argument("--seeds", type=int, default=SEEDS, help="variants of each (default %(default)s)")
    check.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: a core each)"
    )
    commands.add_parser("schema", help="the JSON Schema of a file of the bank")
    return parser


def _list(options: argparse.Namespace) -> int:
    for exercise in bank.load().values():
        print(f"{exercise.id:<20} {exercise.step.value:<13} {exercise.name}")
    return 0


def _variant(options: argparse.Namespace) -> int:
    published = derived(_find(options.exercise))
    numbers = variant(published, options.seed)
    asked = asdict(question(published, numbers))
    boxes = [box.model_dump(mode="json") for box in asked.pop("boxes")]
    solution = asked.pop("solution")
    found = {
        "exercise": published.exercise.id,
        "step": published.exercise.step,
        "seed": numbers.seed,
        "generator": numbers.generator,
        "values": numbers.values,
        "question": asked | {"boxes": boxes},
        "solution": solution,
    }
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


def _check(options: argparse.Namespace) -> int:
    if options.seeds < 1:
        raise ValueError(f"--seeds is 1 or more, not {options.seeds}")
    chosen = [_find(name) for name in options.exercise] or list(bank.load().values())
    found = {exercise.id: Part(exercise.id) for exercise in chosen}
    for part in examine(chosen, options.seeds, max(1, options.jobs)):
        found[part.exercise] += part
        _progress(found.values(), options.seeds)
    for line in report.lines(list(found.values())):
        print(line)
    faults = [f"{part.exercise}: {fault}" for part in found.values() for fault in part.faults]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _progress(parts: Collection[Part], seeds: int) -> None:
    """How far it is, for who watches."""
    if sys.stderr.isatty():
        ready = sum(part.variants for part in parts) / (seeds * len(parts))
        print(f"\r{ready:4.0%} ", end="" if ready < 1 else "\r", file=sys.stderr, flush=True)


def _schema(options: argparse.Namespace) -> int:
    print(json.dumps(bank.schema(), indent=2))
    return 0


def _find(name: str) -> Exercise:
    found = bank.load()
    if name not in found:
        raise BankError(f"there is no exercise '{name}'{bank.near(name, found)}")
    return found[name]


if __name__ == "__main__":
    sys.exit(to_reader(main))
