"""Subjects, what must come before them and what stands for them, over JSON."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.models import Equivalency, PrerequisiteRule, Subject
from rollbook.systems.college.catalogue.prerequisites import parse, write
from rollbook.systems.college.schemas import UNCHANGED, Body

router = Router(tags=["College subjects"])

Category = Literal["MAJOR", "MINOR", "ELECTIVE"]
GradingBasis = Literal["NUMERIC", "PASS_FAIL"]

_SUBJECT = (
    "id", "code", "title", "description", "lecture_units", "lab_units", "category", "hours_per_week", "is_practicum",
    "is_credit", "counts_in_gpa", "grading_basis", "allows_several_sections", "tags", "replaces_id", "is_active",
    "version",
)  # fmt: skip


class SubjectOut(Schema):
    """A subject."""

    id: UUID
    code: str
    title: str
    description: str
    lecture_units: Decimal
    lab_units: Decimal
    category: Category
    hours_per_week: Decimal
    is_practicum: bool
    is_credit: bool
    counts_in_gpa: bool
    grading_basis: GradingBasis
    allows_several_sections: bool
    tags: list[str]
    replaces_id: UUID | None
    is_active: bool
    version: int


class SubjectChange(Body):
    """What of a subject may be changed; units, category and grading only while nothing rests on them."""

    title: str = Field(UNCHANGED, min_length=1, max_length=160)
    description: str = Field(UNCHANGED, max_length=4000)
    lecture_units: Decimal = Field(UNCHANGED, ge=0, le=10, decimal_places=1, allow_inf_nan=False)
    lab_units: Decimal = Field(UNCHANGED, ge=0, le=10, decimal_places=1, allow_inf_nan=False)
    category: Category = UNCHANGED
    hours_per_week: Decimal = Field(UNCHANGED, ge=0, le=60, decimal_places=1, allow_inf_nan=False)
    is_practicum: bool = UNCHANGED
    is_credit: bool = UNCHANGED
    counts_in_gpa: bool = UNCHANGED
    grading_basis: GradingBasis = UNCHANGED
    allows_several_sections: bool = UNCHANGED
    tags: list[str] = Field(UNCHANGED, max_length=12)
    is_active: bool = UNCHANGED


class SubjectIn(SubjectChange):
    """A new subject."""

    code: str = Field(min_length=1, max_length=20)
    title: str = Field(min_length=1, max_length=160)
    lecture_units: Decimal = Field(ge=0, le=10, decimal_places=1, allow_inf_nan=False)


class NewVersionIn(SubjectChange):
    """A subject that follows another one; what is left out stays as it was."""

    code: str = Field(min_length=1, max_length=20)


class PrerequisitesOut(Schema):
    """What must come before a subject, as a tree and as people write it."""

    tree: dict[str, Any] | None
    written: str
    version: int


class PrerequisitesIn(Body):
    """What must come before a subject; null asks for nothing."""

    tree: dict[str, Any] | None = Field(
        examples=[{"kind": "ALL_OF", "parts": [{"kind": "YEAR_STANDING", "year_level": 3}, {"kind": "ALL_MAJOR"}]}]
    )


class EquivalencyOut(Schema):
    """One subject that stands for another."""

    id: UUID
    subject_id: UUID
    satisfies_id: UUID
    is_two_way: bool
    effective_from: date
    effective_to: date | None
    curriculum_id: UUID | None
    reason: str


class EquivalencyIn(Body):
    """A subject that is to stand for another."""

    subject_id: UUID
    satisfies_id: UUID
    is_two_way: bool = False
    effective_from: date
    effective_to: date | None = None
    curriculum_id: UUID | None = None
    reason: str = Field("", max_length=500)


class EndIn(Body):
    """The last day on which it holds."""

    last_day: date


@router.get("/subjects", permission=permissions.VIEW_CATALOGUE, response=Page[SubjectOut], url_name="college_subjects")
def subjects(
    request: ApiRequest, page: Query[PageQuery], is_active: bool | None = None, category: Category | None = None
) -> dict[str, Any]:
    """Subjects by code."""
    rows = selectors.subjects(request.actor)
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    if category is not None:
        rows = rows.filter(category=category)
    return page_of(rows.values(*_SUBJECT), page, order=("code", "id"))


@router.post("/subjects", permission=permissions.MANAGE_SUBJECTS, response={201: SubjectOut})
def add_subject(request: ApiRequest, response: HttpResponse, body: SubjectIn) -> Status[Subject]:
    """Add a subject."""
    subject = services.add_subject(request.actor, **body.model_dump(exclude_unset=True))
    response["ETag"] = etag(subject.version)
    return Status(201, subject)


@router.get("/subjects/{uuid:subject_id}", permission=permissions.VIEW_CATALOGUE, response=SubjectOut)
def subject(request: ApiRequest, response: HttpResponse, subject_id: Path[UUID]) -> Subject:
    """One subject."""
    found = selectors.get_subject(request.actor, subject_id)
    response["ETag"] = etag(found.version)
    return found


@router.patch("/subjects/{uuid:subject_id}", permission=permissions.MANAGE_SUBJECTS, response=SubjectOut)
def change_subject(request: ApiRequest, response: HttpResponse, subject_id: Path[UUID], body: SubjectChange) -> Subject:
    """Change a subject; send If-Match with its ETag."""
    changed = services.change_subject(
        request.actor,
        subject_id=subject_id,
        expected_version=expected_version(request),
        **body.model_dump(exclude_unset=True),
    )
    response["ETag"] = etag(changed.version)
    return changed


@router.post(
    "/subjects/{uuid:subject_id}/new-version", permission=permissions.MANAGE_SUBJECTS, response={201: SubjectOut}
)
def new_version(
    request: ApiRequest, response: HttpResponse, subject_id: Path[UUID], body: NewVersionIn
) -> Status[Subject]:
    """Let a subject with other units, category or grading follow this one; each stands for the other."""
    made = services.make_new_version(
        request.actor, subject_id=subject_id, **body.model_dump(exclude_unset=True)
    )  # fmt: skip
    response["ETag"] = etag(made.version)
    return Status(201, made)


@router.get(
    "/subjects/{uuid:subject_id}/prerequisites", permission=permissions.VIEW_CATALOGUE, response=PrerequisitesOut
)
def prerequisites(request: ApiRequest, response: HttpResponse, subject_id: Path[UUID]) -> dict[str, Any]:
    """What must come before a subject wherever no curriculum says otherwise. Version 0 while nothing is asked for."""
    selectors.get_subject(request.actor, subject_id)
    return shown_rule(selectors.rule_of_subject(subject_id), response)


@router.put(
    "/subjects/{uuid:subject_id}/prerequisites", permission=permissions.MANAGE_SUBJECTS, response=PrerequisitesOut
)
def set_prerequisites(
    request: ApiRequest, response: HttpResponse, subject_id: Path[UUID], body: PrerequisitesIn
) -> dict[str, Any]:
    """Say what must come before a subject; send If-Match with the ETag. A ring answers 409 CYCLE with its path."""
    rule = services.set_subject_prerequisites(
        request.actor, subject_id=subject_id, tree=body.tree, expected_version=expected_version(request)
    )
    return shown_rule(rule, response)


@router.get("/equivalencies", permission=permissions.VIEW_CATALOGUE, response=Page[EquivalencyOut])
def equivalencies(
    request: ApiRequest, page: Query[PageQuery], subject_id: UUID | None = None
) -> dict[str, Any]:  # fmt: skip
    """Which subjects stand for one another, those that ended as well; of one subject in either place."""
    rows = selectors.equivalencies(request.actor)
    if subject_id is not None:
        rows = rows.filter(subject=subject_id) | rows.filter(satisfies=subject_id)
    return page_of(rows.values(*EquivalencyOut.model_fields), page, order=("-effective_from", "-id"))


@router.post("/equivalencies", permission=permissions.MANAGE_SUBJECTS, response={201: EquivalencyOut})
def add_equivalency(request: ApiRequest, body: EquivalencyIn) -> Status[Equivalency]:
    """Let whoever passed one subject count as having passed another."""
    return Status(201, services.add_equivalency(request.actor, **body.model_dump()))


@router.post(
    "/equivalencies/{uuid:equivalency_id}/end", permission=permissions.MANAGE_SUBJECTS, response=EquivalencyOut
)
def end_equivalency(request: ApiRequest, equivalency_id: Path[UUID], body: EndIn) -> Equivalency:
    """Say the last day on which it holds."""
    return services.end_equivalency(request.actor, equivalency_id=equivalency_id, last_day=body.last_day)


def shown_rule(rule: PrerequisiteRule | None, response: HttpResponse) -> dict[str, Any]:
    """A rule as it is answered, with its version as ETag."""
    version = rule.version if rule else 0
    response["ETag"] = etag(version)
    tree = parse(rule.tree) if rule else None
    codes = selectors.codes_of(selectors.named_in(tree)) if tree else {}
    return {"tree": rule.tree if rule else None, "written": write(tree, codes), "version": version}
