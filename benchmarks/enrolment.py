"""Enrolment week: a thousand students at once for classes of 40 seats, and the rate of single acts beside SQL by hand.

    python -m benchmarks enrolment --students 1000

First every student takes up one class after the other through eight connections, in turns with the same locks and the
same insert by hand; then a thousand connections ask at the same moment for what is left, whole carts at a time. After
that no class may have more students than seats, nobody more units than allowed, two classes at one hour, or a subject
whose prerequisite is not met. It runs in a scratch installation that is removed again.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import psycopg

from benchmarks import report
from benchmarks.installation import Installation, running
from benchmarks.load import Seen, apply_load
from rollbook.site.rehearsal.counter import CSRF
from rollbook.site.rehearsal.seats import BREACHES, signed_in

SEATS = 40
SUBJECTS = 6
SECTIONS = 20
#: Nobody passed what it asks for.
LOCKED = "ADV 900"
CLIENTS = 8
LEAST_RATIO = 0.15

TABLES = """
CREATE SCHEMA week;
GRANT USAGE ON SCHEMA week TO {role};
CREATE TABLE week.place (id uuid PRIMARY KEY, max_units numeric NOT NULL);
CREATE TABLE week.section (id uuid PRIMARY KEY, subject int NOT NULL, capacity int NOT NULL);
CREATE TABLE week.taken (
    id uuid PRIMARY KEY, place_id uuid NOT NULL REFERENCES week.place, section_id uuid NOT NULL REFERENCES week.section,
    subject int NOT NULL, units numeric NOT NULL, state text NOT NULL, UNIQUE (place_id, subject));
CREATE INDEX ON week.taken (section_id);
CREATE TABLE week.audit (id uuid PRIMARY KEY, at timestamptz NOT NULL, place_id uuid NOT NULL, facts jsonb NOT NULL);
INSERT INTO week.place SELECT gen_random_uuid(), 30 FROM generate_series(1, {students});
INSERT INTO week.section SELECT gen_random_uuid(), s, {seats} FROM generate_series(1, {subjects}) s,
       generate_series(1, {sections});
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA week TO {role};
ANALYZE week.place, week.section;
"""
LOCK_PLACE = "SELECT max_units FROM week.place WHERE id = %s FOR UPDATE"
LOCK_SECTION = "SELECT capacity FROM week.section WHERE id = %s FOR UPDATE"
LOOK = """
SELECT (SELECT count(*) FROM week.taken WHERE section_id = %s),
       (SELECT coalesce(sum(units), 0) FROM week.taken WHERE place_id = %s)
