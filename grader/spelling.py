"""Words -> names: every spelling of a name, runs of names without a sign between them, near misses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.language import ALIASES, CONSTANTS, FUNCTIONS
from grader.lexer import Atom, Token, atoms, join, key
from grader.unreadable import Unreadable

_FUNCTION_KEYS = {key(name): name for name in FUNCTIONS} | {
    key(other): name for other, name in ALIASES.items()
}
_DERIVATIVE = re.compile(r"(d.+?)_(d.+)")
_DIGITS = re.compile("[0-9]")
_FRACTION = ["frac", "{", "word", "}", "{", "word", "}"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What may be written in one exercise. ``words``: spelling -> (kind, canonical name)."""

    names: tuple[str, ...]
    words: dict[str, tuple[str, str]]
    keys: dict[str, tuple[str, str]]  # the pieces of a run: names, and functions as its last piece
    derivatives: dict[tuple[str, str], str]  # ("dL", "dyhat") -> "dL_dyhat"
    longest: int


@lru_cache(maxsize=512)
def vocabulary(names: tuple[str, ...], functions: frozenset[str]) -> Vocabulary:
    """The words of an exercise: a name of the exercise wins over a function, a function over a constant."""
    keys = {word: ("function", name) for word, name in _FUNCTION_KEYS.items() if name in functions}
    keys |= {key(name): ("name", name) for name in names}
    words = {constant: ("constant", constant) for constant in CONSTANTS} | keys
    derivatives = {
        (key(match[1]), key(match[2])): name for name in names if (match := _DERIVATIVE.fullmatch(name))
    }
    return Vocabulary(names, words, keys, derivatives, max(map(len, keys), default=0))


def spelled(found: list[Token], known: Vocabulary, text: str) -> list[Token]:
    """The tokens with every word turned into names, functions and constants."""
    result: list[Token] = []
    place = 0
    while place < len(found):
        token = found[place]
        kind = token.kind
        if kind == "word" and found[place + 1].kind == "/" and found[place + 2].kind == "word":
            pieces, width = _quotient(token, found[place + 2], 3, known, text)
        elif kind == "frac" and [t.kind for t in found[place : place + 7]] == _FRACTION:
            pieces, width = _quotient(found[place + 2], found[place + 5], 7, known, text)
            if pieces:
                pieces = [pieces[0]._replace(start=token.start, end=found[place + 6].end, slashed=False)]
        else:
            pieces, width = [], 0
        if not pieces:
            width = 1
            pieces = _pieces(token, found[place + 1].kind, known, text) if kind == "word" else [token]
        result += pieces
        place += width
    return result


def _quotient(top: Token, bottom: Token, width: int, known: Vocabulary, text: str) -> tuple[list[Token], int]:
    """``dL/dyhat`` as the one name that it is where the exercise offers it."""
    if top.text[0] not in "d∂\\" or bottom.text[0] not in "d∂\\":
        return [], 0
    above, below = key(top.text), key(bottom.text)
    span = (top.start, bottom.end)
    if name := known.derivatives.get((above, below)):
        return [Token("name", name, *span, slashed=True)], width
    if all(word[0] == "d" and len(word) > 1 and word not in known.words for word in (above, below)) and not (
        _splits(atoms(top.text), known, last_may_call=False)
    ):
        raise Unreadable("unknown-derivative", span, {"found": text[slice(*span)]})
    return [], 0


def _pieces(token: Token, follows: str, known: Vocabulary, text: str) -> list[Token]:
    word = token.text
    hit = known.words.get(word) or known.words.get(key(word))
    if hit:
        return [Token(hit[0], hit[1], token.start, token.end)]
    parts = atoms(word)
    splits = _splits(parts, known, last_may_call=follows in ("(", "["))
    splits = splits or _splits(parts, known, last_may_call=True)  # the brackets are all that is missing
    if not splits:
        raise _unknown(token, known, text)
    if len(splits) > 1:
        first, second = ("*".join(name for _, _, (_, name) in _stretches(parts, s, known)) for s in splits)
        found = text[token.start : token.end]
        raise Unreadable(
            "two-splits", (token.start, token.end), {"found": found, "first": first, "second": second}
        )
    stretches = _stretches(parts, splits[0], known)
    ends = [start for start, _, _ in stretches[1:]] + [len(word)]
    return [
        Token(kind, name, token.start + start, token.start + end, glued=start > 0)
        for (start, _, (kind, name)), end in zip(stretches, ends, strict=True)
    ]


