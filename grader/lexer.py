"""Text -> tokens, each with its place in the text as it was typed.

The text is never rewritten: look-alikes are folded one character for one character, everything longer
(``w_{1}``, ``\\hat{y}``) is a pattern of its own, so a place in the folded text is a place in the typed one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.language import ALIASES, BOUNDS, FUNCTIONS, GREEK, VARIANTS, VULGAR
from grader.unreadable import Unreadable


class Token(NamedTuple):
    """``kind``: number, vulgar (½), word, name, function, constant, power (raised digits), end, or a sign."""

    kind: str
    text: str
    start: int
    end: int
    glued: bool = False  # a piece of a longer run of letters, but not its first
    slashed: bool = False  # a derivative typed as a fraction


_LOOK_ALIKES = {
    "-": "−–‐‑‒﹣",
    "*": "×∗✕⨯⁎\u2062",
    "·": "⋅∙•‧",
    "/": "÷∕⁄",
    "'": "′’ʹ´",
    " ": "\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2061\u3000",
    "|": "∣",
}
_FOLD = {ord(odd): plain for plain, odds in _LOOK_ALIKES.items() for odd in odds} | {
    0xFF01 + i: chr(0x21 + i) for i in range(94)
}
# Controls, half and private characters, and what no font shows; written out, since Unicode grows every year.
_INVISIBLE = re.compile(
    "[\0-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_HATS = "ÂâĈĉÊêĜĝĤĥÎîĴĵÔôŜŝÛûŴŵŶŷẐẑ"
_LETTER = f"[A-Za-z{''.join(GREEK)}{_HATS}∂]\u0302?"
_COMMANDS = {*GREEK.values(), *FUNCTIONS, *ALIASES} - {"omicron", "sqrt"} | {
    f"var{name}" for name in VARIANTS
}
_COMMAND = rf"\\(?:{'|'.join(sorted(c for c in _COMMANDS if c.isalpha()))})(?![A-Za-z])"
_ROOT = r"√|\\sqrt(?![A-Za-z])"
_HAT = r"\\(?:wide)?hat(?:[ ]*\{[ ]*[A-Za-z][ ]*\}|[ ]+[A-Za-z])"
_UPRIGHT = r"\\(?:mathrm|operatorname\*?|text|mathit|mathcal)\{[A-Za-z]+\}"
_NEW = r"'|\^\\prime(?![A-Za-z])|\^\{(?:\\prime|new|\\text\{new\}|\\mathrm\{new\})\}"
_START = rf"{_LETTER}|\\partial(?![A-Za-z])[ ]*|{_HAT}|{_UPRIGHT}|{_COMMAND}"
_INDEX = r"_\{[ ]*(?:[A-Za-z0-9]+|\\(?:text|mathrm)\{[A-Za-z0-9]+\})[ ]*\}"
_REST = rf"[0-9]+|[₀-₉]+|{_INDEX}|_(?=[A-Za-z0-9\\])|{_NEW}"
_ATOM = re.compile(rf"(?P<letter>{_ROOT}|{_START})|(?P<rest>{_REST})")

_SPACE = (
    r"(?:[ \t\n\r]|\\[,;:! ]|\\(?:left|right|[bB]igg?[lrm]?|quad|qquad|displaystyle|textstyle)(?![A-Za-z]))+"
)
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_SIGN = r"\*\*|[-+*/^()\[\]{}|,;=%·]|\\(?:cdot|times|ast|div|[dt]?frac|[lr]?vert)(?![A-Za-z])|\\[%{}]"
_TOKEN = re.compile(
    rf"(?P<space>{_SPACE})|(?P<number>{_NUMBER})|(?P<sign>{_SIGN})|(?P<word>{_ROOT}|(?:{_START})(?:{_START}|{_REST})*)"
    rf"|(?P<power>[⁺⁻]?[⁰¹²³⁴-⁹]+)|(?P<vulgar>[{''.join(VULGAR)}])"
    r"|(?P<command>\\(?:[A-Za-z]+|[!-~])?)|(?P<other>.)",
    re.DOTALL,
)
_PLAIN_SIGN = {r"\cdot": "*", r"\times": "*", r"\ast": "*", r"\div": "/", "**": "^", r"\%": "%"}
_PLAIN_SIGN |= {r"\frac": "frac", r"\dfrac": "frac", r"\tfrac": "frac"}
_PLAIN_SIGN |= {r"\vert": "|", r"\lvert": "|", r"\rvert": "|", r"\{": "[", r"\}": "]"}
_LETTERS: Mapping[str, str] = {**GREEK, "∂": "d", "√": "sqrt"}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


class Atom(NamedTuple):
    """One letter, index or mark of a word, in the spelling that names are compared in."""

    folded: str
    start: int
    opens: bool  # a name may begin here


def tokens(text: str) -> list[Token]:
    """The tokens of ``text``; words are left as typed. Raises Unreadable for a character of no use."""
    folded = text if text.isascii() else text.translate(_FOLD)
    start, stop = _dollars(folded) if "$" in folded else (0, len(folded))
    found: list[Token] = []
    for match in _TOKEN.finditer(folded, start, stop):
        kind = match.lastgroup
        if kind == "space":
            continue
        piece, (first, last) = match.group(), match.span()
        if kind == "sign":
            kind = _PLAIN_SIGN.get(piece, piece)
        elif kind in ("other", "command"):
            _refuse(kind, text, first, last)
        found.append(Token(kind or "", piece, first, last))
        if len(found) > 2 * BOUNDS.nodes:
            raise Unreadable("too-many-parts", (0, len(text)), {"limit": str(BOUNDS.nodes)})
    found.append(Token("end", "", len(text), len(text)))
    return found


def _dollars(text: str) -> tuple[int, int]:
    """Where the formula lies if it stands between dollar signs."""
    inner = text.strip(" \t\n\r")
    for mark in ("$$", "$"):
        if len(inner) > 2 * len(mark) and inner.startswith(mark) and inner.endswith(mark):
            return text.index(mark) + len(mark), text.rindex(mark)
    return 0, len(text)


def _refuse(kind: str, text: str, start: int, end: int) -> None:
    found = text[start:end]
    if kind == "command":
        raise Unreadable("command", (start, end), {"found": found})
    if _INVISIBLE.match(found):
        code = f"U+{ord(found):04X}"
        raise Unreadable("invisible", (start, end), {"found": code}, text[:start] + text[end:])
    raise Unreadable("character", (start, end), {"found": found})


def atoms(word: str) -> list[Atom]:
    """The parts of a word: ``w_1ŷ`` is w, (nothing), 1, yhat."""
    found: list[Atom] = []
    bound = False  # a name cannot begin inside an index
    for match in _ATOM.finditer(word):
        piece = match.group()
        is_letter = match.lastgroup == "letter"
        found.append(Atom(_folded(piece), match.start(), is_letter and not bound))
        bound = piece == "_"
    return found


def _folded(piece: str) -> str:
    if piece.isalnum() and piece.isascii():
        return piece
    if piece == "_":
        return ""
    if piece[0] == "'" or piece.startswith("^"):
        return "new"
    if piece[0] == "_":
        return piece.rpartition("{")[2].strip("_{ }")
    if piece[0] == "\\":
        return _command(piece)
    if piece in _LETTERS:
        return _LETTERS[piece]
    return _with_hat(piece)


def _command(piece: str) -> str:
    name = piece[1:].strip()
    if name == "partial":
        return "d"
    if name.startswith(("hat", "widehat")):
        return name.rstrip("} ")[-1] + "hat"
    if "{" in name:
        return name[name.index("{") + 1 : -1]
    return name.removeprefix("var")


def _with_hat(piece: str) -> str:
    """``ŷ`` -> ``yhat``, ``w₁``'s index -> ``1``."""
    plain = unicodedata.normalize("NFD", piece).translate(_SUBSCRIPTS)
    return "".join(_LETTERS.get(c, c) for c in plain).replace("\u0302", "hat")


def key(word: str) -> str:
    """The spelling in which names are compared: ``w_{1}``, ``w₁`` and ``w_1`` are all ``w1``."""
    return "".join(atom.folded for atom in atoms(word))


def join(found: Sequence[Atom]) -> str:
    """The key of a stretch of atoms."""
    return "".join(atom.folded for atom in found)
