"""Items without Python: a command, goss, InSpec or a Prometheus query, described in a file under ROLLBOOK_HOME."""

import json
import math
import re
import subprocess
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from rollbook.core.readiness import (
    Context,
    Item,
    Outcome,
    Severity,
    failed,
    none_found,
    passed,
    register_item,
)

FILES = ("probes.toml", "probes.yaml")
KINDS = ("command", "goss", "inspec", "prometheus")
MOST_SECONDS = 120
MOST_OUTPUT = 2_000
_ID = re.compile(r"PLT-X-\d{2,3}\Z")

Evaluate = Callable[[Context], Outcome]


class ProbeMistakeError(ValueError):
    """The file of probes is written wrongly; the message is a sentence."""


def is_probe(item_id: str) -> bool:
    """Tell whether an id is one of an installation's own probes."""
    return bool(_ID.match(item_id))


def register_probes(home: Path) -> list[str]:
    """Register every probe of the installation; return what is wrong with the file, in sentences."""
    problems: list[str] = []
    for name in FILES:
        path = home / name
        if not path.exists():
            continue
        try:
            for facts in _read(path):
                _register(facts)
        except (ProbeMistakeError, ValueError) as mistake:
            problems.append(f"{path}: {mistake}")
    return problems


def _read(path: Path) -> Sequence[Mapping[str, Any]]:
    text = path.read_text(encoding="utf-8")
    content = tomllib.loads(text) if path.suffix == ".toml" else _from_yaml(text)
    probes = content.get("probes") if isinstance(content, Mapping) else None
    if not isinstance(probes, list) or not all(isinstance(probe, Mapping) for probe in probes):
        raise ProbeMistakeError("write a list called `probes`.")
    return probes


def _from_yaml(text: str) -> Any:
    try:
        import yaml
    except ModuleNotFoundError:
        raise ProbeMistakeError("reading YAML needs the package pyyaml; install it, or write probes.toml.") from None
    return yaml.safe_load(text)


def _register(facts: Mapping[str, Any]) -> Item:
    item_id = str(facts.get("id", ""))
    if not _ID.match(item_id):
        raise ProbeMistakeError(f"the id {item_id!r} must be written like PLT-X-01.")
    kinds = [kind for kind in KINDS if kind in facts]
    if len(kinds) != 1:
        raise ProbeMistakeError(f"{item_id} needs exactly one of {', '.join(KINDS)}.")
    missing = [name for name in ("title", "remedy") if not str(facts.get(name, "")).strip()]
    if missing:
        raise ProbeMistakeError(f"{item_id} has no {missing[0]}.")
    seconds = int(facts.get("seconds", 10))
    if not 1 <= seconds <= MOST_SECONDS:
        raise ProbeMistakeError(f"{item_id} may take 1 to {MOST_SECONDS} seconds.")
    evaluate = _evaluation(kinds[0], facts[kinds[0]], seconds)
    return register_item(
        id=item_id,
        title=str(facts["title"]),
        how=str(facts.get("how") or f"A probe of this installation: {kinds[0]}."),
        remedy=str(facts["remedy"]),
        severity=Severity(str(facts.get("severity", "warning"))),
        stages=tuple(facts.get("stages", ["PRE", "ON"])),
        # Half a second earlier than the item's own limit, so that the probe says what was slow.
        timeout=timedelta(seconds=seconds + 2),
        evidence=("exit_code", "output", "query", "series"),
    )(evaluate)


def _evaluation(kind: str, what: Any, seconds: int) -> Evaluate:
    if kind == "prometheus":
        return lambda _context: _ask_prometheus(what, seconds)
    words = [str(word) for word in what]
    judge = {"command": _judge_exit, "goss": _judge_goss, "inspec": _judge_inspec}[kind]
    return lambda _context: _run(words, seconds, judge)


def _run(words: list[str], seconds: int, judge: Callable[[int, str], Outcome]) -> Outcome:
    done = subprocess.run(words, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603 - no shell
    return judge(done.returncode, done.stdout if done.stdout.strip() else done.stderr)


def _judge_exit(code: int, output: str) -> Outcome:
    facts: dict[str, Any] = {"exit_code": code, "output": output[-MOST_OUTPUT:]}
    if code == 0:
        return passed("The command ended well.", value=0, limit="= 0", unit="exit code", **facts)
    if code == 1:
        return failed("The command says no.", value=1, limit="= 0", unit="exit code", **facts)
    raise RuntimeError(f"exit code {code}")


def _judge_goss(code: int, output: str) -> Outcome:
    results = json.loads(output)["results"]
    found = [str(one.get("summary-line") or one.get("title") or "a test") for one in results if not one["successful"]]
    return none_found(found, examined=len(results), what="failed tests", exit_code=code)


def _judge_inspec(code: int, output: str) -> Outcome:
    controls = [control for profile in json.loads(output)["profiles"] for control in profile["controls"]]
    found = [
        str(control.get("title") or control["id"])
        for control in controls
        if any(result["status"] == "failed" for result in control.get("results", []))
    ]
    return none_found(found, examined=len(controls), what="failed controls", exit_code=code)


def _ask_prometheus(what: Mapping[str, Any], seconds: int) -> Outcome:
    query = str(what["query"])
    url = f"{str(what['url']).rstrip('/')}/api/v1/query"
    answer = httpx.get(url, params={"query": query}, timeout=seconds).raise_for_status().json()["data"]
    series = [answer["result"]] if answer["resultType"] == "scalar" else [one["value"] for one in answer["result"]]
    values = [Decimal(text) for _, text in series if math.isfinite(Decimal(text))]
    facts: dict[str, Any] = {"query": query, "series": len(series)}
    if not values or len(values) < len(series):
        return failed("The query gave no number.", value=len(values), limit="> 0", unit="series", **facts)
    if "at_most" in what:
        worst, limit = max(values), Decimal(str(what["at_most"]))
        is_well, sign = worst <= limit, "≤"
    else:
        worst, limit = min(values), Decimal(str(what["at_least"]))
        is_well, sign = worst >= limit, "≥"
    make = passed if is_well else failed
    return make(
        "The measure is as it should be." if is_well else "The measure is out of bounds.",
        value=worst, limit=f"{sign} {limit}", **facts,
    )  # fmt: skip
