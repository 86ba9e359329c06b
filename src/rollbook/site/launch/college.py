"""Is a college whole? Its operations for each audience, its tables and references, its scheduled work."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps

from rollbook.core.api.routing import PUBLIC
from rollbook.core.db.catalogue import select
from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.ids import new_id
from rollbook.core.permissions import register
from rollbook.core.readiness import (
    Context,
    Kind,
    NotApplicable,
    Outcome,
    Severity,
    State,
    none_found,
    register_item,
)
from rollbook.core.tenancy.models import Organisation, TenantModel
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.web.visitor import Visitor
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.launch.artefact import artefact_digest
from rollbook.site.configuration import configuration
from rollbook.site.rehearsal import seats
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_student

BASE = "/api/v1/college"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom some operations are for, how their addresses begin, and how many there are at the least."""

    name: str
    role: str
    prefixes: tuple[str, ...]
    least: int


#: The public comes in without an account.
AUDIENCES = (
    Audience("student", roles.STUDENT, (f"{BASE}/me/",), 9),
    Audience("cashier", roles.CASHIER, (f"{BASE}/cashier/",), 6),
    Audience("public", "", (f"{BASE}/public/",), 3),
)
#: Somebody who has no business with either.
STRANGER = roles.PROFESSOR

#: What a college keeps of people, studies and money, by the labels of their tables.
RECORD_TYPES = (
    "people.person", "college_catalogue.programme", "college_catalogue.term", "college_catalogue.subject",
    "college_catalogue.curriculum", "college_records.student", "college_records.studentstatusperiod",
    "college_records.hold", "college_records.statusrequest", "college_records.programmetransfer",
    "college_records.transfercredit", "college_scheduling.section", "college_enrolment.termenrolment",
    "college_enrolment.subjectenrolment", "college_grading.graderecord", "college_grading.incompletecase",
    "billing.invoice", "billing.payment", "billing.allocation", "billing.receipt", "college_exams.exampermit",
)  # fmt: skip
#: Rows that must never disappear because another row does.
KEPT = ("people_person", "college_records_student", "college_grading_graderecord", "billing_payment")

CASCADES = """
SELECT c.conrelid::regclass::text, c.confrelid::regclass::text FROM pg_constraint c
 WHERE c.contype = 'f' AND c.confdeltype NOT IN ('a', 'r') AND c.confrelid::regclass::text = ANY (%s)
"""
INDEXED = """
SELECT DISTINCT i.indrelid::regclass::text FROM pg_index i
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
 WHERE a.attname = 'organisation_id' AND i.indisvalid AND NOT i.indisprimary AND i.indrelid::regclass::text = ANY (%s)
"""
CHECKED = """
SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c
 WHERE c.contype IN ('c', 'x', 'u') AND c.conrelid::regclass::text = ANY (%s)
"""

#: The scheduled work without which a college stands still, and how long ago its last success may be.
CORE_JOBS = {
    "college.fees.render_receipts": timedelta(days=1),
    "gateways.reconcile": timedelta(days=1),
    "college.exams.expire_permits": timedelta(hours=26),
    "college.grading.inc_expiry": timedelta(hours=26),
    "college.fees.payment_reminders": timedelta(hours=26),
    "college.fees.promissory_default": timedelta(hours=26),
    "college.grading.gpa_reconcile": timedelta(days=8),
}
#: A unit of work takes less, 95 times out of 100.
SLOWEST_MS = 1000


def _colleges() -> list[Organisation]:
    return list(Organisation.objects.filter(system="college", is_active=True).order_by("slug"))


def _without_college(_context: Context) -> NotApplicable | None:
    return None if _colleges() else NotApplicable("No college is kept in this installation.")


