"""``python -m grader mark`` on whatever a line may hold: an answer or words, soon, and then the next line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from io import BytesIO, StringIO
from itertools import pairwise
from typing import Any

import pytest

from grader.__main__ import main
from grader.job import Job, Outcome
from tests.grader import jobs
from tests.grader.test_network import SEED
from tests.grader.test_references import SEED_VALUES

MOST_CPU = 1.5  # seconds of this thread, the first time in a process and on a busy core; the aim is 0.05

W, U, C = Outcome.WRONG, Outcome.UNREADABLE, Outcome.CORRECT
UNDECIDED = Outcome.UNDECIDED


@cache
def plain() -> str:
    boxes = jobs.gradient_boxes(SEED, "w1")
    answers = dict(zip([box.id for box in boxes], ["-0.6", "2", "0.5", "-0.6"], strict=True))
    job = Job(token="token", network=SEED, values=SEED_VALUES, boxes=boxes, answers=answers)
    return job.model_dump_json()


def job(**changes: Any) -> bytes:
    return json.dumps(json.loads(plain()) | changes).encode()


def answering(text: Any) -> bytes:
    return job(answers=json.loads(plain())["answers"] | {"grad_w1": text})


def box(**changes: Any) -> bytes:
    boxes = json.loads(plain())["boxes"]
    return job(boxes=[*boxes[:3], boxes[3] | changes])


def valued(text: Any) -> bytes:
    return job(values={**SEED_VALUES, "x1": text})


def choosing(**changes: Any) -> bytes:
    choice = {"kind": "choice", "id": "c", "options": ["a", "b"], "right": "a"} | changes
    return json.dumps({"boxes": [choice], "answers": {"c": "a"}}).encode()


def choices(count: int) -> bytes:
    boxes = [{"kind": "choice", "id": f"c{n}", "options": ["a"], "right": "a"} for n in range(count)]
    return json.dumps({"boxes": boxes, "answers": {}}).encode()


def picking(**changes: Any) -> bytes:
    pick = {"kind": "pick", "id": "c", "options": ["a", "b"], "right": ["a"]} | changes
    return json.dumps({"boxes": [pick], "answers": {"c": ["a"]}}).encode()


def of_network(network: Mapping[str, str], formula: str = "1/3 + 0*L", **more: Any) -> bytes:
    asked = {"kind": "answer", "id": "a", "formula": formula, "names": []} | more
    values = {"x1": "0.5", "w1": "0.5", "w2": "0.7", "y": "1"}
    return json.dumps(
        {"network": network, "values": values, "boxes": [asked], "answers": {"a": "0.33"}}
    ).encode()


def layers(count: int, unit: str = "tanh(w1*{})") -> dict[str, str]:
    units = ["x1", *(f"h{place}" for place in range(1, count + 1))]
    chained = {name: unit.format(before) for before, name in pairwise(units)}
    return {**chained, "yhat": units[-1], "L": "(y - yhat)^2"}


def fibonacci(count: int) -> dict[str, str]:
    sums = {f"z{place}": f"z{place - 1} + z{place - 2}" for place in range(3, count + 1)}
    return {"z1": "w1*x1", "z2": "w2*x1", **sums, "yhat": f"z{count}", "L": "(y - yhat)^2"}


def wide(count: int) -> dict[str, str]:
    units = {f"h{place}": f"tanh(w1*x1 + w2*{place})" for place in range(count)}
    return {**units, "yhat": " + ".join(units), "L": "(y - yhat)^2"}


def ladder(count: int) -> dict[str, str]:
    rungs: dict[str, str] = {"a0": "w1*x1", "c0": "w2*x1"}
    for at in range(1, count):
        rungs |= {f"a{at}": f"a{at - 1}*c{at - 1}", f"c{at}": f"a{at - 1} + c{at - 1}"}
    return {**rungs, "yhat": f"a{count - 1} + c{count - 1}", "L": "(y - yhat)^2"}


ROUNDED = {"mode": "rounded", "decimals": 2}
SINES = " + ".join(f"sin(0.{place:02})" for place in range(1, 100))

# What is typed -> what becomes of its box.
ANSWERS: Mapping[str, Outcome] = {
    "exp(10^6)": W,
    "exp(10^8)": W,
    "exp(1e17)": W,
    "-exp(1e17)": W,
    "exp(-1e17)": W,
    "1/exp(1e17)": W,
    "exp(1e30)": UNDECIDED,
    "exp(exp(exp(exp(9))))": UNDECIDED,
    "cosh(1e17)": W,
    "tan(1e30)": W,
    "(9^9999)^9999": W,
    "((9^9999)^9999)^9999": W,
    "-((9^9999)^9999)^9999": W,
    "(((0.1^9999)^9999)^9999)^9999": W,
    "9e30^9999": W,
    "1e-30^9999": W,
    "(" * 16 + "7" + "^9999)" * 16: W,
    "1/0": W,
    "0^0": W,
    "ln(-1)": W,
    "sqrt(-1)": W,
    "1e31": U,
    "1e99999999999999999999": U,
    "9" * 21: U,
    "9" * 1500: U,
    "9" * 100_000: U,
    "(" * 700: U,
    "-" * 1400 + "1": U,
    "1+" * 700 + "1": U,
    "\u0660.\u0665": U,
    "1_0": U,
    "NaN": U,
    "Infinity": U,
    "__import__('os')": U,
    "\x00": U,
    "tanh(exp(1e17))*-0.6": C,
    "-0.6 + exp(-1e17)": C,
    "-0.6 + 0*(9^9999)^9999": C,
    "sin(" * 30 + "1" + ")" * 30: W,
    SINES: W,
    "-0." + "6" + "0" * 17: C,
    "-0.6*exp(1e17)^0": C,
    "exp(10^8)*x1": W,
    "dL_dyhat*exp(1e17)": W,
    "w1^(9^9^9)": W,
    "max(" * 30 + "1" + ", 2)" * 30: W,
}

# A line that is no usable job -> what its error names.
REFUSED: Mapping[str, tuple[bytes, str]] = {
    "empty": (b"", "not a JSON object"),
    "blank": (b"   ", "not a JSON object"),
    "broken": (b"{broken", "not a JSON object"),
    "no fields": (b"{}", "'boxes' is missing"),
    "list": (b"[]", "not a JSON object"),
    "null": (b"null", "not a JSON object"),
    "text": (b'"job"', "not a JSON object"),
    "not UTF-8": (b"\xff\xfe\x00", "not a JSON object"),
    "nested": (b"[" * 100_000, "not a JSON object"),
    "nested fields": (b'{"a":' * 100_000, "longer than 200000 characters"),
    "digits": (b"9" * 1_000_000, "longer than 200000 characters"),
    "megabytes": (b"x" * 5_000_000, "longer than 200000 characters"),
    "boxes as number": (b'{"boxes": 1, "answers": {}}', "'boxes'"),
    "no boxes": (b'{"boxes": [], "answers": {}}', "'boxes'"),
    "null boxes": (b'{"boxes": [null], "answers": {}}', "'boxes[0]'"),
    "unknown box": (b'{"boxes": [{"kind": "essay"}], "answers": {}}', "'boxes[0]'"),
    "two boxes": (job(boxes=[json.loads(plain())["boxes"][0]] * 2), "the same id"),
    "100,000 boxes": (b'{"boxes": [' + b"{}," * 99_999 + b"{}]}", "longer than 200000 characters"),
    "1,000 choices": (choices(1000), "'boxes'"),
    "foreign field": (job(secret=1), "'secret' is not a field"),
    "field of a box": (box(secret=1), "'boxes[3].secret' is not a field"),
    "version": (job(schema_version=9), "'schema_version'"),
    "token as number": (job(token=3), "'token'"),
    "long token": (job(token="t" * 100_000), "'token'"),
    "half a character": (job(token="\ud800"), "not a JSON object"),
    "no answers": (job(answers={}), "no answer"),
    "foreign answer": (job(answers=json.loads(plain())["answers"] | {"q": "1"}), "answer to no box"),
    "answer as number": (answering(3), "'answers.grad_w1'"),
    "answer as NaN": (answering(float("nan")), "'answers.grad_w1'"),
    "long answer": (answering("9" * 150_000), "'answers.grad_w1'"),
    "30,000 boxes": (b'{"boxes": [' + b"{}," * 29_999 + b"{}]}", "'boxes[0]'"),
    "10,000 names": (box(names=["x1"] * 10_000), "'boxes[3].names'"),
    "nested 20,000 times": (b'{"a":' * 20_000, "not a JSON object"),
    "answer as null": (answering(None), "'answers.grad_w1'"),
    "answer as list": (answering(["1"]), "not text"),
    "answer as object": (answering({"a": 1}), "'answers.grad_w1'"),
    "answer of half a character": (answering("\ud800"), "not a JSON object"),
    "answer of megabytes": (answering("9" * 900_000), "longer than 200000 characters"),
    "points below 0": (box(points=-5), "'boxes[3].points'"),
    "many points": (box(points=1001), "'boxes[3].points'"),
    "10^4000 points": (box(points=10**4000), "'boxes[3].points'"),
    "points in words": (box(points="one"), "'boxes[3].points'"),
    "points true": (box(points=True), "'boxes[3].points'"),
    "points infinite": (box(points=float("inf")), "'boxes[3].points'"),
    "no id": (box(id=""), "'boxes[3].id'"),
    "long id": (box(id="i" * 51), "'boxes[3].id'"),
    "100,000 names": (box(names=["x1"] * 100_000), "longer than 200000 characters"),
    "formula as null": (box(formula=None), "'boxes[3].formula'"),
    "long formula": (box(formula="1+" * 1000 + "1"), "'boxes[3].formula'"),
    "huge formula": (box(formula="exp(10^8)", symbolic="exp(10^8)"), "has no value"),
    "huge symbolic": (box(symbolic="((9^9999)^9999)^9999"), "has no value"),
    "decimals 10^7": (box(tolerance={"decimals": 10**7}), "'boxes[3].tolerance.decimals'"),
    "decimals -3": (box(tolerance={"decimals": -3}), "'boxes[3].tolerance.decimals'"),
    "relative -1": (box(tolerance={"relative": -1}), "'boxes[3].tolerance.relative'"),
    "relative huge": (box(tolerance={"relative": "1e9999999"}), "'boxes[3].tolerance.relative'"),
    "relative tiny": (box(tolerance={"relative": "1e-9999999"}), "'boxes[3].tolerance.relative'"),
    "relative NaN": (box(tolerance={"relative": "NaN"}), "'boxes[3].tolerance.relative'"),
    "scale huge": (box(tolerance={"scale": "exp(10^8)"}), "scale of box 'grad_w1' has no value"),
    "mode": (box(tolerance={"mode": "kind"}), "'boxes[3].tolerance.mode'"),
    "value 1e10000000": (valued("1e10000000"), "value of 'x1'"),
    "value 1e-10000000": (valued("1e-10000000"), "value of 'x1'"),
    "value 1_0": (valued("1_0"), "value of 'x1'"),
    "value 1/3": (valued("1/3"), "value of 'x1'"),
    "value NaN": (valued("NaN"), "value of 'x1'"),
    "value 2*3": (valued("2*3"), "value of 'x1' is not a number"),
    "value blank": (valued(" "), "value of 'x1'"),
    "value exp": (valued("exp(10^8)"), "value of 'x1'"),
    "value in Arabic digits": (valued("\u0661"), "value of 'x1'"),
    "value as number": (valued(0.5), "'values.x1'"),
    "value of megabytes": (valued("9" * 900_000), "longer than 200000 characters"),
    "10,000 values": (job(values={f"x{n}": "1" for n in range(10_000)}), "'values'"),
    "right is no option": (choosing(right="z"), "'z' is right, but no option"),
    "option twice": (choosing(options=["a", "a"]), "named twice"),
    "no option": (choosing(options=[]), "'boxes[0].options'"),
    "pick no option": (picking(right=["z"]), "'z' is right, but no option"),
    "pick right twice": (picking(right=["a", "a"]), "named twice"),
    "10,000 options": (picking(options=[f"o{n}" for n in range(10_000)]), "'boxes[0].options'"),
    "loop": (of_network({"L": "(y - yhat)^2", "yhat": "L"}), "a cycle"),
    "400 layers": (of_network(layers(400)), "'network'"),
    "150 layers": (of_network(layers(150)), "equations away from the leaves"),
    "12 nested layers of 30 brackets": (of_network(layers(61, "sin(" * 30 + "{}" + ")" * 30)), "away"),
    "inner nodes of 24 sums": (of_network(fibonacci(24)), "with its inner nodes put in"),
    "inner nodes of 150 sums": (of_network(fibonacci(150)), "with its inner nodes put in"),
    "1,000 units": (of_network(wide(1000)), "'network'"),
    "long equation": (of_network({"L": "1+" * 90_000}), "'network.L'"),
    "network as list": (job(network=[]), "'network'"),
    "network of numbers": (job(network={"L": 1}), "'network.L'"),
}

# Large but fair jobs.
MARKED: Mapping[str, bytes] = {
    "deep": of_network(layers(57)),
    "deep derivative": of_network(layers(57), "grad_w1"),
    "wide derivative": of_network(wide(30), "grad_w1"),
    "inner sums": of_network(fibonacci(9), "grad_w1"),
    "many chains": of_network(ladder(25), "grad_w1*0 + 1/3"),
    "many chains by name": of_network(ladder(25), "dL_dw1"),
    "rounded sines": box(formula=SINES, symbolic=None, tolerance=ROUNDED),
    "many rounded": of_network({}, "1/3", tolerance=ROUNDED),
    "no digits asked": box(tolerance={"decimals": 20, "relative": 0}),
    "no points": box(points=0),
}


def mark(line: bytes) -> tuple[int, dict[str, Any], float]:
    """Exit status, the one answer, and seconds of this thread."""
    sink = StringIO()
    start = time.thread_time()
    status = main(["mark"], BytesIO(line + b"\n"), sink)
    spent = time.thread_time() - start
    (answer,) = sink.getvalue().splitlines()
    return status, json.loads(answer), spent


@pytest.mark.parametrize("typed", ANSWERS, ids=lambda text: text[:30].encode("unicode_escape").decode())
def test_whatever_is_typed_is_marked_soon(typed: str) -> None:
    status, found, spent = mark(answering(typed))
    assert (status, found["boxes"][-1]["outcome"]) == (0, ANSWERS[typed]), found
    assert len(json.dumps(found)) < 10_000
    assert spent < MOST_CPU


@pytest.mark.parametrize("case", REFUSED)
def test_a_line_that_is_no_job_is_refused_in_words(case: str) -> None:
    line, words = REFUSED[case]
    status, found, spent = mark(line)
    assert (status, found.keys()) == (1, {"error"})
    assert words in found["error"]
    assert "pydantic" not in found["error"]
    assert len(found["error"]) < 400
    assert spent < MOST_CPU


@pytest.mark.parametrize("case", MARKED)
def test_a_large_job_is_marked_soon(case: str) -> None:
    status, found, spent = mark(MARKED[case])
    assert (status, len(found["boxes"]) > 0) == (0, True)
    assert spent < MOST_CPU


def test_a_bad_line_does_not_end_the_run_and_is_told_by_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(job: Job) -> None:
        raise RecursionError

    sink = StringIO()
    assert main(["mark"], BytesIO(b"{broken\n" + job()), sink) == 1
    first, second = map(json.loads, sink.getvalue().splitlines())
    assert (first.keys(), second["outcome"]) == ({"error"}, C)
    monkeypatch.setattr("grader.__main__.mark", fail)
    status, found, _ = mark(job())
    assert (status, found) == (1, {"error": "The grader itself failed on this job (RecursionError)."})
    assert "Traceback" in caplog.text


def test_a_reader_who_stops_early_is_no_error() -> None:
    usual = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    program = subprocess.Popen(
        [sys.executable, "-m", "grader", "mark"],
        env=usual,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with program:
        assert program.stdin
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        program.stdin.write(job() + b"\n")
        program.stdin.close()
        assert program.stderr.read() == b""
        assert program.wait(20) == 141
