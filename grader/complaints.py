"""What to say when a token stands where it cannot: which message, which place, which way to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.language import VULGAR
from grader.lexer import Token
from grader.tree import Span
from grader.unreadable import Unreadable, mended

_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
_PLAIN_VALUES = frozenset({"name", "number", "vulgar", "constant"})
_ENDS_OPERAND = frozenset({"end", "+", "-", ")", "]", "}", ";", "="})


def unexpected(text: str, tokens: Sequence[Token], place: int, opened: Sequence[Token]) -> Unreadable:
    """A sign was expected, or the end, and ``tokens[place]`` stands there instead."""
    token = tokens[place]
    match token.kind:
        case "end":
            return _unclosed(text, opened, tokens[place - 1].end)
        case ")" | "]" | "}":
            return _wrongly_closed(text, token, opened)
        case "number" | "vulgar":
            return _number_behind(text, tokens[place - 1], token)
        case "=":
            return _equation(text, token)
        case _:
            return _of_no_use(text, tokens, place)


def missing_operand(text: str, tokens: Sequence[Token], place: int) -> Unreadable:
    """A value was expected, and ``tokens[place]`` stands there instead."""
    token = tokens[place]
    if token.kind in (",", ";", "%", "{"):
        return _of_no_use(text, tokens, place)
    if token.kind == "end":
        before = tokens[place - 1]
        span = (before.start, before.end)
        return Unreadable("missing-after", span, {"found": text[slice(*span)]})
    span = (token.start, token.end)
    return Unreadable("missing-before", span, {"found": text[slice(*span)]})


def without_brackets(text: str, tokens: Sequence[Token], place: int) -> Unreadable:
    """``exp x``: the fix puts brackets around the next value if it is plain where that ends."""
    token, following = tokens[place], tokens[place + 1]
    span = (token.start, token.end)
    params = {"found": text[slice(*span)], "example": f"{token.text}(…)"}
    if following.kind in ("^", "power"):
        return _misplaced_power(text, tokens, place) or Unreadable("function-brackets", span, params)
    if following.kind == "{" and (fix := _with_brackets(text, tokens, place + 1)):
        return Unreadable("function-brackets", span, params, fix)
    last = place + 2 if following.kind in ("+", "-") else place + 1
    if tokens[last].kind in _PLAIN_VALUES and tokens[last + 1].kind in _ENDS_OPERAND:
        value = text[following.start : tokens[last].end]
        name = text[slice(*span)].rstrip()
        fix = mended(text, (token.start, tokens[last].end), f"{name}({value})")
        return Unreadable("function-brackets", span, {**params, "example": f"{name}({value})"}, fix)
    return Unreadable("function-brackets", span, params)


def _misplaced_power(text: str, tokens: Sequence[Token], place: int) -> Unreadable | None:
    """``tanh^2(x)``, meant as ``tanh(x)^2``; a power of -1 may mean the inverse, so it is left alone."""
    token, sign = tokens[place], tokens[place + 1]
    last = place + 1 if sign.kind == "power" else place + 2
    raised = text[sign.start : tokens[last].end]
    if tokens[last].kind != "number" and (sign.kind == "^" or raised[0] == "⁻"):
        return None
    if last + 1 >= len(tokens) or tokens[last + 1].kind != "(":
        return None
    closing = _partner(tokens, last + 1)
    fix = None
    if closing is not None:
        value = text[tokens[last + 1].start : closing.end]
        fix = mended(text, (token.end, closing.end), value + raised)
    found = text[token.start : token.end]
    params = {"found": found, "example": f"{token.text}(…){raised}"}
    return Unreadable("function-power", (token.start, tokens[last].end), params, fix)


def _partner(tokens: Sequence[Token], place: int) -> Token | None:
    """The bracket or brace that closes the one there."""
    opening = tokens[place].kind
    steps = {opening: 1, _CLOSING[opening]: -1}
    level = 0
    for token in tokens[place:]:
        level += steps.get(token.kind, 0)
        if level == 0:
            return token
    return None


def _with_brackets(text: str, tokens: Sequence[Token], place: int) -> str | None:
    """The text with this pair of braces as brackets."""
    opening, closing = tokens[place], _partner(tokens, place)
    if closing is None:
        return None
    inner = text[opening.end : closing.start]
    return mended(text, (opening.start, closing.end), f"({inner})")


def two_divisions(text: str, left: Span, right: Span, rest: Span) -> Unreadable:
    """``a/bc``, with both readings."""
    a, b, c = (text[slice(*span)] for span in (left, right, rest))
    span = (left[0], rest[1])
    params = {"found": text[slice(*span)], "first": f"{a}/({b}*{c})", "second": f"({a}/{b})*{c}"}
    return Unreadable("two-divisions", span, params)


def two_powers(text: str, left: Span, right: Span, rest: Span) -> Unreadable:
    """``x^ab``, with both readings."""
    a, b, c = (text[slice(*span)] for span in (left, right, rest))
    span = (left[0], rest[1])
    params = {"found": text[slice(*span)], "first": f"{a}^({b}*{c})", "second": f"{a}^({b})*{c}"}
    return Unreadable("two-powers", span, params)


def _unclosed(text: str, opened: Sequence[Token], end: int) -> Unreadable:
    bracket = opened[-1]
    closers = "".join(_CLOSING[token.kind] for token in reversed(opened))
    span = (bracket.start, bracket.end)
    return Unreadable("unclosed", span, {"found": text[slice(*span)]}, text[:end] + closers + text[end:])


def _wrongly_closed(text: str, token: Token, opened: Sequence[Token]) -> Unreadable:
    span = (token.start, token.end)
    if not opened:
        return Unreadable("unopened", span, {"found": text[slice(*span)]})
    bracket = opened[-1]
    if bracket.kind == "|":
        fix = mended(text, (token.start, token.start), "|")
        return Unreadable("unclosed", (bracket.start, bracket.end), {"found": "|"}, fix)
    fix = mended(text, span, _CLOSING[bracket.kind])
    opened_with = text[bracket.start : bracket.end]
    return Unreadable("mismatch", span, {"opened": opened_with, "found": text[slice(*span)]}, fix)


def _number_behind(text: str, before: Token, token: Token) -> Unreadable:
    left, right = text[before.start : before.end].strip(), text[token.start : token.end]
    span = (before.start, token.end)
    if before.kind == "number" and token.kind == "vulgar":
        part = "/".join(VULGAR[token.text])
        readings = {"first": f"({before.text} + {part})", "second": f"{before.text}*({part})"}
        return Unreadable("mixed-number", span, {"found": text[slice(*span)], **readings})
    if before.kind == token.kind == "number" and before.end == token.start:
        return Unreadable("bad-number", span, {"found": text[slice(*span)]})
    params = {"left": left, "right": right}
    if before.kind in ("number", "vulgar"):
        return Unreadable("two-numbers", span, params)
    return Unreadable("missing-star", span, params, mended(text, (before.end, token.start), "*"))


def _equation(text: str, token: Token) -> Unreadable:
    right = text[token.end :].strip()
    fix = right if "=" not in right else None
    return Unreadable("equation", (token.start, token.end), {}, fix)


def _of_no_use(text: str, tokens: Sequence[Token], place: int) -> Unreadable:
    token = tokens[place]
    code = {"%": "percent-place", "{": "braces", "}": "braces"}.get(token.kind, "comma")
    fix = _with_brackets(text, tokens, place) if token.kind == "{" else None
    return Unreadable(code, (token.start, token.end), fix=fix)
