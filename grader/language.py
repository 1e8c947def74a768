"""The words of the platform's own language, and how large a text may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest expression that is read; each bound is checked before the work that it bounds.

    Source: 3,819 legitimate forms of the six steps all fit (GRADING.md section 1).
    """

    characters: int = 1500
    nodes: int = 500
    depth: int = 32  # brackets, signs and exponents inside one another
    digits: int = 20  # significant ones of one number
    decimal_exponent: int = 30  # a number is 0 or lies between 10^-30 and 10^31
    power: int = 10_000  # a whole number written as an exponent


BOUNDS = Bounds()

# Function -> fewest and most arguments. A prime is the derivative of an activation.
FUNCTIONS: Mapping[str, tuple[int, int]] = MappingProxyType(
    dict.fromkeys(
        ["exp", "ln", "sqrt", "abs", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sigmoid", "relu"], (1, 1)
    )
    | {"max": (2, 2), "min": (2, 2), "leaky": (1, 2)}
    | {"sigmoid'": (1, 1), "tanh'": (1, 1), "relu'": (1, 1), "leaky'": (1, 2)}
)

# Other spellings of a function.
ALIASES: Mapping[str, str] = MappingProxyType(
    {"log": "ln", "sigma": "sigmoid", "sigma'": "sigmoid'", "leaky_relu": "leaky", "leaky_relu'": "leaky'"}
)

LEAKY_SLOPE = "0.2"  # of the negative side, where leaky() is given one argument

# Functions that stand for an expression in the others: of z, and of s, the slope, LEAKY_SLOPE if not given.
# At its kink a derivative has no value, as is right.
DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "leaky": "max(z, 0) + s*min(z, 0)",
        "leaky'": "(1 + s)/2 + (1 - s)/2*abs(z)/z",
        "relu'": "(1 + abs(z)/z)/2",
        "sigmoid'": "sigmoid(z)*(1 - sigmoid(z))",
        "tanh'": "1 - tanh(z)^2",
    }
)

CONSTANTS = frozenset({"pi", "e"})

_ALPHABET = [chr(code) for code in range(0x391, 0x3CA)]
_NAMED = [(letter, unicodedata.name(letter, "").replace("LAMDA", "LAMBDA").split()) for letter in _ALPHABET]

# Letter -> name, capitals with a capital. The final sigma is left out: it is no symbol of mathematics.
GREEK: Mapping[str, str] = MappingProxyType(
    {letter: name[3].lower() for letter, name in _NAMED if len(name) == 4 and name[1] == "SMALL"}
    | {letter: name[3].capitalize() for letter, name in _NAMED if len(name) == 4 and name[1] == "CAPITAL"}
    | {"ϵ": "epsilon", "ϑ": "theta", "ϕ": "phi", "ϱ": "rho", "ϰ": "kappa", "µ": "mu"}
)
VARIANTS = ("epsilon", "theta", "phi", "rho", "kappa")  # letters with a second form in LaTeX: \varphi

# One sign that is a fraction -> above and below its line.
VULGAR: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        sign: (above, below)
        for sign in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
        for above, _, below in [unicodedata.normalize("NFKD", sign).partition("\u2044")]
    }
)