@register_item(
    id="COL-API-01",
    profile="college",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    timeout=timedelta(seconds=60),
    title="Student, cashier and public admissions operations are complete",
    how="The description of the API is read for each audience; in a made-up college every operation is called by "
    "somebody of its audience and by a professor: the first is never refused for want of a right and no operation "
    "fails, the second is refused.",
    remedy="Run `rollbook migrate` so that roles hold their rights; an operation that is missing comes back with the "
    "version that has it.",
    evidence=("student", "cashier", "public"),
    applies=_without_college,
)
def operations_are_complete(_context: Context) -> Outcome:
    college = Organisation.objects.create(
        slug=f"marker-{uuid4().hex[:12]}", name="Marker", system="college", currency="PHP", timezone="Asia/Manila"
    )
    with tenant_scope(college.pk):
        person_id = a_student("990001").person_id
    stranger = _signed_in(college, STRANGER)
    found: list[str] = []
    counts: dict[str, Any] = {}
    for audience in AUDIENCES:
        ways = _ways(audience)
        counts[audience.name] = len(ways)
        if len(ways) < audience.least:
            found.append(f"{audience.name}: {len(ways)} operations, at least {audience.least} are needed")
        own = person_id if audience.role == roles.STUDENT else None
        visitor = _signed_in(college, audience.role, own) if audience.role else Visitor()
        for method, path in ways:
            found += _tried(audience, method, path, visitor, stranger)
    return none_found(found, examined=sum(counts.values()), what="operations that are not right", **counts)


def _signed_in(college: Organisation, role: str, person_id: UUID | None = None) -> Visitor:
    visitor = Visitor()
    sign_in(visitor, a_member(college, role, person_id=person_id))
    return visitor


def _ways(audience: Audience) -> list[tuple[str, str]]:
    """The operations of an audience: where they begin, and what its role may do."""
    from rollbook.site.api import api

    held = register.permissions_of(audience.role) if audience.role else frozenset({PUBLIC})
    return [
        (method.upper(), path)
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
        if path.startswith(audience.prefixes) and isinstance(operation, dict) and operation.get("x-permission") in held
    ]


def _tried(audience: Audience, method: str, path: str, right: Visitor, wrong: Visitor) -> list[str]:
    named = f"{method} {path.removeprefix(BASE)}"
    answer = _ask(right, method, path)
    if answer in {401, 405} or answer >= 500 or (answer == 403 and audience.role):
        return [f"{named} answers {answer} to the {audience.name}"]
    if audience.role and (refused := _ask(wrong, method, path)) not in {401, 403, 404}:
        return [f"{named} answers {refused} to a professor"]
    return []


def _ask(visitor: Visitor, method: str, path: str) -> int:
    filled = re.sub(r"\{[^}]+\}", lambda _match: str(new_id()), path)
    body: dict[str, Any] = {} if method == "GET" else {"data": "{}", "content_type": "application/json"}
    return int(visitor.generic(method, filled, HTTP_IDEMPOTENCY_KEY=str(new_id()), **body).status_code)


@register_item(
    id="COL-DB-01",
    profile="college",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="College records and relations are complete",
    how="The kinds of records that a college keeps are held against the catalogue of PostgreSQL: each has its table, an "
    "index that begins with the organisation and rules on its fields; no reference to a person, a student, a grade or "
    "a payment lets a delete go through.",
    remedy="Run `rollbook migrate`; a reference made by hand is made again without ON DELETE.",
    evidence=("record_types",),
    applies=_without_college,
)
def records_are_complete(_context: Context) -> Outcome:
    tables: dict[str, str] = {}
    found: list[str] = []
    for label in RECORD_TYPES:
        try:
            model = apps.get_model(label)
        except LookupError:
            found.append(f"{label} is not kept")
            continue
        if not issubclass(model, TenantModel):
            found.append(f"{label} belongs to no organisation")
        tables[model._meta.db_table] = label
    names = sorted(tables)
    standing = {row[0] for row in select("SELECT c.relname FROM pg_class c WHERE c.relname = ANY (%s)", [names])}
    indexed, checked = ({row[0] for row in select(statement, [names])} for statement in (INDEXED, CHECKED))
    found += [f"{name} has no table" for name in names if name not in standing]
    found += [f"{name} has no index that begins with the organisation" for name in names if name not in indexed]
    found += [f"{name} has no rule on its fields" for name in names if name not in checked]
    found += [f"{name} lets a delete of {kept} go through" for name, kept in select(CASCADES, [list(KEPT)])]
    return none_found(
        found, examined=len(RECORD_TYPES), what="records or relations that are not complete",
        record_types=len(RECORD_TYPES),
    )  # fmt: skip


