"""The drill `seats`: far more students than seats ask for one class at the same moment, then a steady stream follows.

Passed when exactly as many sit in the class as it has seats, no rule of enrolment was broken, and of the steady stream
95 in 100 are answered within the limit. Run as a module inside a scratch installation: see `scratch.run_in_scratch`.
What was measured is written as JSON; the launch checklist reads it (COL-ENR-02).
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from rollbook.site.configuration import configuration
from rollbook.site.rehearsal.counter import CSRF

if TYPE_CHECKING:
    from rollbook.core.tenancy.models import Organisation

SEATS = 40
PER_MINUTE = 50
SLOWEST_MS = 300
PATIENCE_SECONDS = 300.0
#: Enrolled, refused, and asked to come again in a moment.
ENROLLED, REFUSED, BUSY = "201", "409", "503"
MOST_TRIES = 20

#: How often each rule of enrolment is broken in an organisation; all of them have to be 0.
BREACHES = {
    "classes with more students than seats": """
        SELECT count(*) FROM (
            SELECT x.section_id FROM college_enrolment_subjectenrolment x
              JOIN college_scheduling_section s ON s.organisation_id = x.organisation_id AND s.id = x.section_id
             WHERE x.organisation_id = %(organisation)s AND x.state IN ('ENROLLED', 'RESERVED', 'OFFERED')
             GROUP BY x.section_id, s.capacity HAVING count(*) > s.capacity) v""",
    "students above their units": """
        SELECT count(*) FROM (
            SELECT e.id FROM college_enrolment_termenrolment e
              JOIN college_enrolment_subjectenrolment x ON x.organisation_id = e.organisation_id
               AND x.term_enrolment_id = e.id AND x.state IN ('ENROLLED', 'RESERVED')
             WHERE e.organisation_id = %(organisation)s
             GROUP BY e.id, e.max_units HAVING sum(x.units) > e.max_units) v""",
    "subjects taken twice in a term": """
        SELECT count(*) FROM (
            SELECT 1 FROM college_enrolment_subjectenrolment x
             WHERE x.organisation_id = %(organisation)s AND x.state = 'ENROLLED'
             GROUP BY x.term_enrolment_id, x.subject_id HAVING count(*) > 1) v""",
}


@dataclass(slots=True)
class Measures:
    """What the drill saw."""

    students: int
    seats: int
    #: Who sits in the class afterwards, by the rows.
    taken: int = 0
    #: HTTP statuses of those who asked at once, and of the steady stream.
    at_once: dict[str, int] = field(default_factory=dict)
    steady: dict[str, int] = field(default_factory=dict)
    steady_asked: int = 0
    p95_ms: int = 0
    breaches: dict[str, int] = field(default_factory=dict)


def faults(measures: Measures) -> list[str]:
    """What of the measured is not as it has to be."""
    wanted = min(measures.seats, measures.students)
    found = [] if measures.taken == wanted else [f"{measures.taken} sit on {wanted} seats"]
    found += [f"{count} {what}" for what, count in measures.breaches.items() if count]
    errors = sum(
        count
        for answers in (measures.at_once, measures.steady)
        for status, count in answers.items()
        if status not in (ENROLLED, REFUSED)
    )
    if errors:
        found.append(f"{errors} answers that are no answer")
    steady = measures.steady.get(ENROLLED, 0)
    if steady != measures.steady_asked:
        found.append(f"{steady} of {measures.steady_asked} were enrolled in the steady stream")
    if measures.p95_ms >= SLOWEST_MS:
        found.append(f"95 of 100 are answered within {measures.p95_ms} ms, not within {SLOWEST_MS}")
    return found


@dataclass(frozen=True, slots=True)
class Campus:
    """Who takes part, and the two classes."""

    organisation_id: UUID
    #: Cookie and term enrolment of each student.
    students: list[tuple[str, str]]
    #: (subject, section) of the class that everybody wants, and of the one with room for all.
    wanted: tuple[str, str]
    roomy: tuple[str, str]


def open_college() -> "Organisation":
    """The college of the drill."""
    from rollbook.core.tenancy.models import Organisation
    from rollbook.site.organisations import create_organisation

    organisation_id = create_organisation(
        slug="seats", name="Seats College", system="college", currency="PHP", timezone="Asia/Manila"
    )
    return Organisation.objects.get(id=organisation_id)


def open_campus(organisation: "Organisation", count: int, seats: int) -> Campus:
    """The first day of enrolment of a college, everybody signed in."""
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.systems.college.enrolment.examples import a_class, a_taker, subjects, the_curriculum

    with tenant_scope(organisation.pk):
        wanted, roomy = subjects("WANTED 1", "ROOMY 1")
        the_curriculum()
        few = a_class(wanted, "S0", hours=(1, "08:00", "09:00"), capacity=seats)
        many = a_class(roomy, "S0", hours=(2, "08:00", "09:00"), capacity=1_000)
        places = [a_taker(f"S{number:05d}") for number in range(count)]
        people = [(place.student.person_id, place.id) for place in places]
    students = signed_in(organisation, people)
    return Campus(organisation.pk, students, (str(wanted.id), str(few.id)), (str(roomy.id), str(many.id)))


def signed_in(organisation: "Organisation", people: Sequence[tuple[UUID, UUID]]) -> list[tuple[str, str]]:
    """Cookie and term enrolment of each student, once every one of these people has a session of their own."""
    from django.conf import settings
    from django.test import Client

    from rollbook.core.identity.examples import a_member, sign_in

    students = []
    for person_id, place_id in people:
        client = Client()
        sign_in(client, a_member(organisation, "student", name="Student", person_id=person_id))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        students.append((cookie, str(place_id)))
    return students


def request_of(port: int, student: tuple[str, str], item: tuple[str, str]) -> bytes:
    """The whole request with which a student asks for one class."""
    from rollbook.core.ids import new_id

    cookie, place = student
    body = json.dumps({"items": [{"subject_id": item[0], "section_id": item[1]}]}).encode()
    head = (
        f"POST /api/v1/college/me/term-enrolments/{place}/enrol HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Cookie: {cookie}\r\nX-CSRFToken: {CSRF}\r\nIdempotency-Key: {new_id()}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request was answered, and in how many milliseconds."""

    status: str
    took_ms: float
    said: str = ""


