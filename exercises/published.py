"""An exercise as the site keeps it: checked, with every symbolic reference derived once."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from exercises.bank import Exercise


class Published(BaseModel):
    """Everything that the site needs to ask and to send to the grader; plain JSON, no SymPy needed to use it.

    ``symbolic``: id of a box, or name of a given gradient -> its formula without derivative names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    exercise: Exercise
    symbolic: dict[str, str] = {}