@register_item(
    id="COL-JOB-01",
    profile="college",
    stages=("PRE", "H"),
    severity=Severity.BLOCKER,
    title="College scheduled work runs",
    how="For every college the last success of receipts, gateway, permits, incompletes, reminders, overdue promises and "
    "averages is looked up; each is recent, and a unit of work takes less than a second in 95 of 100 runs.",
    remedy="Look at the job in the job monitor; start the worker (`rollbook up`), or run it by hand once.",
    evidence=("jobs", "slowest_ms"),
    applies=_without_college,
)
def scheduled_work_runs(context: Context) -> Outcome:
    found: list[str] = []
    colleges = _colleges()
    slowest = 0
    for name, span in CORE_JOBS.items():
        runs = JobRun.objects.filter(job=name, outcome=JobRun.Outcome.SUCCEEDED, ended_at__gt=context.now - span)
        done = set(runs.values_list("for_organisation", flat=True))
        found += [f"{name} of {college.slug} has no success" for college in colleges if college.pk not in done]
        times = sorted(
            duration // max(units, 1) for duration, units in runs.values_list("duration_ms", "units_done")[:5000]
        )
        if times:
            slowest = max(slowest, times[(len(times) * 95 - 1) // 100])
    if slowest >= SLOWEST_MS:
        found.append(f"a unit of work takes {slowest} ms")
    return none_found(
        found, examined=len(CORE_JOBS) * len(colleges), what="scheduled work that does not run", jobs=sorted(CORE_JOBS),
        slowest_ms=slowest,
    )  # fmt: skip


#: What the drill has to have been: so many at once for so many seats, and so many after them.
DRILL_STUDENTS, DRILL_SEATS, DRILL_STEADY = 1_000, 40, 100
DRILL_LASTS = timedelta(days=31)


def _not_the_drill(kept: seats.Kept, now: datetime) -> list[str]:
    """Why a drill that was run says nothing about this installation."""
    measures, found = kept.measures, []
    if measures.students < DRILL_STUDENTS or measures.seats > DRILL_SEATS or measures.steady_asked < DRILL_STEADY:
        found.append(
            f"the drill was {measures.students} students for {measures.seats} seats and {measures.steady_asked} after "
            f"them; {DRILL_STUDENTS}, {DRILL_SEATS} and {DRILL_STEADY} are asked for"
        )
    if kept.at < now - DRILL_LASTS:
        found.append(f"the drill was on {kept.at:%Y-%m-%d}, more than {DRILL_LASTS.days} days ago")
    if kept.software != artefact_digest():
        found.append("the drill was run with another version of the software")
    return found


@register_item(
    id="COL-ENR-02",
    profile="college",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    kind=Kind.DRILL,
    title="Seats cannot be oversold",
    how="The last drill is read: in a scratch installation of this version 1,000 students asked at the same moment for 40 "
    "seats, and 50 a minute followed. Exactly 40 sit, no rule of enrolment is broken, and 95 of 100 of those who "
    "followed were answered within 300 ms.",
    remedy="Run `rollbook drill seats` on a machine like the one that will serve; it takes some minutes and touches nothing "
    "of this installation.",
    evidence=("students", "seats", "taken", "p95_ms", "drilled_on"),
    applies=_without_college,
)
def seats_cannot_be_oversold(context: Context) -> Outcome:
    kept = seats.last_of(configuration().home)
    if kept is None:
        return Outcome(State.FAIL, "The drill of seats was never run here.", limit="= 40")
    measures = kept.measures
    return none_found(
        seats.faults(measures) + _not_the_drill(kept, context.now), examined=measures.students + measures.steady_asked,
        what="faults of the drill of seats", students=measures.students, seats=measures.seats, taken=measures.taken,
        p95_ms=measures.p95_ms, drilled_on=f"{kept.at:%Y-%m-%d}",
    )  # fmt: skip
