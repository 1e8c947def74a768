"""``manage.py export_grades``: the gradebook's files without a browser, with the same options."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from course.gradebook.downloads import download, machine, named
from course.gradebook.identifying import IDENTIFIERS
from course.gradebook.layouts import LAYOUTS, NAMES
from course.gradebook.machine import Export, bytes_of
from course.gradebook.options import Missing, Options, Unusable, layout_of, read
from course.management.base import NotDoneError, SiteCommand, WrongCallError
from course.people.models import Course, Section


class Command(SiteCommand):
    """Exit status 1 if a student was left out of a file for an LMS, 2 for options that make no sense."""

    help = "Writes the scores of a course to a file: for an LMS, for people, or all data as JSON."
    example = "manage.py export_grades backprop --layout moodle --as-of 2026-12-01 --output grades.csv"
    writes = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("course", help="short name of the course")
        parser.add_argument(
            "--layout", choices=sorted(NAMES), help="default: the one of the gradebook's button"
        )
        parser.add_argument(
            "--output", metavar="FILE", help="default: the standard output, if it is one file"
        )
        parser.add_argument("--key", choices=sorted(IDENTIFIERS), help="what names a student")
        parser.add_argument("--decimal", choices=("point", "comma"), default="point", help="decimal sign")
        parser.add_argument(
            "--missing",
            choices=[one.value for one in Missing],
            default="due",
            help="who handed in nothing has 0 when it is due, always (zero), or never (skip)",
        )
        parser.add_argument("--bom", action="store_true", help="begin with a byte order mark")
        parser.add_argument(
            "--roster", action="store_true", help="only students whose id in the LMS is known"
        )
        parser.add_argument(
            "--total", choices=("too", "alone"), help="the course total in percent: a column more, or alone"
        )
        parser.add_argument("--assignment", action="append", default=[], metavar="ID", help="only these")
        parser.add_argument("--section", default="", metavar="NAME", help="only this section")
        parser.add_argument("--as-of", default="", metavar="DATE", help="from what was handed in until then")

    def handle(self, *args: Any, **options: Any) -> None:
        course = Course.objects.filter(slug=options["course"]).first()
        if course is None:
            raise WrongCallError(f"There is no course '{options['course']}'.")
        try:
            asked = self.asked(course, options)
            if asked.layout in LAYOUTS:
                self.for_lms(course, asked, options)
            else:
                self.plain(course, asked, options)
        except Unusable as error:
            raise WrongCallError(str(error)) from error

    def asked(self, course: Course, options: dict[str, Any]) -> Options:
        """The options as the pages read them."""
        names = ("layout", "key", "decimal", "missing", "as_of")
        raw = {name: options[name] for name in names if options[name]}
        raw |= {name: "1" for name in ("bom", "roster") if options[name]} | {"total": options["total"] or ""}
        if options["section"]:
            section = Section.objects.filter(course=course, name=options["section"]).first()
            if section is None:
                raise WrongCallError(f"There is no section '{options['section']}' in {course.slug}.")
            raw["section"] = str(section.pk)
        return read(raw, options["assignment"], usual=layout_of(course))

    def plain(self, course: Course, asked: Options, options: dict[str, Any]) -> None:
        """A file that leaves nobody out."""
        made = download(course, asked)
        size = 0
        if options["dry_run"]:
            size = sum(map(len, made.blocks))
        elif options["output"]:
            with Path(options["output"]).open("wb") as target:
                size = sum(target.write(block) for block in made.blocks)
        else:
            for block in made.blocks:
                sys.stdout.buffer.write(block)
            return
        told = {
            "layout": asked.layout,
            "bytes": size,
            "output": options["output"],
            "dry_run": options["dry_run"],
        }
        self.tell(told, f"{NAMES[asked.layout]}: {size:,} bytes.", form=options["format"])

    def for_lms(self, course: Course, asked: Options, options: dict[str, Any]) -> None:
        """Files for an LMS; those who are left out stand in a file of their own."""
        made = machine(course, asked)
        output = Path(
            options["output"] or f"{course.slug}-grades-{asked.layout}.{LAYOUTS[asked.layout].suffix}"
        )
        files = named(output.stem, output.suffix.lstrip(".") or LAYOUTS[asked.layout].suffix, made)
        if not options["dry_run"] and not options["output"]:
            self.to_stdout(made)
            return
        for name, sheet in files if not options["dry_run"] else ():
            with output.with_name(name).open("wb") as target:
                target.writelines(bytes_of(sheet))
        self.report(asked, made, [name for name, _sheet in files], options)
        if made.left_out.rows:
            raise NotDoneError(f"{made.left_out.rows} students are in no file for {NAMES[asked.layout]}.")

    def to_stdout(self, made: Export) -> None:
        """The one file there is; raises WrongCallError for several."""
        if len(made.sheets) != 1 or made.left_out.rows:
            raise WrongCallError("This needs more than one file. Say --output FILE, or look with --dry-run.")
        sys.stdout.buffer.writelines(bytes_of(made.sheets[0]))

    def report(self, asked: Options, made: Export, names: list[str], options: dict[str, Any]) -> None:
        """Counts, and who is split off."""
        result = {
            "layout": asked.layout,
            "dry_run": options["dry_run"],
            "files": [
                {"name": name, "rows": sheet.rows, "columns": list(sheet.columns)}
                for name, sheet in zip(names, [*made.sheets, made.left_out], strict=False)
            ],
            "left_out": dict(made.reasons),
            "columns_left_out": list(made.no_column),
        }
        words = [f"{one['name']}: {one['rows']} students" for one in result["files"]]
        words += [f"  left out, {reason}: {count}" for reason, count in made.reasons.most_common()]
        words += [f"  no column id, so not written: {title}" for title in made.no_column]
        self.tell(result, "\n".join(words), form=options["format"])
