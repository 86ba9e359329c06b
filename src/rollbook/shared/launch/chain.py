"""The chain of results: each one's hash contains the hash of the one before, so nothing can be altered unseen."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from rollbook.shared.launch.evidence import canonical
from rollbook.shared.launch.models import CheckResult

FIRST = "0" * 64
#: One writer at a time appends; two numbers of ours for `pg_advisory_xact_lock`.
LOCK = (7_214, 1)
HASHED = (
    "item", "environment", "scope", "stage", "state", "summary", "unit", "limit", "remedy", "evidence_sha256",
    "definition_hash", "artefact", "runner", "duration_ms", "taken_at", "expires_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChainState:
    """Whether the chain holds, how long it is, and where it breaks."""

    length: int
    broken_at: int | None = None
    reason: str = ""

    @property
    def is_intact(self) -> bool:
        return self.broken_at is None


@transaction.atomic
def append(result: CheckResult) -> CheckResult:
    """Give the result its place at the end of the chain and keep it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
    last = CheckResult.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = last or (0, FIRST)
    result.number = number + 1
    result.prev_hash = previous
    result.hash = hash_of(result)
    result.save(force_insert=True)
    return result


def hash_of(result: CheckResult) -> str:
    """SHA-256 over the hash before and the digest of what this result says."""
    facts = {name: getattr(result, name) for name in HASHED}
    facts["value"] = None if result.value is None else f"{result.value:.6f}"
    own = hashlib.sha256(canonical(facts).encode()).hexdigest()
    return hashlib.sha256((result.prev_hash + own).encode()).hexdigest()


def verify(newest: int | None = None) -> ChainState:
    """Compute every link again, or the newest so many; say where the first one breaks."""
    rows = CheckResult.objects.order_by("number")
    previous: str | None = FIRST
    expected = 1
    if newest is not None:
        start = rows.reverse().values_list("number", flat=True)[newest : newest + 1].first()
        if start is not None:
            rows = rows.filter(number__gt=start)
            previous, expected = None, start + 1
    return _walk(rows.iterator(chunk_size=500), previous, expected)


def _walk(rows: Iterator[CheckResult], previous: str | None, expected: int) -> ChainState:
    length = 0
    for row in rows:
        evidence = hashlib.sha256(canonical(row.evidence).encode()).hexdigest()
        problem = ""
        if row.number != expected:
            problem = f"result {expected} is missing"
        elif previous is not None and row.prev_hash != previous:
            problem = f"result {row.number} does not follow the one before"
        elif evidence != row.evidence_sha256:
            problem = f"the evidence of result {row.number} was altered"
        elif hash_of(row) != row.hash:
            problem = f"result {row.number} was altered"
        if problem:
            return ChainState(length, expected if row.number != expected else row.number, problem)
        previous, expected, length = row.hash, row.number + 1, length + 1
    return ChainState(length)
