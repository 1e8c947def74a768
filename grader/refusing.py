"""What is wrong with a job that does not fit its schema, in one sentence: which field, and why."""

from __future__ import annotations

from pydantic import ValidationError

from grader.wording import sentence

_LONGEST = 100  # characters of a place that are shown

_SENTENCES = {"json_invalid": "job-json", "missing": "job-missing", "extra_forbidden": "job-extra"}


def refusal(error: ValidationError) -> str:
    """The sentence on the first of the faults found."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = _place(first["loc"])
    code = _SENTENCES.get(first["type"], "job-field") if where else "job-json"
    why = first["msg"].removeprefix("Value error, ").replace("Input should", "it should")
    return sentence(code, {"where": where, "why": why})


def _place(location: tuple[str | int, ...]) -> str:
    """``boxes[0].points``; the steps that pydantic adds for one of several shapes are left out."""
    match location:
        case ("answers", str(box), *_):
            parts: tuple[str | int, ...] = ("answers", box)
        case ("boxes", int(place), _, *rest):
            parts = ("boxes", place, *rest)
        case _:
            parts = location
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")[:_LONGEST]
