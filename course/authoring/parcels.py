"""Zip files of exercise sets: written, and read within bounds, since a small zip may hold anything.

Nothing is unpacked to a disk, so a name that leads elsewhere leads nowhere; it is refused all the same.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from exercises.places import LONGEST

MOST_FILES = 200
MOST_ENTRIES = 500  # with folders and what is no YAML
MOST_BYTES = 4 * LONGEST  # of one file: a character may have four
MOST_IN_ALL = 2 * 2**20  # bytes of all files together
NAME = re.compile(r"[^\x00-\x1f\\:]{1,150}")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a parcel: its text, or why it is not taken."""

    name: str
    text: str = ""
    fault: str = ""


class ParcelError(ValueError):
    """A parcel that is not taken; the message says why."""


def packed(texts: Mapping[str, str]) -> bytes:
    """A zip of these files, the same bytes for the same texts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, text in texts.items():
            parcel.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpacked(content: bytes, name: str) -> list[File]:
    """The YAML files of an upload, a zip or a single file, by their names; raises ParcelError."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [_decoded(name if NAME.fullmatch(name) else "exercises.yaml", content)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parcel:
            return _files(parcel)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise ParcelError(_("This zip cannot be read: %(why)s") % {"why": error}) from None


def _files(parcel: zipfile.ZipFile) -> list[File]:
    entries = parcel.infolist()
    if len(entries) > MOST_ENTRIES:
        raise ParcelError(
            _("This zip has %(has)d entries; %(most)d are the most.")
            % {"has": len(entries), "most": MOST_ENTRIES}
        )
    wanted = [one for one in entries if not one.is_dir() and one.filename.lower().endswith((".yaml", ".yml"))]
    if not wanted:
        raise ParcelError(_("There is no file in it whose name ends in .yaml."))
    if len(wanted) > MOST_FILES:
        raise ParcelError(
            _("This zip has %(has)d YAML files; %(most)d are the most.")
            % {"has": len(wanted), "most": MOST_FILES}
        )
    return list(_read_all(parcel, sorted(wanted, key=lambda one: one.filename)))


def _read_all(parcel: zipfile.ZipFile, wanted: Iterable[zipfile.ZipInfo]) -> Iterable[File]:
    left = MOST_IN_ALL
    for entry in wanted:
        name = entry.filename
        if fault := _refused(entry):
            yield File(name[:150], fault=fault)
            continue
        with parcel.open(entry) as stream:  # what the zip says of its size is not believed
            content = stream.read(min(MOST_BYTES, left) + 1)
        left -= len(content)
        if left < 0:
            raise ParcelError(
                _("Unpacked, this zip is larger than %(most)d MB.") % {"most": MOST_IN_ALL >> 20}
            )
        yield _decoded(name, content)


def _refused(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if not NAME.fullmatch(name) or name.startswith("/") or ".." in name.split("/"):
        return _("Its name leads out of the zip, or is no name.")
    if entry.flag_bits & 1:
        return _("It is encrypted.")
    return ""


def _decoded(name: str, content: bytes) -> File:
    if len(content) > MOST_BYTES:
        return File(name[:150], fault=_("It is longer than %(most)d characters.") % {"most": LONGEST})
    try:
        return File(name[:150], content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return File(name[:150], fault=_("Line %(line)d is not UTF-8 text.") % {"line": line})