"""
TAKE = "INSERT INTO week.taken VALUES (%s, %s, %s, %s, 3, 'ENROLLED')"
NOTE = "INSERT INTO week.audit VALUES (%s, now(), %s, %s)"

VIOLATIONS = BREACHES | {
    "students in two classes at one hour": """
        SELECT count(*) FROM college_enrolment_subjectenrolment x
          JOIN college_enrolment_subjectenrolment y ON y.organisation_id = x.organisation_id
           AND y.term_enrolment_id = x.term_enrolment_id AND y.id > x.id AND y.state = 'ENROLLED'
          JOIN college_scheduling_meeting m ON m.organisation_id = x.organisation_id AND m.section_id = x.section_id
          JOIN college_scheduling_meeting n ON n.organisation_id = y.organisation_id AND n.section_id = y.section_id
           AND n.weekday = m.weekday AND n.start_min < m.end_min AND m.start_min < n.end_min
         WHERE x.organisation_id = %(organisation)s AND x.state = 'ENROLLED'""",
    "subjects without their prerequisite": """
        SELECT count(*) FROM college_enrolment_subjectenrolment x
          JOIN college_catalogue_subject b ON b.organisation_id = x.organisation_id AND b.id = x.subject_id
         WHERE x.organisation_id = %(organisation)s AND x.state = 'ENROLLED' AND b.code = %(locked)s""",
}


@dataclass(frozen=True, slots=True)
class Week:
    """The college: who takes part, and what there is to take."""

    organisation_id: UUID
    #: Cookie and term enrolment of each student.
    students: list[tuple[str, str]]
    #: For each subject its id and the ids of its classes.
    subjects: list[tuple[str, list[str]]]
    #: The subject whose prerequisite nobody has, and its class.
    locked: tuple[str, str]


def open_week(count: int) -> Week:
    """A college on the first day of enrolment."""
    from rollbook.core.tenancy.models import Organisation
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.site.organisations import create_organisation
    from rollbook.systems.college.catalogue.examples import a_prerequisite
    from rollbook.systems.college.enrolment.examples import a_class, a_taker, subjects, the_curriculum

    organisation_id = create_organisation(
        slug="week", name="Week College", system="college", currency="PHP", timezone="Asia/Manila"
    )
    organisation = Organisation.objects.get(id=organisation_id)
    with tenant_scope(organisation_id):
        names = [f"SUB {number}" for number in range(SUBJECTS)]
        found = subjects(*names, "BASE 100", LOCKED)
        a_prerequisite(found[-1], "BASE 100")
        the_curriculum()
        # Classes of the same place in the list meet at the same hour: two of them are never possible together.
        offered = [
            (str(subject.id), [str(a_class(subject, f"S{place}", hours=_hours(column, place), capacity=SEATS).id)
                               for place in range(SECTIONS)])
            for column, subject in enumerate(found[:SUBJECTS])
        ]  # fmt: skip
        locked = (str(found[-1].id), str(a_class(found[-1], "S0", capacity=SEATS).id))
        places = [a_taker(f"W{number:05d}", max_units=15) for number in range(count)]
        people = [(place.student.person_id, place.id) for place in places]
    return Week(organisation_id, signed_in(organisation, people), offered, locked)


def _hours(column: int, place: int) -> tuple[int, str, str]:
    hour = 7 + (place + column) % 12
    return 1 + (place + column) // 12 % 5, f"{hour:02d}:00", f"{hour:02d}:50"


def request_of(week: Week, port: int, student: int, items: list[tuple[str, str]]) -> tuple[str, str]:
    """The head and the body with which a student asks for classes; what is possible is taken."""
    cookie, place = week.students[student]
    head = (
        f"POST /api/v1/college/me/term-enrolments/{place}/enrol HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Cookie: {cookie}\r\nX-CSRFToken: {CSRF}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
    )
    cart = [{"subject_id": subject, "section_id": section} for subject, section in items]
    return head, json.dumps({"items": cart, "partial": True})


def one_by_one(week: Week, port: int, part: int, parts: int) -> Seen:
    """Eight connections through which students take up one class after the other."""
    clients: list[list[tuple[str, str]]] = [[] for _ in range(CLIENTS)]
    for student in range(part, len(week.students), parts):
        for column, (subject, classes) in enumerate(week.subjects[:2]):
            section = classes[(student // SEATS + column) % SECTIONS]
            clients[student // parts % CLIENTS].append(request_of(week, port, student, [(subject, section)]))
    return apply_load(port, [{"requests": requests} for requests in clients], 0)


def all_at_once(week: Week, port: int) -> Seen:
    """Everybody at the same moment, with a cart in which something is wrong for nearly everybody."""
    clients = []
    for student in range(len(week.students)):
        # Far more want the early classes than there are seats.
        cart = [(subject, classes[student % 5]) for subject, classes in week.subjects[2:]]
        clients.append({"requests": [request_of(week, port, student, [*cart, week.locked])]})
    return apply_load(port, clients, 0)


def by_hand(place: dict[str, Any], students: int, number: int, part: int, parts: int) -> tuple[int, float]:
    """One client by hand: how many classes were taken, and in what time."""
    with psycopg.connect(**place, prepare_threshold=0) as connection:
        places = [row[0] for row in connection.execute("SELECT id FROM week.place ORDER BY id").fetchall()]
        classes = [
            [row[0] for row in connection.execute("SELECT id FROM week.section WHERE subject = %s ORDER BY id", [one])]
            for one in (1, 2)
        ]
        connection.commit()
        mine = [student for student in range(part, students, parts) if student // parts % CLIENTS == number]
        print("ready", flush=True)
        sys.stdin.readline()
        begin = time.perf_counter()
        for student in mine:
            for column, sections in enumerate(classes):
                _take(connection, places[student], sections[(student // SEATS + column) % SECTIONS], column + 1)
        return 2 * len(mine), time.perf_counter() - begin


def _take(connection: "psycopg.Connection[Any]", place: UUID, section: UUID, subject: int) -> None:
    connection.execute(LOCK_PLACE, [place])
    connection.execute(LOCK_SECTION, [section])
    connection.execute(LOOK, [section, place])
    connection.execute(TAKE, [uuid4(), place, section, subject])
    connection.execute(NOTE, [uuid4(), place, json.dumps({"section": str(section)})])
    connection.commit()


def hand_rate(installation: Installation, students: int, part: int, parts: int) -> float:
    """Classes in a second by eight clients by hand."""
    running_ones = []
    for number in range(CLIENTS):
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.enrolment", "--hand"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        plan = {"place": installation.place(), "students": students, "number": number, "part": part, "parts": parts}
        print(json.dumps(plan), file=process.stdin, flush=True)
        running_ones.append(process)
    if any(process.stdout is None or process.stdout.readline() != "ready\n" for process in running_ones):
        raise RuntimeError("A hand-written client did not start.")
    begin = time.perf_counter()
    for process in running_ones:
        print("go", file=process.stdin, flush=True)
    taken = sum(int(json.loads(process.communicate()[0])[0]) for process in running_ones)
    return taken / (time.perf_counter() - begin)


def violations(week: Week) -> dict[str, int]:
    """How often each wall was broken."""
    from django.db import connection

    from rollbook.core.tenancy.scope import tenant_scope

    with tenant_scope(week.organisation_id), connection.cursor() as cursor:
        found = {}
        for name, statement in VIOLATIONS.items():
            cursor.execute(statement, {"organisation": week.organisation_id, "locked": LOCKED})
            found[name] = int(cursor.fetchone()[0])
        return found


def taken(week: Week) -> dict[str, int]:
    """How many classes stand in which state."""
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.systems.college.enrolment.models import SubjectEnrolment

    with tenant_scope(week.organisation_id):
        return dict(Counter(SubjectEnrolment.objects.values_list("state", flat=True)))


def measure(students: int, rounds: int) -> int:
    """Run everything and say what came out; 1 when a wall was broken or the ratio is too small."""
    with running() as installation:
        week = open_week(students)
        with psycopg.connect(**installation.owner(), autocommit=True) as connection:
            role = installation.configuration.database_app_role
            connection.execute(
                TABLES.format(role=role, students=students, seats=SEATS, subjects=SUBJECTS, sections=SECTIONS)
            )
        ours, hand, failures = [], [], Counter[str]()
        for part in range(rounds):
            seen = one_by_one(week, installation.port, part, rounds)
            hand.append(hand_rate(installation, students, part, rounds))
            ours.append(seen)
            failures.update(seen.statuses)
            print(
                f"  round {part + 1} of {rounds}: {seen.rate:.0f} classes/s, 95 % within {seen.slow_ms:.0f} ms, "
                f"by hand {hand[-1]:.0f}/s", flush=True,
            )  # fmt: skip
        storm = all_at_once(week, installation.port)
        broken, states = violations(week), taken(week)
    ratio = sum(seen.rate for seen in ours) / sum(hand)
    errors = sum(count for status, count in (failures + Counter(storm.statuses)).items() if status >= "500")
    text = "\n".join(
        [
            "## Enrolment week",
            "",
            f"{datetime.now(UTC):%d %B %Y}: {students:,} students, {SUBJECTS} subjects with {SECTIONS} classes of "
            f"{SEATS} seats each. One class after the other through {CLIENTS} connections: "
            f"{median(seen.rate for seen in ours):,.0f} classes/s, 95 % within "
            f"{median(seen.slow_ms for seen in ours):.0f} ms; by hand {median(hand):,.0f}/s; **ratio {ratio:.2f}** "
            f"(at least {LEAST_RATIO}).",
            "",
            f"All at once, each with a cart of five: {storm.seconds:.1f} s, median {storm.median_ms:,.0f} ms, "
            f"95 % within {storm.slow_ms:,.0f} ms; answers {storm.statuses}; server errors {errors}. "
            f"Classes afterwards: {states}.",
            "",
            "| wall | broken |",
            "|---|---|",
            *(f"| {name} | {times} |" for name, times in broken.items()),
        ]
    )
    print(text)
    report.write(text, name="enrolment week")
    return int(ratio < LEAST_RATIO or errors > 0 or any(broken.values()))


def main() -> int:
    """The measurement, or one client by hand of it."""
    if sys.argv[1:] == ["--hand"]:
        print(json.dumps(by_hand(**json.loads(sys.stdin.readline()))))
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks enrolment")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="turns of ours and by hand (default: 3)")
    arguments = parser.parse_args()
    return measure(arguments.students, arguments.rounds)


if __name__ == "__main__":
    sys.exit(main())
