"""The hostile corpus: what is typed, and the job in which it is marked.

A row has ``text`` (``times`` over, where that is given) and what must become of it: ``error``, the code of a
refusal; or ``outcome`` and, where there is one, ``code``; or ``refused``, where it is no answer at all. It is
typed into one box: of the lesson's network, for 2*(yhat - y)*w3*x1, which is -0.6 there; where the row has
``names``, of no network, for ``reference`` or else their product, and they are worth 0.5, 0.7, 1.3 in turn.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from grader.job import AnswerBox, Job, Tolerance

Row = dict[str, Any]
FILE = Path(__file__).parents[1] / "tables" / "hostile.json"
ROWS: list[Row] = json.loads(FILE.read_text(encoding="utf-8"))["rows"]
NAMES = ["x1", "x2", "w1", "w2", "w3", "w4", "y", "alpha", "h1", "h2", "yhat"]
REFERENCE = "2*(yhat - y)*w3*x1"
NETWORK = {
    "z1": "w1*x1",
    "h1": "relu(z1)",
    "z2": "w2*x2",
    "h2": "relu(z2)",
    "yhat": "w3*h1 + w4*h2",
    "L": "(y - yhat)^2",
}
TOLERANCES = {"tolerance": Tolerance(decimals=4), "exact": Tolerance(mode="exact")}
LESSON = dict(zip([*NAMES[:8]], ["0.5", "0.8", "1.2", "0.5", "2", "-1.25", "1", "0.1"], strict=True))


def typed(row: Row) -> str:
    """All of the text."""
    text: str = row["text"] * row.get("times", 1)
    return text


def job_of(row: Row) -> dict[str, Any]:
    """The job, as it comes from the broker."""
    names = row.get("names", NAMES)
    reference = row.get("reference", "*".join(names) if "names" in row else REFERENCE)
    box = AnswerBox(
        id="answer",
        formula=reference,
        symbolic=reference,
        names=names,
        tolerance=TOLERANCES[row.get("mode", "tolerance")],
    )
    values = dict(zip(names, ["0.5", "0.7", "1.3"], strict=False)) if "names" in row else LESSON
    network = {} if "names" in row else NETWORK
    plain = Job(network=network, values=values, boxes=(box,), answers={"answer": ""})
    return plain.model_dump(mode="json") | {"answers": {"answer": typed(row)}}
