"""Math-Verify over a pipe; the expressions come as LaTeX. Runs in the environment of `make peers`."""

from __future__ import annotations

import importlib
import json
import logging
import sys
from typing import Any

library: Any = importlib.import_module("math_verify")
logging.disable()


def _verdict(asked: dict[str, Any]) -> str:
    gold, answer = (library.parse(f"${asked[side]}$") for side in ("reference", "student"))
    if not gold or not answer:
        return "unreadable"
    return "equal" if library.verify(gold, answer) else "different"


for line in sys.stdin:
    try:
        verdict = _verdict(json.loads(line))
    except Exception as error:  # noqa: BLE001  whatever it refuses, it refuses
        verdict = f"error {type(error).__name__}"
    print(json.dumps({"verdict": verdict}), flush=True)
