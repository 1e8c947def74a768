"""The English of the grader: code -> template. Nowhere else in grader/ is a sentence meant for a student.

A template names its parameters as ``%(name)s``; the site translates templates, never filled sentences.
"""

from __future__ import annotations

from collections.abc import Mapping

READING: dict[str, str] = {
    "not-text": "An answer has to be text.",
    "too-long": "This is longer than %(limit)s characters.",
    "too-many-parts": "This has more than %(limit)s numbers, names and signs; please write it shorter.",
    "too-deep": "More than %(limit)s brackets, signs or exponents are inside one another here.",
    "too-many-digits": "This number has more than %(limit)s digits; please round it.",
    "number-range": "This number is too large or too small: powers of ten go from -%(limit)s to %(limit)s.",
    "power-range": "This exponent is too large: exponents go up to %(limit)s.",
    "empty": "There is nothing here yet.",
    "character": "“%(found)s” is not part of the language of answers.",
    "invisible": "There is an invisible character here (%(found)s); please delete it.",
    "command": "The LaTeX command “%(found)s” is not understood here.",
    "bad-number": "“%(found)s” is not a number: it has two decimal points.",
    "comma": "This comma is not understood; write a decimal point, as in 0.5.",
    "comma-or-point": "“%(found)s” has two readings; write %(first)s or %(second)s.",
    "comma-in-call": "Is this comma a decimal point or between two values? Write decimals with a point here.",
    "dot-or-point": "“%(found)s” has two readings; write the decimal %(first)s or the product %(second)s.",
    "e-notation": "“%(found)s” has two readings; write %(first)s or %(second)s.",
    "percent": "Percent is not used here; write %(first)s instead.",
    "percent-place": "A percent sign stands right behind a number.",
    "unknown-name": "“%(found)s” is not one of the names here: %(names)s.",
    "near-name": "“%(found)s” is not one of the names here. Did you mean %(near)s?",
    "no-names": "“%(found)s” is a name, and this answer has none; please write numbers.",
    "unknown-derivative": "The derivative “%(found)s” is not one of the quantities here.",
    "two-splits": "“%(found)s” has two readings; write %(first)s or %(second)s.",
    "function-brackets": "The function %(found)s needs brackets around its value, as in %(example)s.",
    "function-power": "Write the power of %(found)s behind the brackets, as in %(example)s.",
    "arguments": "The function %(found)s takes this many values: %(takes)s; here are %(given)s.",
    "missing-star": "A sign is missing between “%(left)s” and “%(right)s”; write * for a product.",
    "two-numbers": "Two numbers stand side by side: “%(left)s” and “%(right)s”. What is between them?",
    "two-divisions": "“%(found)s” has two readings; write %(first)s or %(second)s.",
    "two-powers": "“%(found)s” has two readings; write %(first)s or %(second)s.",
    "two-bars": "Which bar closes which? Please write abs(…) instead of |…| here.",
    "bare-base": "Put brackets around “%(found)s” before you raise it to a power.",
    "missing-before": "Something is missing before “%(found)s”.",
    "missing-after": "Something is missing after “%(found)s”.",
    "empty-brackets": "There is nothing between these brackets.",
    "unclosed": "The bracket “%(found)s” is opened here and not closed.",
    "unopened": "The bracket “%(found)s” is closed here and was not opened.",
    "mismatch": "The bracket “%(opened)s” is closed with “%(found)s”.",
    "braces-missing": "A LaTeX fraction needs braces around both of its parts, as in \\frac{a}{b}.",
    "mixed-number": "“%(found)s” has two readings; write %(first)s or %(second)s.",
    "root-index": "Only the square root is written \\sqrt{…}; write other roots as powers, as in x^(1/3).",
    "braces": "Please use round brackets ( ) instead of braces.",
    "equation": "Write only what stands on the right of the equals sign.",
    "too-many-sides": "More than %(limit)s expressions stand between equals signs; please leave some out.",
    "matrix-brackets": "Write all of it in square brackets, rows apart by semicolons, as in [1, 2; 3, 4].",
    "matrix-rows": "Put every row into brackets of its own, or none: as in [[1, 2], [3, 4]] or [1, 2; 3, 4].",
    "matrix-ragged": "Row %(number)s has %(given)s entries and row 1 has %(first)s; rows are equally long.",
    "matrix-commas": "The commas in “%(found)s” have two readings; write %(first)s or %(second)s.",
    "matrix-entries": "This has more than %(limit)s entries.",
    "surrogate": "This text holds half a character (%(found)s) that cannot be stored.",
    "control": "This text holds an invisible control character (%(found)s).",
}

MARKING: dict[str, str] = {
    "follow-through": "Right for your own answer before (%(names)s).",
    "carried-trivial": "Mend %(name)s first: with your value there, nothing is left to work out here.",
    "carried-regime": "Mend %(name)s first: with your value there, a unit is on the other side of its kink.",
    "carried-not-finite": "Mend %(name)s first: with your value there, this has no value.",
    "right-number-wrong-formula": (
        "The number is right here by chance: at %(point)s yours is %(left)s, not %(right)s. Why?"
    ),
    "right-number-only": "The number is right here by chance: what would yours be at other numbers?",
    "formula-right-number-wrong": "Your formula holds. What does it come to with the numbers put in again?",
    "number-right-formula-wrong": "Your result holds. Does this formula come to it with the numbers put in?",
    "shape": "This is %(given)s. What is asked has one entry for each entry of %(name)s: it is %(asked)s.",
    "shape-plain": "This is %(given)s; what is asked here is %(asked)s.",
    "entries": "%(right)s of %(all)s entries are right.",
    "few-digits": "Right so far; please give more digits.",
    "rounded-early": "Right method, but rounded too early: keep all digits until the end.",
    "no-value": "This has no value at these numbers.",
    "too-large": "At these numbers this is far too large to be the answer.",
    "undecided": "This is being looked at.",
    "needs-other-box": "Right, but it counts together with the answer before it.",
    "picked": "%(hits)s of %(right)s found, and %(false_alarms)s too many.",
}

COMPARING: dict[str, str] = {
    "request-json": "The line is not a JSON object.",
    "request-text": "“%(key)s” is missing, or it is not text.",
    "request-variables": "“variables” is missing, or it is not a list of names.",
    "request-names": "There are more than %(limit)s variables.",
    "request-name": "The variable “%(name)s” is not a name.",
    "request-same-name": "The variable “%(name)s” is another one in another spelling.",
    "request-reference": "The reference cannot be read: %(why)s",
}

JOBS: dict[str, str] = {
    "job-json": "The line is not a JSON object.",
    "job-long": "The line is longer than %(limit)s characters.",
    "job-missing": "'%(where)s' is missing.",
    "job-extra": "'%(where)s' is not a field of a job.",
    "job-field": "'%(where)s': %(why)s.",
    "job-fault": "The grader itself failed on this job (%(name)s).",
}

MESSAGES: dict[str, str] = {**READING, **MARKING, **COMPARING, **JOBS}


def sentence(code: str, params: Mapping[str, str]) -> str:
    """The English message of ``code``, filled with ``params``; KeyError without either."""
    return MESSAGES[code] % params
