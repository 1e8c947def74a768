"""``python -m exercises``: list the bank, print a variant, self-test the bank, print the editors' schema."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from exercises import bank
from exercises.bank import BankError, Exercise
from exercises.publishing import derived
from exercises.selftest import Tried, try_out
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
    check = commands.add_parser("check", help="self-test the bank, or one exercise")
    check.add_argument("exercise", nargs="?")
    check.add_argument("--seeds", type=int, default=SEEDS, help="variants of each (default %(default)s)")
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
    chosen = [_find(options.exercise)] if options.exercise else list(bank.load().values())
    print(f"{'exercise':<20} {'variants':>8} {'boxes':>6} {'largest gap':>12}  result")
    faults: list[str] = []
    for exercise in chosen:
        published = derived(exercise)
        tried = [try_out(published, seed) for seed in range(1, options.seeds + 1)]
        _print_row(exercise, tried)
        faults += [f"{each.exercise}: {fault}" for each in tried for fault in each.faults]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _print_row(exercise: Exercise, tried: Sequence[Tried]) -> None:
    gap, boxes = max(each.gap for each in tried), sum(each.boxes for each in tried)
    result = "right" if not any(each.faults for each in tried) else "WRONG"
    print(f"{exercise.id:<20} {len(tried):>8} {boxes:>6} {gap:>12.1e}  {result}")


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
