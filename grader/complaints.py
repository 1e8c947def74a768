"""What to say when a token stands where it cannot: which message, which place, which way to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.lexer import Token
from grader.tree import Span
from grader.unreadable import Unreadable, mended

_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
_ENDS_OPERAND = frozenset({"end", "+", "-", ")", "]", "}", ";", "="})


def unexpected(text: str, tokens: Sequence[Token], place: int, opened: Sequence[Token]) -> Unreadable:
    """A sign was expected, or the end, and ``tokens[place]`` stands there instead."""
    token = tokens[place]
    match token.kind:
        case "end":
            return _unclosed(text, opened, len(text.rstrip()))
        case ")" | "]" | "}":
            return _wrongly_closed(text, token, opened)
        case "number":
            return _number_behind(text, tokens[place - 1], token)
        case "=":
            return _equation(text, token)
        case _:
            return _of_no_use(token)


def missing_operand(text: str, tokens: Sequence[Token], place: int) -> Unreadable:
    """A value was expected, and ``tokens[place]`` stands there instead."""
    token = tokens[place]
    if token.kind in (",", ";", "%", "{"):
        return _of_no_use(token)
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
    last = place + 2 if following.kind in ("+", "-") else place + 1
    if tokens[last].kind in ("name", "number", "constant") and tokens[last + 1].kind in _ENDS_OPERAND:
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
    """The bracket that closes the one there."""
    level = 0
    for token in tokens[place:]:
        level += {"(": 1, ")": -1}.get(token.kind, 0)
        if level == 0:
            return token
    return None


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
    return Unreadable("unclosed", span, {"found": bracket.kind}, text[:end] + closers + text[end:])


def _wrongly_closed(text: str, token: Token, opened: Sequence[Token]) -> Unreadable:
    span = (token.start, token.end)
    if not opened:
        return Unreadable("unopened", span, {"found": token.kind})
    bracket = opened[-1]
    if bracket.kind == "|":
        fix = mended(text, (token.start, token.start), "|")
        return Unreadable("unclosed", (bracket.start, bracket.end), {"found": "|"}, fix)
    fix = mended(text, span, _CLOSING[bracket.kind])
    return Unreadable("mismatch", span, {"opened": bracket.kind, "found": token.kind}, fix)


def _number_behind(text: str, before: Token, token: Token) -> Unreadable:
    left, right = text[before.start : before.end].strip(), text[token.start : token.end]
    span = (before.start, token.end)
    if before.kind == "number" and before.end == token.start:
        return Unreadable("bad-number", span, {"found": text[slice(*span)]})
    params = {"left": left, "right": right}
    if before.kind == "number":
        return Unreadable("two-numbers", span, params)
    return Unreadable("missing-star", span, params, mended(text, (before.end, token.start), "*"))


def _equation(text: str, token: Token) -> Unreadable:
    right = text[token.end :].strip()
    fix = right if "=" not in right else None
    return Unreadable("equation", (token.start, token.end), {}, fix)


def _of_no_use(token: Token) -> Unreadable:
    code = {"%": "percent-place", "{": "braces", "}": "braces"}.get(token.kind, "comma")
    return Unreadable(code, (token.start, token.end))
