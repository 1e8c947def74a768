"""Numbers as people type them: decimal commas, dots, percent, powers of ten, and how large they may be."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from grader.language import BOUNDS, FUNCTIONS
from grader.lexer import Token
from grader.tree import Number, Span
from grader.unreadable import Unreadable, mended


def literal(text: str, span: Span) -> Number:
    """The exact number that ``text`` (digits, a point, a power of ten) stands for."""
    if text.isdigit() and len(text) <= BOUNDS.digits:
        return Number(Fraction(int(text)), text, span)
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    if len(digits) > BOUNDS.digits:
        raise Unreadable("too-many-digits", span, {"limit": str(BOUNDS.digits)})
    power = int(exponent or 0) if len(exponent) < 9 else BOUNDS.decimal_exponent + 1
    leading = power - len(part) + len(digits) - 1  # the power of ten of the first digit
    if abs(power) > BOUNDS.decimal_exponent or (digits and abs(leading) > BOUNDS.decimal_exponent):
        raise Unreadable("number-range", span, {"limit": str(BOUNDS.decimal_exponent)})
    scale = power - len(part)
    if not digits:
        return Number(Fraction(0), text, span)
    value = Fraction(int(digits) * 10**scale) if scale >= 0 else Fraction(int(digits), 10**-scale)
    return Number(value, text, span)


def settled(found: list[Token], text: str, *, decimal_comma: bool, percent: bool) -> list[Token]:
    """The tokens with every number whole: ``0,5`` is one token of the text ``0.5``, ``60%`` one of ``0.60``.

    Raises Unreadable where a comma, a dot or an e can be read in two ways.
    """
    kinds = {token.kind for token in found}
    separators = _separators(found, decimal_comma) if "," in kinds or ";" in kinds else frozenset()
    result: list[Token] = []
    place = 0
    while place < len(found):
        token = found[place]
        place += 1
        if token.kind == "number":
            if found[place].kind == "," and place not in separators and _is_tight(found, place):
                token = _with_comma(token, found[place + 1], text, decimal_comma)
                place += 2
            if found[place].kind == "%":
                token = _percentage(token, found[place], text, percent)
                place += 1
            _check_e(token, found[place : place + 4], text)
        elif token.kind == "·":
            _check_dot(found[place - 2], token, found[place], text)
            token = token._replace(kind="*")
        result.append(token)
    return result


def _is_tight(found: Sequence[Token], place: int) -> bool:
    """Whether the comma there stands between two digits, so that it can be a decimal comma."""
    before, comma, after = found[place - 1], found[place], found[place + 1]
    return (
        before.kind == after.kind == "number"
        and before.end == comma.start
        and comma.end == after.start
        and before.text.isdigit()
        and "." not in after.text
    )


def _separators(found: Sequence[Token], decimal_comma: bool) -> set[int]:
    """The commas that part the values of a function of several, although they stand between two digits."""
    separators: set[int] = set()
    calls: list[tuple[str | None, list[int]]] = [
        (None, [])
    ]  # open brackets: whose, its commas and semicolons
    for place, token in enumerate(found):
        if token.kind in ("(", "["):
            before = found[place - 1]
            calls.append((before.text if place and before.kind == "function" else None, []))
        elif token.kind in (")", "]") and len(calls) > 1:
            function, marks = calls.pop()
            if function and marks and FUNCTIONS[function][1] > 1:
                separators.update(_chosen(found, function, marks, decimal_comma))
        elif token.kind in (",", ";"):
            calls[-1][1].append(place)
    return separators


def _chosen(found: Sequence[Token], function: str, marks: list[int], decimal_comma: bool) -> list[int]:
    """Of the commas in a call those that part values: only where one choice alone makes sense."""
    tight = [place for place in marks if found[place].kind == "," and _is_tight(found, place)]
    if not tight or not decimal_comma:
        return tight
    if any(found[place].kind == ";" for place in marks):
        return []
    fewest, most = FUNCTIONS[function]
    plain = len(marks) - len(tight)
    choices = [k for k in range(len(tight) + 1) if fewest <= plain + k + 1 <= most]
    if len(choices) == 1 and choices[0] in (0, len(tight)):
        return tight if choices[0] else []
    comma = found[tight[0]]
    raise Unreadable("comma-in-call", (comma.start, comma.end))


def _with_comma(token: Token, after: Token, text: str, decimal_comma: bool) -> Token:
    span = (token.start, after.end)
    decimal = f"{token.text}.{after.text}"
    fix = mended(text, span, decimal)
    if len(after.text) == 3 and after.text.isdigit() and len(token.text) <= 3 and token.text[0] != "0":
        params = {"found": text[slice(*span)], "first": decimal, "second": token.text + after.text}
        raise Unreadable("comma-or-point", span, params, fix if decimal_comma else None)
    if not decimal_comma:
        raise Unreadable("comma", (token.end, token.end + 1), {}, fix)
    return Token("number", decimal, *span)


def _percentage(token: Token, sign: Token, text: str, percent: bool) -> Token:
    span = (token.start, sign.end)
    literal(token.text, span)
    mantissa, e, exponent = token.text.lower().partition("e")
    whole, _, part = mantissa.partition(".")
    whole = whole.rjust(3, "0")
    decimal = f"{whole[:-2].lstrip('0') or '0'}.{whole[-2:]}{part}{e}{exponent}"
    if not percent:
        found = text[slice(*span)]
        raise Unreadable("percent", span, {"found": found, "first": decimal}, mended(text, span, decimal))
    return Token("number", decimal, *span)


def _check_dot(before: Token, dot: Token, after: Token, text: str) -> None:
    """A dot on the line is a decimal point in some countries, a product in others."""
    if before.kind == after.kind == "number" and before.end == dot.start and dot.end == after.start:
        left, right = before.text, after.text
        if left.isdigit() and "." not in right:
            span = (before.start, after.end)
            params = {"found": text[slice(*span)], "first": f"{left}.{right}", "second": f"{left}*{right}"}
            raise Unreadable("dot-or-point", span, params)


def _check_e(token: Token, following: Sequence[Token], text: str) -> None:
    """``9e -2`` and ``9e+-2``: a power of ten with a slip in it, or 9 times the constant e, less 2."""
    if len(following) < 3:
        return
    letter, sign, *rest = following
    if letter.kind != "constant" or letter.text != "e" or sign.kind not in ("+", "-"):
        return
    is_double = len(rest) > 1 and rest[0].kind in ("+", "-") and token.end == letter.start
    power, digits = (rest[0], rest[1]) if is_double else (sign, rest[0])
    if digits.kind == "number" and power.end == digits.start:
        span = (token.start, digits.end)
        first = f"{token.text}e{power.kind}{digits.text}"
        second = f"{token.text}*e {text[sign.start : power.end]} {digits.text}"
        raise Unreadable("e-notation", span, {"found": text[slice(*span)], "first": first, "second": second})
