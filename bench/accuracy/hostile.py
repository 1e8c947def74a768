"""Inputs that make an engine work for ever or eat all memory: what counts is only that it answers in time."""

from __future__ import annotations

from collections.abc import Iterator

from bench.accuracy.terms import read
from bench.accuracy.writing import Dialect


def _nested(open_: str, inner: str, close: str, times: int) -> str:
    return open_ * times + inner + close * times


def _sum(template: str, numbers: range, sign: str = " + ") -> str:
    return sign.join(template.format(*[number] * 2) for number in numbers)


# In Python's syntax, and written for each engine in its own.
PAIRS: tuple[tuple[str, str], ...] = (
    # Towers and large powers
    ("9**9**9**9", "1"),
    ("x**9999**9999", "x"),
    ("2**2**2**2**2**2", "3"),
    ("(((x**99)**99)**99)**99", "x**96059601"),
    ("12345678901234567890**9999", "12345678901234567890**9998"),
    ("0.123456789**9999 + x", "x"),
    ("(1/3)**9999 + x", "x"),
    ("(sqrt(2) + sqrt(3))**2000", "(5 + 2*sqrt(6))**1000"),
    ("10**(10**(10**10))", "x"),
    # What must not be multiplied out
    ("(x - y)**6000", "(y - x)**6000"),
    ("(1 + x)**5000*(1 - x)**5000", "(1 - x**2)**5000"),
    ("(a + b + c + h)**200", "(h + c + b + a)**200 + a"),
    ("((a + b)**50 + (c + h)**50)**50", "((b + a)**50 + (h + c)**50)**50"),
    ("((a + b)**50 + (c + h)**50)**50", "((b + a)**50 + (h - c)**49)**50"),
    (_sum("(x + {})", range(1, 61), "*"), _sum("(x + {})", range(60, 0, -1), "*")),
    (_sum("(x + {}*y)", range(1, 41), "*"), _sum("(x + {}*y)", range(41, 1, -1), "*")),
    ("x**5000 - 1", "(x - 1)*(x**4999 + 1)"),
    ("x**2000 - y**2000", "(x**1000 - y**1000)*(x**1000 + y**1000)"),
    ("(x**3000 - 1)/(x**1000 - 1)", "x**2000 + x**1000 + 1"),
    # Many poles, many roots
    (_sum("1/(x + {})", range(1, 41)), _sum("1/(x + {})", range(2, 42))),
    (_sum("1/(x + {}*y)", range(1, 31)), _sum("1/({}*y + x)", range(30, 0, -1))),
    (_nested("sqrt(x + ", "x", ")", 15), _nested("sqrt(x + ", "y", ")", 15)),
    (_sum("sqrt({} + x)", range(1, 30)), _sum("sqrt(x + {})", range(2, 31))),
    ("sqrt(2) + sqrt(3) + sqrt(5) + sqrt(7) + sqrt(11) + sqrt(13) + x", "13.0733 + x"),
    (_nested("1/(1 + ", "x", ")", 30), _nested("1/(1 + ", "x + y", ")", 30)),
    # Functions in functions
    (_nested("exp(", "x", ")", 5), _nested("exp(", "-x", ")", 5)),
    (_nested("sin(", "x", ")", 25), _nested("sin(", "x + 1", ")", 25)),
    (_nested("tanh(1 + ", "x", ")", 20), _nested("tanh(1 + ", "2*x", ")", 20)),
    ("sin(x)**40*cos(x)**40", "(sin(2*x)/2)**40"),
    ("cos(64*x)", "2*cos(32*x)**2 - 1"),
    ("(sin(x) + cos(x) + tan(x) + exp(x))**12", "(exp(x) + tan(x) + cos(x) + sin(x))**12 + 1"),
    (_sum("sin({}*x)*cos({}*y)", range(1, 13)), _sum("cos({}*y)*sin({}*x)", range(12, 0, -1))),
    (_sum("1/(1 + exp(-{}*x))", range(1, 9), "*"), _sum("exp({}*x)/(1 + exp({}*x))", range(1, 9), "*")),
    (_sum("ln(x + {})", range(1, 25)), "ln(" + _sum("(x + {})", range(1, 25), "*") + ")"),
    # Kinks
    (_nested("abs(", "x", " - 1)", 12), _nested("abs(", "x", " - 2)", 12)),
    (_sum("abs(x - {})", range(1, 13)), _sum("abs({} - x)", range(1, 13))),
    (_sum("abs(a + {}*b)", range(1, 13)), _sum("abs(b*{} + a)", range(2, 14))),
)

# As they are.
RAW: tuple[str, ...] = (
    "1+" * 400 + "x",
    "(" * 90 + "x" + ")" * 90,
    "-" * 300 + "x",
    "factorial(10**7)",
    "integrate(exp(sin(x))*log(x)**x, x)",
    "[0]*10**11",
    "x" * 100_000,
)


def texts(dialect: Dialect) -> Iterator[tuple[str, str, list[str]]]:
    """What each is asked: both sides and the variables, as this engine writes them."""
    variables = tuple("abchxy")
    for pair in PAIRS:
        yield dialect.pair(read(pair[0]), read(pair[1]), variables)
    for text in RAW:
        yield (text, *dialect.pair("x", "x", variables)[1:])
