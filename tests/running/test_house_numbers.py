"""The house numbers of CONTRIBUTING.md, held by a test."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("course", "exercises", "grader", "tools", "bench", "tests")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts and path.read_text().strip()
)


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_300_lines_and_no_function_longer_than_50(path: Path) -> None:
    lines = sum(bool(line.strip()) for line in path.read_text().splitlines())
    long = {node.name: _length(node) for node in _functions(path) if _length(node) > 50}
    assert lines <= 300
    assert not long


def test_half_of_the_functions_have_at_most_8_lines() -> None:
    shipped = [path for path in FILES if "tests" not in path.relative_to(ROOT).parts]
    assert median(_length(node) for path in shipped for node in _functions(path)) <= 8
