"""Any export as a download: its name, its kind, its bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from course.gradebook.book import book_of, enrolments
from course.gradebook.everything import everything
from course.gradebook.layouts import LAYOUTS
from course.gradebook.machine import BOM, Export, Sheet, bytes_of, export
from course.gradebook.options import Options
from course.gradebook.people_sheet import blocks, csv_of, generic, xlsx_of
from course.people.models import Course

CSV, ZIP, JSON = "text/csv; charset=utf-8", "application/zip", "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Download:
    """A file to send: ``name`` is safe in a header and on a disk."""

    name: str
    kind: str
    blocks: Iterable[bytes]


def download(course: Course, options: Options) -> Download:
    """The file that the options ask for; a ZIP if an LMS needs several. Raises Unusable."""
    if options.layout in LAYOUTS:
        return _for_lms(course, options, machine(course, options))
    book = book_of(course, as_of=options.as_of)
    found = enrolments(course, section=options.section)
    stem = f"{course.slug}-grades"
    if options.layout == "everything":
        texts = everything(course, book, found)
        return Download(f"{course.slug}-everything.json", JSON, (text.encode() for text in texts))
    if options.layout == "xlsx":
        return Download(f"{stem}.xlsx", XLSX, bytes_of(xlsx_of(book, found, options)))
    if options.layout == "generic":
        head, lines = generic(book, found, options)
        return Download(f"{stem}-generic.csv", CSV, _generic(head, lines, options))
    return Download(f"{stem}-for-people.csv", CSV, csv_of(book, found, options))


def machine(course: Course, options: Options) -> Export:
    """The files of a layout of an LMS, and what was left out of them."""
    return export(book_of(course, as_of=options.as_of), enrolments(course, section=options.section), options)


def _generic(head: list[str], lines: Iterator[list[str]], options: Options) -> Iterator[bytes]:
    separator = ";" if options.comma else ","
    yield (BOM if options.bom else "").encode()
    yield from blocks([head], separator)
    yield from blocks(lines, separator)


def _for_lms(course: Course, options: Options, made: Export) -> Download:
    layout = LAYOUTS[options.layout]
    stem = f"{course.slug}-grades-{layout.id}"
    if len(made.sheets) == 1 and not made.left_out.rows:
        kind = CSV if layout.suffix == "csv" else "text/plain; charset=utf-8"
        return Download(f"{stem}.{layout.suffix}", kind, bytes_of(made.sheets[0]))
    return Download(f"{stem}.zip", ZIP, bytes_of(_zip(stem, layout.suffix, made)))


def named(stem: str, suffix: str, made: Export) -> list[tuple[str, Sheet]]:
    """The files with their names; who is left out comes last, if there is anyone."""
    numbered = len(made.sheets) > 1
    found = [
        (f"{stem}{f'-{number}' if numbered else ''}.{suffix}", sheet)
        for number, sheet in enumerate(made.sheets, start=1)
    ]
    return [*found, *([(f"{stem}-left-out.csv", made.left_out)] if made.left_out.rows else [])]


def _zip(stem: str, suffix: str, made: Export) -> Sheet:
    packed = Sheet()
    with zipfile.ZipFile(packed.stream, "w", zipfile.ZIP_DEFLATED) as archive:
        files = named(stem, suffix, made)
        archive.writestr("READ-ME.txt", _readme(files))
        for name, sheet in files:
            with archive.open(name, "w") as target:
                for block in bytes_of(sheet):
                    target.write(block)
    return packed


def _readme(files: list[tuple[str, Sheet]]) -> str:
    lines = [
        _("Import each file by itself; a student is in one of them. No file has a blank score in it."),
        "",
    ]
    for name, sheet in files:
        if sheet.columns:
            words = _("%(name)s: %(rows)d students, %(columns)s")
            lines.append(words % {"name": name, "rows": sheet.rows, "columns": "; ".join(sheet.columns)})
        else:
            words = _("%(name)s: %(rows)d students who are in no other file, and why. Do not import it.")
            lines.append(words % {"name": name, "rows": sheet.rows})
    return "\r\n".join(lines) + "\r\n"
