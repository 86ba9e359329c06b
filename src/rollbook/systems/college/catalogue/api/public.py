"""What anybody may know of an institution's programmes. The same for everybody, so it may be kept for a while."""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Schema

from rollbook.core.api.routing import PUBLIC, Router
from rollbook.core.errors import NotFound
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_by_slug
from rollbook.systems.college.catalogue import selectors
from rollbook.systems.college.catalogue.errors import CurriculumNotFound, ProgrammeNotFound
from rollbook.systems.college.catalogue.models import CurriculumEntry
from rollbook.systems.college.catalogue.prerequisites import write

router = Router(tags=["College, for anybody"])

#: How long an answer may be kept by whoever asked, and by what stands between.
KEPT_SECONDS = 300


class PublicProgrammeOut(Schema):
    """A programme that takes new students."""

    id: UUID
    code: str
    name: str
    department: str
    level: str
    duration_years: int
    total_units_required: int


class PublicSubjectOut(Schema):
    """A subject at its place in the curriculum."""

    code: str
    title: str
    units: Decimal
    lecture_units: Decimal
    lab_units: Decimal
    category: str
    elective_group: str
    prerequisites: str


class PublicTermOut(Schema):
    """A term of the curriculum."""

    year_level: int
    semester: str
    units: Decimal
    subjects: list[PublicSubjectOut]


class PublicCurriculumOut(Schema):
    """What somebody who begins now will study."""

    programme: PublicProgrammeOut
    name: str
    effective_academic_year: str
    total_units: Decimal
    terms: list[PublicTermOut]


@router.get("/public/programs", permission=PUBLIC, response={200: list[PublicProgrammeOut], 304: None})
def public_programs(request: HttpRequest, institution: Query[str]) -> HttpResponse:
    """The programmes that take new students."""
    fields = tuple(PublicProgrammeOut.model_fields)
    return _kept(request, institution, lambda: list(selectors.open_programmes().order_by("code").values(*fields)))


@router.get(
    "/public/programs/{uuid:programme_id}/curriculum",
    permission=PUBLIC,
    response={200: PublicCurriculumOut, 304: None},
)
def public_curriculum(request: HttpRequest, programme_id: Path[UUID], institution: Query[str]) -> HttpResponse:
    """The curriculum that new students follow, by year and semester."""
    return _kept(request, institution, lambda: _curriculum(programme_id))


def _kept(request: HttpRequest, institution: str, read: Callable[[], Any]) -> HttpResponse:
    """An answer that may be kept; who has the same one already gets no body."""
    facts = organisation_by_slug(institution)
    if facts.system != Organisation.System.COLLEGE:
        raise NotFound
    with tenant_scope(facts.id):
        body = json.dumps(read(), cls=DjangoJSONEncoder).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match", "") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


def _curriculum(programme_id: UUID) -> dict[str, Any]:
    fields = tuple(PublicProgrammeOut.model_fields)
    programme = selectors.open_programmes().filter(id=programme_id).values(*fields).first()
    if programme is None:
        raise ProgrammeNotFound
    curriculum = selectors.curriculum_for_new_students(programme_id)
    if curriculum is None:
        raise CurriculumNotFound
    entries = selectors.entries_of(curriculum.id)
    rules, plan = selectors.rules_for(curriculum.id), selectors.plan_from(entries)
    codes = selectors.codes_of({subject for tree in rules.values() for subject in selectors.named_in(tree)})
    terms: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for entry in entries:
        shown = _subject(entry) | {"prerequisites": write(rules.get(entry.subject_id), codes)}
        terms.setdefault((entry.year_level, entry.semester), []).append(shown)
    return {
        "programme": programme,
        "name": curriculum.name,
        "effective_academic_year": curriculum.effective_academic_year,
        "total_units": plan.total_units,
        "terms": [
            {"year_level": year, "semester": semester, "units": plan.units_at(year, semester), "subjects": subjects}
            for (year, semester), subjects in terms.items()
        ],
    }


def _subject(entry: CurriculumEntry) -> dict[str, Any]:
    subject = entry.subject
    return {
        "code": subject.code,
        "title": subject.title,
        "units": subject.units,
        "lecture_units": subject.lecture_units,
        "lab_units": subject.lab_units,
        "category": entry.effective_category,
        "elective_group": entry.elective_group,
    }
