"""Every requirement of culling has a test that is there, and the document says which."""

from __future__ import annotations

import ast
from functools import cache

from schemas.codes.checks import CODES
from tests.cull.requirements import DOCUMENT, ROOT, Requirement, ids, read, render


@cache
def _functions(file: str) -> dict[str, bool]:
    """Test functions of a file, and whether each is parametrised."""
    path = ROOT / file
    if not path.is_file():
        return {}
    return {
        node.name: any("parametrize" in ast.unparse(one) for one in node.decorator_list)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def _requirements() -> list[Requirement]:
    return [one for part in read() for one in part.requirements]


def test_every_requirement_has_a_test() -> None:
    """C01 to C20 and D1 to D34 are all there, each once, with a test and a line on how it is met."""
    found = _requirements()
    assert [one.id for one in found] == [*CODES, *ids("D1", "D34")]
    assert [one.id for one in found if not one.tests or not one.how.strip() or not one.text.strip()] == []


def test_every_named_test_is_there() -> None:
    """Each named test is a function of the named file; one with a case is parametrised, and the file knows the case."""
    missing = []
    for one in _requirements():
        for test in one.tests:
            file, _, name = test.partition("::")
            function, _, case = name.partition("[")
            parametrised = _functions(file).get(function)
            known = not case or case[:-1] in CODES or case[:-1] in (ROOT / file).read_text("utf-8")
            if parametrised is None or (case and not parametrised) or not known:
                missing.append(f"{one.id}: {test}")
    assert missing == []


def test_every_check_has_its_own_case() -> None:
    """The fixture of each check stands beside its requirement."""
    own = {one.id: one.tests[0] for one in _requirements() if one.id in CODES}
    assert own == {code: f"tests/cull/test_checks.py::test_each_check_keeps_alone[{code}]" for code in CODES}


def test_the_document_is_made_from_the_table() -> None:
    """The runbook is what the table generates (``python -m tests.cull.requirements``)."""
    assert DOCUMENT.read_text("utf-8") == render(read())