async def ask(port: int, request: bytes, begin: asyncio.Event | None = None) -> Answer:
    """Send one request over a connection of its own, once it begins."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            if begin is not None:
                await begin.wait()
            started = time.perf_counter()
            writer.write(request)
            whole = await reader.read()
            took = (time.perf_counter() - started) * 1000
            writer.close()
            return Answer(whole.split(b" ", 2)[1].decode(), took, whole[-300:].decode(errors="replace"))
    except (OSError, IndexError, TimeoutError) as failure:
        return Answer(type(failure).__name__, PATIENCE_SECONDS * 1000, str(failure))


async def ask_again(port: int, request: bytes, begin: asyncio.Event) -> Answer:
    """As `ask`; whoever is told that the house is busy sends the same again after two seconds, as a browser does."""
    answer = await ask(port, request, begin)
    for _try in range(MOST_TRIES):
        if answer.status != BUSY:
            break
        await asyncio.sleep(2.0)
        answer = await ask(port, request)
    return answer


async def at_once(port: int, campus: Campus) -> list[Answer]:
    """Everybody asks for the same class at the same moment."""
    begin = asyncio.Event()
    asking = [
        asyncio.create_task(ask_again(port, request_of(port, student, campus.wanted), begin))
        for student in campus.students
    ]
    await asyncio.sleep(2.0)
    begin.set()
    return list(await asyncio.gather(*asking))


async def steadily(port: int, campus: Campus, count: int) -> list[Answer]:
    """So many ask for the class with room one after the other, fifty a minute."""
    asking = []
    for student in campus.students[:count]:
        asking.append(asyncio.create_task(ask(port, request_of(port, student, campus.roomy))))
        await asyncio.sleep(60 / PER_MINUTE)
    return list(await asyncio.gather(*asking))


def slowest_of_most(answers: Sequence[Answer]) -> int:
    """Within how many milliseconds 95 of 100 were answered."""
    times = sorted(answer.took_ms for answer in answers)
    return round(times[(len(times) * 95 - 1) // 100]) if times else 0


def strange(answers: Sequence[Answer]) -> list[str]:
    """The first answers that are none, for whoever has to find out why."""
    found = [f"{one.status}: {one.said}" for one in answers if one.status not in (ENROLLED, REFUSED)]
    return list(dict.fromkeys(found))[:3]


def look(campus: Campus, measures: Measures) -> None:
    """Read from the rows who sits where, and whether a rule was broken."""
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.systems.college.enrolment.models import SubjectEnrolment

    with tenant_scope(campus.organisation_id):
        seated = SubjectEnrolment.objects.filter(section=UUID(campus.wanted[1]), state__in=SubjectEnrolment.SEATED)
        measures.taken = seated.count()
        measures.breaches = breaches(campus.organisation_id)


def breaches(organisation_id: UUID) -> dict[str, int]:
    """How often each rule is broken in the organisation in scope."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for name, statement in BREACHES.items():
            cursor.execute(statement, {"organisation": organisation_id})
            found[name] = int(cursor.fetchone()[0])
    return found


