"""The students of a made-up class: all drawn from the class's seed, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

FIRST = """
Abena Adam Aiko Amira Ana Anton Ayşe Ben Bilal Carla Chidi Chloé Clara Dana Daniel Diego Elena Elif Emil
Emma Enzo Fatima Femi Finn Gita Greta Hana Hassan Hugo Ines Isaac Ivan Jan Jia Jonas Julia Kai Karim Katya
Kofi Lara Lena Leo Liam Lin Luca Maja Malik Marco Maya Mehmet Mia Milan Mina Nadia Naoko Nils Noah Noor
Olga Omar Oskar Paula Pedro Priya Quinn Rania Ravi Rosa Ruth Sami Sara Sofia Sven Tariq Thandi Tomás Tuan
Uma Vera Viktor Wanjiru Xenia Yara Yuki Yusuf Zoe
"""
LAST = """
Abbas Adler Asante Baker Bauer Berg Bianchi Botha Carter Chen Conti Costa Dahl Dubois Dvořák Eze Farouk
Fischer Fofana Garcia Gupta Haddad Hansen Holm Horvat Ibrahim Ito Jansen Jensen Kaya Keller Khan Kim
Kowalski Laine Lang Levi Lopez Maier Martin Mensah Meyer Moreau Müller Nair Nakamura Nguyen Novák O’Brien
Okafor Olsen Park Patel Petrov Pham Popescu Rao Reyes Richter Rossi Ruiz Said Santos Sato Schmidt Silva
Singh Stein Suzuki Tanaka Torres Varga Vogel Wagner Wang Weber Wolf Yılmaz Zhang
"""
COMMON = (  # held more often than others
    *("G-sign", "G-two", "G-stop", "H-noact", "H-nox", "H-now3", "H-wforx", "G-wforh", "G-xforh", "L-half"),
    *("L-nosq", "U-ascent", "U-noalpha", "F-sign", "F-act", "F-cross", "H-actval", "B-zero", "P-drop"),
)


@dataclass(frozen=True, slots=True)
class Learner:
    """One student. ``skill``: in standard deviations; ``pace``: a factor on every time; ``held``: rules."""

    number: int
    first_name: str
    last_name: str
    skill: float
    pace: float
    symbolic: float  # share of answers that are typed as expressions
    held: frozenset[str]
    learns: float  # chance to give a misconception up once it was pointed out
    starts: bool  # False: was enrolled and never came
    leaves: int  # week after which nothing is handed in any more; 99: stays
    hour: float  # of the day at which this one likes to work


def learners(count: int, seed: int, rules: Sequence[str]) -> list[Learner]:
    """``count`` students; ``rules``: the misconceptions that the exercises know."""
    common = [rule for rule in COMMON if rule in rules]
    return [_learner(number, Random(f"learner:{seed}:{number}"), common, rules) for number in range(count)]


def _learner(number: int, chance: Random, common: Sequence[str], rules: Sequence[str]) -> Learner:
    held = {chance.choice(common) for _ in range(chance.choice((0, 1, 2, 2, 3)))} if common else set()
    if rules and chance.random() < 0.3:
        held.add(chance.choice(rules))
    stubborn = chance.random() < 0.08
    return Learner(
        number=number,
        first_name=chance.choice(FIRST.split()),
        last_name=chance.choice(LAST.split()),
        skill=chance.gauss(-0.4 if stubborn else 0.1, 0.9),
        pace=chance.lognormvariate(0, 0.4),
        symbolic=chance.choice((0.0, 0.0, 0.1, 0.5, 0.9)),
        held=frozenset(held),
        learns=0.06 if stubborn else chance.uniform(0.35, 0.8),
        starts=chance.random() > 0.04,
        leaves=chance.choice((2, 3, 4)) if chance.random() < 0.07 else 99,
        hour=min(22.5, max(8.0, chance.gauss(17.0, 3.5))),
    )