def _splits(parts: Sequence[Atom], known: Vocabulary, *, last_may_call: bool) -> list[tuple[int, ...]]:
    """At most two ways to cut a word into names, longest names first: the places where names end."""
    size = len(parts)
    ways: list[list[tuple[int, int]]] = [
        [] for _ in range(size)
    ]  # (end of the piece, which way on from there)
    for start in range(size - 1, -1, -1):
        if parts[start].opens:
            ways[start] = _ways_from(start, parts, ways, known, last_may_call)
    return [_ends(way, ways) for way in range(len(ways[0]))]


def _ways_from(
    start: int,
    parts: Sequence[Atom],
    ways: list[list[tuple[int, int]]],
    known: Vocabulary,
    last_may_call: bool,
) -> list[tuple[int, int]]:
    size = len(parts)
    found: list[tuple[int, int]] = []
    piece = ""
    for end in range(start + 1, size + 1):
        piece += parts[end - 1].folded
        if len(piece) > known.longest:
            break
        hit = known.keys.get(piece)
        if hit and end == size and (hit[0] == "name" or last_may_call):
            found.append((end, 0))
        elif hit and end < size and hit[0] == "name":
            found += [(end, way) for way in range(len(ways[end]))]
    return found[::-1][:2]


def _ends(way: int, ways: list[list[tuple[int, int]]]) -> tuple[int, ...]:
    ends: list[int] = []
    place = 0
    while place < len(ways):
        place, way = ways[place][way]
        ends.append(place)
    return tuple(ends)


def _stretches(
    parts: Sequence[Atom], ends: tuple[int, ...], known: Vocabulary
) -> list[tuple[int, int, tuple[str, str]]]:
    """(where it starts in the word, number of its first atom, what it is) of every piece."""
    starts = (0, *ends[:-1])
    return [
        (parts[start].start, start, known.keys[join(parts[start:end])])
        for start, end in zip(starts, ends, strict=True)
    ]


def _unknown(token: Token, known: Vocabulary, text: str) -> Unreadable:
    span = (token.start, token.end)
    found = text[token.start : token.end]
    near = _nearest(key(token.text), known)
    if near:
        fix = text[: token.start] + near + text[token.end :]
        return Unreadable("near-name", span, {"found": found, "near": near}, fix)
    if not known.names:
        return Unreadable("no-names", span, {"found": found})
    return Unreadable("unknown-name", span, {"found": found, "names": ", ".join(known.names)})


def _nearest(word: str, known: Vocabulary) -> str | None:
    """The one known word that is nearest, if it is near at all."""
    if len(word) > 2 * known.longest:
        return None
    same = {name for spelling, (_, name) in known.words.items() if spelling.lower() == word.lower()}
    if len(same) == 1:
        return same.pop()
    likely = [(spelling, name) for spelling, (_, name) in known.keys.items() if _is_alike(word, spelling)]
    ranked = sorted((_distance(word, spelling), name) for spelling, name in likely)
    best = {name for distance, name in ranked if distance == ranked[0][0] <= (len(word) + 1) // 3}
    return best.pop() if len(best) == 1 else None


def _is_alike(left: str, right: str) -> bool:
    """Whether one may be a slip for the other: another first letter or another index is another thing."""
    return left[0].lower() == right[0].lower() and _DIGITS.findall(left) == _DIGITS.findall(right)


def _distance(left: str, right: str) -> int:
    """Letters to insert, delete or replace to turn one word into the other (Levenshtein)."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