def drill(students: int, seats: int, steady: int, written: Path | None) -> int:
    """Run the drill, print what came out and write it down; answers the exit code."""
    import django

    from rollbook.site.runtime import starting

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, students + 500)), hard))
    config = configuration()
    starting.prepare(config)
    django.setup()
    campus = open_campus(open_college(), students, seats)
    starting.start_and_wait(config)
    measures = Measures(students, seats, steady_asked=steady)
    first = asyncio.run(at_once(config.port, campus))
    later = asyncio.run(steadily(config.port, campus, steady))
    measures.at_once = dict(Counter(answer.status for answer in first))
    measures.steady = dict(Counter(answer.status for answer in later))
    measures.p95_ms = slowest_of_most(later)
    look(campus, measures)
    print(*strange([*first, *later]), sep="\n", end="")
    if written is not None:
        written.write_text(json.dumps(asdict(measures)), encoding="utf-8")
    return say(measures)


def say(measures: Measures) -> int:
    """Print the drill's result; 1 when something is not as it has to be."""
    print(f"{measures.students} students at once for {measures.seats} seats: {measures.taken} sit. {measures.at_once}")
    print(f"{measures.steady_asked} at {PER_MINUTE} a minute: 95 % within {measures.p95_ms} ms. {measures.steady}")
    found = faults(measures)
    for fault in found:
        print(f"  {fault}")
    return 1 if found else 0


@dataclass(frozen=True, slots=True)
class Kept:
    """The result of the last drill of this installation: what was measured, when, and with which software."""

    measures: Measures
    at: datetime
    software: str


def place_of(home: Path) -> Path:
    """Where an installation keeps the result of its last drill."""
    return home / "drills" / "seats.json"


def keep_of(home: Path, measures: str) -> None:
    """Keep what a drill measured beside this installation, for the checklist."""
    from rollbook.core import clock
    from rollbook.shared.launch.artefact import artefact_digest

    place = place_of(home)
    place.parent.mkdir(parents=True, exist_ok=True)
    kept = {"at": clock.now().isoformat(), "software": artefact_digest(), "measures": json.loads(measures)}
    place.write_text(json.dumps(kept), encoding="utf-8")


def last_of(home: Path) -> Kept | None:
    """The result of the last drill; None before the first."""
    place = place_of(home)
    if not place.exists():
        return None
    kept = json.loads(place.read_text(encoding="utf-8"))
    return Kept(Measures(**kept["measures"]), datetime.fromisoformat(kept["at"]), str(kept["software"]))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollbook.site.settings")
    sys.exit(drill(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]) if sys.argv[4:] else None))
