"""``manage.py check_bank``: the self-tests of the bank, or of what a course writes itself."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from course.authoring.library import texts_of
from course.authoring.words import NAMES
from course.management.base import NotDoneError, SiteCommand, WrongCallError
from course.people.models import Course
from exercises.bank import BANK, BankError, Exercise, read
from exercises.finding import Finding
from exercises.findings import found


class Command(SiteCommand):
    """Checks every exercise of the files and says which may be published."""

    help = "Runs the self-tests of every exercise of the bank, or of a course's own sets. Changes nothing."
    example = "manage.py check_bank --course backprop --format json"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--course", metavar="SLUG", help="the course's own sets (default: the bank)")
        parser.add_argument(
            "--only", metavar="ID", action="append", help="only this exercise; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        exercises, unread = _readable(_files(options["course"]))
        wanted = set(options["only"] or ())
        if missing := wanted - {one.id for one in exercises}:
            raise WrongCallError(f"There is no exercise '{min(missing)}' among them.")
        chosen = [one for one in exercises if not wanted or one.id in wanted]
        results = [found(one) for one in self.counted(chosen, len(chosen), "checked")]
        failed = [one for one in results if not one.passed]
        result = {
            "checked": len(results),
            "failed": len(failed) + len(unread),
            "unreadable": unread,
            "exercises": [_told(one) for one in results],
        }
        self.tell(result, "\n".join(_lines(results, unread)), form=options["format"])
        if failed or unread:
            raise NotDoneError(f"{len(failed)} exercises and {len(unread)} files do not pass.")


def _files(course: str | None) -> dict[str, str]:
    """File name -> text; raises WrongCallError for a course that is not there."""
    if course is None:
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(BANK.glob("*.yaml"))}
    row = Course.objects.filter(slug=course).first()
    if row is None:
        known = ", ".join(Course.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise WrongCallError(f"There is no course '{course}' (known: {known}).")
    return texts_of(row)


def _readable(files: dict[str, str]) -> tuple[list[Exercise], list[str]]:
    """The exercises, and a line for everything that cannot be read."""
    exercises: list[Exercise] = []
    unread: list[str] = []
    for name, text in files.items():
        try:
            exercises += read(text, name)
        except BankError as error:
            unread += str(error).splitlines()
    return exercises, unread


def _told(finding: Finding) -> dict[str, Any]:
    return finding.model_dump(mode="json", exclude={"published", "students"}) | {
        "passed": finding.passed,
        "students": len(finding.students),
    }


def _lines(results: list[Finding], unread: list[str]) -> Iterator[str]:
    for one in results:
        state = "ok" if one.passed else "WRONG"
        yield f"{state:<6}{one.exercise:<28}{len(one.students):>4} synthetic students"
        for test in one.tests:
            yield from (f"      {NAMES[test.id]}: {fault}" for fault in test.faults)
    yield from unread
    yield f"{len(results)} exercises checked, {sum(not one.passed for one in results)} do not pass"
