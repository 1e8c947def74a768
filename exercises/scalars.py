"""What an author's numbers and words are: read as they are written, by the core rules of YAML 1.2.

YAML 1.1 makes 90 of ``1:30``, 15 of ``017``, false of ``no`` and a float, so other digits, of ``0.1``. Here a
number is what its digits say, in decimals, to the last of them, and everything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_TAG = "tag:yaml.org,2002:"
# Tag -> what is read so, and the characters it may begin with; an empty one is what is left out.
RESOLVERS: Mapping[str, tuple[re.Pattern[str], list[str]]] = {
    f"{_TAG}null": (re.compile(r"(?:~|null|Null|NULL|)\Z"), [*"~nN", ""]),
    f"{_TAG}bool": (re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), [*"tTfF"]),
    f"{_TAG}int": (re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z"), [*"-+0123456789"]),
    f"{_TAG}float": (
        re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"),
        [*"-+.0123456789"],
    ),
}
_OCTAL = re.compile(r"([-+]?)0+([1-7][0-7]+)")
_TIME = re.compile(r"[-+]?[0-9]+(?::[0-9]+)+(?:\.[0-9]*)?")
_COMMA = re.compile(r"([-+]?[0-9]*),([0-9]+)")


class Ambiguous(ValueError):  # noqa: N818  reads as what was met
    """A number that would be another one to another reader of YAML."""


def whole(text: str) -> int:
    """A whole number as it is written. Raises Ambiguous for ``017``, which is 15 to older readers."""
    if found := _OCTAL.fullmatch(text):
        sign, digits = found.groups()
        raise Ambiguous(
            f"'{text}' is {sign}{digits}, but an older reader of YAML takes it for {sign}{int(digits, 8)};"
            f" write {sign}{digits}"
        )
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text[2:] if base != 10 else text, base)


def decimal(text: str) -> Decimal:
    """A decimal number to its last digit."""
    return Decimal(text)


def no_number(text: str) -> str:
    """What to write where a number is asked and this stands there."""
    if _TIME.fullmatch(text):
        return f"'{text}' is no number: with colons it is a time; write a decimal number"
    if found := _COMMA.fullmatch(text):
        return f"'{text}' is no number here; with a point it is: {found[1] or 0}.{found[2]}"
    return f"'{text}' is no number"
