"""What the self-tests say of an exercise, as data: the site reads it without loading what found it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from exercises.published import Published
from exercises.question import Step

VARIANTS, REFERENCES, MARKING, TOLERANCE, DISTINGUISHABLE, STUDENTS_TEST = (
    "variants",
    "references",
    "marking",
    "tolerance",
    "distinguishable",
    "students",
)


class Test(BaseModel):
    """One self-test: whether it holds, its figures by name, and each fault in words."""

    __test__ = False  # for pytest, which takes the name for one of its own
    model_config = ConfigDict(frozen=True)

    id: str
    figures: dict[str, int | float | str] = {}
    notes: dict[str, tuple[str, ...]] = {}
    faults: tuple[str, ...] = ()


class Told(BaseModel):
    """One synthetic student, as ``exercises.students`` has it."""

    model_config = ConfigDict(frozen=True)

    box: str
    misconception: str
    typed: str
    outcome: str
    told: str
    right: bool


class Finding(BaseModel):
    """What the self-tests found of one exercise; ``published`` is what the site will keep of it."""

    model_config = ConfigDict(frozen=True)

    exercise: str
    step: Step
    title: str = ""
    tests: tuple[Test, ...] = ()
    students: tuple[Told, ...] = ()
    published: Published | None = None

    @property
    def passed(self) -> bool:
        """Whether it may be published."""
        return self.published is not None and not any(test.faults for test in self.tests)
