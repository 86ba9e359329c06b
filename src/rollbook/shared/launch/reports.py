"""A board as text for a terminal and a screen reader, as JSON, as JUnit XML, and as TAP."""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from rollbook.core.readiness import Item
from rollbook.shared.launch import artefact
from rollbook.shared.launch.board import Board, Line
from rollbook.shared.launch.evidence import canonical
from rollbook.shared.launch.models import CheckResult

#: Grows by one when a field changes its meaning or goes; new fields may come at any time.
FORMAT = "rollbook.launch.check/1"


def as_text(board: Board, *, exit_code: int) -> str:
    """The sentence first, then the red lines with what to do, then the rest in one line each."""
    counts = board.counts
    lines = [
        board.sentence,
        f"Environment {board.environment}, stage {board.stage or 'all'}, version {artefact.release_version()}: "
        f"{counts['items']} items, {counts['pass']} pass, {counts['warn']} warnings, {counts['red']} red, "
        f"score {board.score}.",
        *board.problems,
        "",
    ]
    red = [line for line in board.lines if line.standing.is_red]
    for line in red:
        lines += [f"RED {_head(line)}", f"    {_found(line)}", f"    Remedy: {line.remedy}"]
    if red:
        lines.append("")
    lines += [f"{line.state:<14} {_head(line)}. {_found(line)}" for line in board.lines if not line.standing.is_red]
    lines.append(f"\nExit code {exit_code}.")
    return "\n".join(lines)


def _head(line: Line) -> str:
    scope = "" if line.scope == "install" else f" [{line.scope}]"
    return f"{line.item.id}{scope} ({line.item.severity}) {line.item.title}"


def _found(line: Line) -> str:
    if line.result is None:
        return "It was never evaluated."
    why = f" ({line.standing.why})" if line.standing.is_red and line.state == "expired" else ""
    return f"{line.result.summary}{_measure(line.result)}{why}"


def _measure(result: CheckResult) -> str:
    if result.value is None or not result.limit:
        return ""
    return f" Value {shown(result.value)} {result.unit}".rstrip() + f", limit {result.limit}."


def shown(value: Any) -> str:
    """A value with at most two places, rounded half-even."""
    rounded = f"{value:.2f}"
    return rounded.rstrip("0").rstrip(".") if "." in rounded else rounded


def as_json(board: Board, *, exit_code: int) -> str:
    """The stable form for other programs."""
    return json.dumps(facts_of(board, exit_code=exit_code), indent=2, sort_keys=False, ensure_ascii=False)


def facts_of(board: Board, *, exit_code: int) -> dict[str, Any]:
    """What the JSON form says."""
    return {
        "format": FORMAT,
        "sentence": board.sentence,
        "verdict": board.verdict.value,
        "exit_code": exit_code,
        "score": str(board.score),
        "counts": board.counts,
        "environment": board.environment,
        "stage": board.stage,
        "profiles": list(board.profiles),
        "version": artefact.release_version(),
        "artefact": artefact.artefact_digest(),
        "taken_at": board.taken_at.isoformat(),
        "chain": {
            "intact": board.chain.is_intact,
            "length": board.chain.length,
            "broken_at": board.chain.broken_at,
            "reason": board.chain.reason,
        },
        "problems": list(board.problems),
        "items": [item_facts(line) for line in board.lines],
    }


def item_facts(line: Line) -> dict[str, Any]:
    """One item with its definition and its last result."""
    return {
        **definition_facts(line.item),
        "scope": line.scope,
        "state": line.state,
        "red": line.standing.is_red,
        "why": line.standing.why.value,
        "remedy": line.remedy,
        "result": result_facts(line.result) if line.result else None,
    }


def definition_facts(item: Item) -> dict[str, Any]:
    """What an item is."""
    return {
        "id": item.id,
        "profile": item.profile,
        "stages": list(item.stages),
        "title": item.title,
        "how": item.how,
        "severity": item.severity.value,
        "kind": item.kind.value,
        "run": item.run.value,
        "needs": list(item.needs),
        "waivable": item.is_waivable,
        "document": item.document,
        "definition_hash": item.definition_hash,
    }


def result_facts(result: CheckResult) -> dict[str, Any]:
    """What an item found."""
    return {
        "id": str(result.pk),
        "number": result.number,
        "state": result.state,
        "summary": result.summary,
        "value": None if result.value is None else str(result.value.normalize()),
        "unit": result.unit,
        "limit": result.limit,
        "remedy": result.remedy,
        "evidence": result.evidence,
        "evidence_sha256": result.evidence_sha256,
        "evidence_withheld": result.evidence_withheld,
        "hash": result.hash,
        "prev_hash": result.prev_hash,
        "taken_at": result.taken_at.isoformat(),
        "expires_at": result.expires_at.isoformat(),
        "duration_ms": result.duration_ms,
        "runner": result.runner,
        "artefact": result.artefact,
    }


def as_junit(board: Board) -> str:
    """One test case for each item, for build servers."""
    red = sum(line.standing.is_red for line in board.lines)
    suite = ET.Element("testsuite", name="rollbook launch", tests=str(len(board.lines)), failures=str(red))
    for line in board.lines:
        seconds = (line.result.duration_ms if line.result else 0) / 1000
        case = ET.SubElement(
            suite, "testcase", classname=f"{line.item.profile}.{line.scope}", name=f"{line.item.id} {line.item.title}",
            time=f"{seconds:.3f}",
        )  # fmt: skip
        if line.standing.is_red:
            failure = ET.SubElement(case, "failure", message=_found(line), type=line.state)
            failure.text = f"Remedy: {line.remedy}"
        elif line.state == "not_applicable":
            ET.SubElement(case, "skipped", message=_found(line))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def as_tap(board: Board) -> str:
    """Test Anything Protocol 13."""
    return "\n".join(["TAP version 13", f"1..{len(board.lines)}", *_tap_lines(board)])


def _tap_lines(board: Board) -> Iterator[str]:
    for number, line in enumerate(board.lines, start=1):
        mark = "not ok" if line.standing.is_red else "ok"
        skip = " # SKIP " + _found(line) if line.state == "not_applicable" else ""
        yield f"{mark} {number} - {line.item.id} {line.item.title}{skip}"
        if line.standing.is_red:
            yield "  ---"
            yield f"  message: {canonical(_found(line))}"
            yield f"  remedy: {canonical(line.remedy)}"
            yield f"  severity: {line.item.severity}"
            yield "  ..."


def explain(item: Item, results: list[CheckResult]) -> str:
    """What an item is, how it is checked, what it found the last ten times, and what to do."""
    remedy = results[0].remedy if results else item.remedy
    text = [
        f"{item.id}: {item.title}",
        "",
        f"How it is checked: {item.how}",
        f"Severity {item.severity}, stages {', '.join(item.stages)}, "
        f"{'safe on a live system' if item.run.value == 'L' else 'staging or a scratch copy only'}.",
        f"Needs: {', '.join(item.needs) or 'nothing'}. A result counts for "
        f"{results[0].expires_at - results[0].taken_at if results else item.freshness or '24 h'}.",
        f"Remedy: {remedy}",
        f"More: {item.document}",
        "",
        "Last results, newest first:" if results else "It was never evaluated here.",
    ]
    for result in results:
        scope = "" if result.scope == "install" else f" [{result.scope}]"
        text.append(
            f"  {result.taken_at:%Y-%m-%d %H:%M:%S} UTC{scope} {result.state}: {result.summary}{_measure(result)}"
        )
    return "\n".join(text)
