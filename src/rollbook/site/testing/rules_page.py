"""The page that says which tests prove which rule, read from `@pytest.mark.rule("R45")` in the tests themselves."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rollbook.site.testing.college_rules import CHAPTERS, NO_TEST_YET, NOT_YET

PAGE = Path("docs") / "reference" / "college-rules.md"
PLACES = ("src", "tests")

#: The tests of each rule, as `path::name`.
Proofs = Mapping[str, Sequence[str]]


def proofs(root: Path) -> Proofs:
    """Every test that names a rule. Read, not run: it takes a second and no database."""
    found: dict[str, list[str]] = defaultdict(list)
    for place in PLACES:
        for path in sorted((root / place).rglob("test_*.py")):
            text = path.read_text(encoding="utf-8")
            if "mark.rule" in text:
                for rule, name in _named(ast.parse(text), path):
                    found[rule].append(f"{path.relative_to(root).as_posix()}::{name}")
    return found


def _named(module: ast.Module, path: Path) -> Iterator[tuple[str, str]]:
    of_module = [rule for node in module.body for rule in _rules_of_module(node, path)]
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            of_class = [*of_module, *_rules(node.decorator_list, path)]
            for inner in node.body:
                yield from ((rule, f"{node.name}::{name}") for rule, name in _of_test(inner, of_class, path))
        else:
            yield from _of_test(node, of_module, path)


def _of_test(node: ast.stmt, outer: Sequence[str], path: Path) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
        for rule in dict.fromkeys([*outer, *_rules(node.decorator_list, path)]):
            yield rule, node.name


def _rules_of_module(node: ast.stmt, path: Path) -> list[str]:
    if not isinstance(node, ast.Assign) or not any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    ):
        return []
    return _rules(node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value], path)


def _rules(marks: Sequence[ast.expr], path: Path) -> list[str]:
    found = []
    for mark in marks:
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "rule":
            for given in mark.args:
                if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
                    raise TypeError(f'{path}:{mark.lineno}: write rules as text, such as rule("R45").')
                found.append(given.value)
    return found


def faults(found: Proofs) -> list[str]:
    """What is wrong between the rules and the tests."""
    known = {rule for chapter in CHAPTERS for rule in chapter.rules}
    unknown = [f"{tests[0]} names {rule}, which is no rule." for rule, tests in found.items() if rule not in known]
    unknown += [f"The list of gaps names {rule}, which is no rule." for rule in {*NO_TEST_YET, *NOT_YET} - known]
    unproved = [f"{rule} has no test." for rule in known if rule not in found and rule not in NO_TEST_YET]
    outdated = [f"{rule} has a test now: take it from the list of gaps." for rule in NO_TEST_YET if rule in found]
    return [*sorted(unknown), *sorted(unproved), *sorted(outdated)]


def page(found: Proofs) -> str:
    """The whole page."""
    rules = [rule for chapter in CHAPTERS for rule in chapter.rules]
    proved = sum(rule in found for rule in rules)
    lines = [
        "# Rules of the college and their proofs",
        "",
        "Written by `script/rules` from the tests: change a test's `@pytest.mark.rule`, not this page.",
        "",
        f"{proved} of {len(rules)} rules are named by a test. `script/rules R45` runs the tests of one rule.",
    ]
    for chapter in CHAPTERS:
        lines += ["", f"## {chapter.title}"]
        for rule, meaning in chapter.rules.items():
            lines += ["", f"### {rule}", "", meaning, "", *_tests(found.get(rule, ()), NO_TEST_YET.get(rule, ""))]
            lines += ["", f"Not yet: {NOT_YET[rule]}"] if rule in NOT_YET else []
    return "\n".join(lines) + "\n"


def _tests(tests: Sequence[str], why_none: str) -> list[str]:
    if not tests:
        return [f"No test yet. {why_none}".rstrip()]
    return [f"- [{test}](../../{test.partition('::')[0]})" for test in tests]
