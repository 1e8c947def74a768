"""Two texts side by side, and two people's changes in one: pure functions over lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "changed", "added", "removed", "gap"]
AROUND = 3  # unchanged lines that are shown on either side of a change


@dataclass(frozen=True, slots=True)
class Row:
    """A line of both texts, each with its number; None where that text has no such line."""

    kind: Kind
    left: int | None = None
    old: str = ""
    right: int | None = None
    new: str = ""


def side_by_side(old: str, new: str) -> list[Row]:
    """The lines that differ, with a few around them; none for equal texts."""
    before, after = old.splitlines(), new.splitlines()
    found: list[Row] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(AROUND):
        if found or group[0][1] or group[0][3]:
            found.append(Row("gap"))
        for tag, a, b, c, d in group:
            found += _rows(tag, before[a:b], after[c:d], a, c)
    return found


def _rows(tag: str, old: Sequence[str], new: Sequence[str], left: int, right: int) -> Iterator[Row]:
    for at in range(max(len(old), len(new))):
        has_old, has_new = at < len(old), at < len(new)
        kind: Kind = (
            "same"
            if tag == "equal"
            else "changed"
            if has_old and has_new
            else ("removed" if has_old else "added")
        )
        yield Row(
            kind,
            left + at + 1 if has_old else None,
            old[at] if has_old else "",
            right + at + 1 if has_new else None,
            new[at] if has_new else "",
        )


@dataclass(frozen=True, slots=True)
class Merged:
    """Both people's changes. ``conflicts``: how many places both have changed, marked in the text."""

    text: str
    conflicts: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """What I have made of ``base`` and what they have, together; where both differ, both are kept."""
    start, ours, other = (text.splitlines() for text in (base, mine, theirs))
    lines: list[str] = []
    conflicts = 0
    for (a, b), (c, d), (e, f) in _pieces(start, ours, other):
        was, here, there = start[a:b], ours[c:d], other[e:f]
        if here == there or there == was:
            lines += here
        elif here == was:
            lines += there
        else:
            conflicts += 1
            lines += ["# <<<<<<< yours", *here, "# ======= theirs", *there, "# >>>>>>>"]
    return Merged("\n".join(lines) + "\n" if lines else "", conflicts)


Span = tuple[int, int]


def _pieces(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[Span, Span, Span]]:
    """The three texts cut at every line that all of them share."""
    in_mine, in_theirs = _matches(base, mine), _matches(base, theirs)
    at = (0, 0, 0)
    for line in [*sorted(in_mine.keys() & in_theirs.keys()), len(base)]:
        to = (line, in_mine.get(line, len(mine)), in_theirs.get(line, len(theirs)))
        if at != to:
            yield (at[0], to[0]), (at[1], to[1]), (at[2], to[2])
        at = to
        if line < len(base):
            after = (to[0] + 1, to[1] + 1, to[2] + 1)
            yield (to[0], after[0]), (to[1], after[1]), (to[2], after[2])
            at = after


def _matches(base: list[str], other: list[str]) -> dict[int, int]:
    """Which line of ``other`` each line of ``base`` has become, where it has stayed the same."""
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {a + at: b + at for a, b, size in blocks for at in range(size)}
