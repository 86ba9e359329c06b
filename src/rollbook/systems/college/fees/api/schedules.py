"""Fee schedules and discounts over JSON."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from rollbook.core.api import limits
from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.figures import plain
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.api.shapes import AmountText, read_amount, text
from rollbook.systems.college.fees.jobs import apply_soon
from rollbook.systems.college.fees.models import Discount, FeeSchedule
from rollbook.systems.college.fees.reads import schedules as reads
from rollbook.systems.college.fees.reads.sponsors import discounts as discount_rows
from rollbook.systems.college.fees.services import discounts, schedules
from rollbook.systems.college.schemas import Body, ReasonIn

router = Router(tags=["College fee schedules"])

Category = Literal["TUITION", "LABORATORY", "MISCELLANEOUS", "OTHER"]
Basis = Literal["PER_UNIT", "PER_LECTURE_UNIT", "PER_LAB_UNIT", "PER_SUBJECT", "PER_LAB_SUBJECT", "ONE_SUBJECT", "FLAT"]
Semester = Literal["", "FIRST", "SECOND", "SUMMER"]
StudentKind = Literal["", "FRESHMAN", "TRANSFEREE", "RETURNEE", "SHIFTER", "CROSS_ENROLLEE"]


class ScheduleIn(Body):
    """A fee schedule to begin: whom it is for (what is left out, everybody) and how its plans are cut."""

    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=120)
    programme_id: UUID | None = None
    year_level: int | None = Field(None, ge=1, le=8)
    term_id: UUID | None = None
    semester: Semester = ""
    student_kind: StudentKind = ""
    instalments: int | None = Field(None, ge=1, le=12)
    first_due_on: date | None = None


class ScheduleChangeIn(Body):
    """What a draft is called and how its plans are cut."""

    name: str = Field(min_length=1, max_length=120)
    instalments: int | None = Field(None, ge=1, le=12)
    first_due_on: date | None = None
    version: int | None = None


class LineIn(Body):
    """A fee."""

    label: str = Field(min_length=1, max_length=120)
    category: Category
    basis: Basis
    price: AmountText
    subject_id: UUID | None = None


class LineOut(Schema):
    """A fee of a schedule."""

    id: UUID
    label: str
    category: Category
    basis: Basis
    price: str
    subject_id: UUID | None


class ScheduleRow(Schema):
    """A version of a fee schedule in a list."""

    id: UUID
    code: str
    name: str
    version_number: int
    state: Literal["DRAFT", "ACTIVE", "RETIRED"]
    programme_id: UUID | None
    year_level: int | None
    term_id: UUID | None
    semester: Semester
    student_kind: StudentKind
    instalments: int | None
    first_due_on: date | None
    version: int


class ScheduleOut(ScheduleRow):
    """A version of a fee schedule with its fees."""

    lines: list[LineOut]


class EffectOut(Schema):
    """What a version would change for terms that run."""

    students: int
    before: str
    after: str
    unbilled: int


class ApplyIn(Body):
    """The number of students whose plans change, as the preview says it."""

    confirmed: int = Field(ge=0)


class AppliedOut(Schema):
    """How many plans are being revised."""

    students: int


class DiscountIn(Body):
    """What a discount takes off."""

    name: str = Field(min_length=1, max_length=120)
    percent: Decimal | None = Field(None, max_digits=5, decimal_places=2)
    amount: AmountText | None = None
    categories: list[Category] = Field(default_factory=list, max_length=4)
    position: int = Field(100, ge=1, le=999)
    cap: AmountText | None = None


class NewDiscountIn(DiscountIn):
    """A discount to be offered."""

    code: str = Field(min_length=1, max_length=20)


class DiscountChangeIn(DiscountIn):
    """A discount that stands."""

    is_active: bool = True
    version: int | None = None


class DiscountOut(Schema):
    """A discount."""

    id: UUID
    code: str
    name: str
    percent: str | None
    amount: str | None
    categories: list[Category]
    position: int
    cap: str | None
    is_active: bool
    version: int


ROW = tuple(ScheduleRow.model_fields)


def schedule_out(schedule: FeeSchedule) -> dict[str, Any]:
    """A schedule as JSON."""
    currency = organisation_in_scope().currency
    return {
        **{field: getattr(schedule, field) for field in ROW},
        "lines": [
            {
                "id": line.id, "label": line.label, "category": line.category, "basis": line.basis,
                "price": text(line.price_minor, currency), "subject_id": line.subject_id,
            }
            for line in schedule.lines.order_by("position")
        ],
    }  # fmt: skip


def _shown(request: ApiRequest, schedule_id: UUID) -> dict[str, Any]:
    return schedule_out(reads.get_schedule(request.actor, schedule_id))


@router.get("/fee-schedules", permission=permissions.SEE_SCHEDULES, response=Page[ScheduleRow])
def list_schedules(request: ApiRequest, page: Query[PageQuery], state: Query[str] = "") -> dict[str, Any]:
    """Every version of every fee schedule; `state=ACTIVE` for those in force."""
    rows = reads.schedules(request.actor)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows.values(*ROW), page, order=("code", "-version_number", "id"))


@router.post("/fee-schedules", permission=permissions.MANAGE_SCHEDULES, response={201: ScheduleOut}, rate=limits.MONEY)
def make_schedule(request: ApiRequest, body: ScheduleIn) -> Status[Any]:
    """Begin a fee schedule as a draft."""
    made = schedules.make_schedule(request.actor, schedules.NewSchedule(**body.dict()))
    return Status(201, _shown(request, made.id))


@router.get("/fee-schedules/{uuid:schedule_id}", permission=permissions.SEE_SCHEDULES, response=ScheduleOut)
def get_schedule(request: ApiRequest, schedule_id: UUID) -> dict[str, Any]:
    """A version with its fees."""
    return _shown(request, schedule_id)


@router.put("/fee-schedules/{uuid:schedule_id}", permission=permissions.MANAGE_SCHEDULES, response=ScheduleOut)
def change_schedule(request: ApiRequest, schedule_id: UUID, body: ScheduleChangeIn) -> dict[str, Any]:
    """Rename a draft or cut its plans otherwise."""
    schedules.change_schedule(
        request.actor, schedule_id=schedule_id, name=body.name, instalments=body.instalments,
        first_due_on=body.first_due_on, expected_version=body.version,
    )  # fmt: skip
    return _shown(request, schedule_id)


@router.post(
    "/fee-schedules/{uuid:schedule_id}/lines", permission=permissions.MANAGE_SCHEDULES, response={201: ScheduleOut},
    rate=limits.MONEY,
)  # fmt: skip
def add_line(request: ApiRequest, schedule_id: UUID, body: LineIn) -> Status[Any]:
    """Add a fee to a draft."""
    schedules.add_line(
        request.actor, schedule_id=schedule_id, label=body.label, category=body.category, basis=body.basis,
        price=read_amount(body.price, "price"), subject_id=body.subject_id,
    )  # fmt: skip
    return Status(201, _shown(request, schedule_id))


@router.delete(
    "/fee-schedules/{uuid:schedule_id}/lines/{uuid:line_id}", permission=permissions.MANAGE_SCHEDULES,
    response=ScheduleOut,
)  # fmt: skip
def remove_line(request: ApiRequest, schedule_id: UUID, line_id: UUID) -> dict[str, Any]:
    """Take a fee out of a draft."""
    schedules.remove_line(request.actor, schedule_id=schedule_id, line_id=line_id)
    return _shown(request, schedule_id)


@router.post(
    "/fee-schedules/{uuid:schedule_id}/versions", permission=permissions.MANAGE_SCHEDULES, response={201: ScheduleOut},
    rate=limits.MONEY,
)  # fmt: skip
def make_version(request: ApiRequest, schedule_id: UUID) -> Status[Any]:
    """Copy a schedule into a draft of its next version."""
    return Status(201, _shown(request, schedules.make_version(request.actor, schedule_id=schedule_id).id))


@router.post(
    "/fee-schedules/{uuid:schedule_id}/put-in-force", permission=permissions.MANAGE_SCHEDULES, response=ScheduleOut,
    rate=limits.MONEY,
)  # fmt: skip
def put_in_force(request: ApiRequest, schedule_id: UUID) -> dict[str, Any]:
    """Let a draft hold for what is assessed from now on."""
    schedules.put_in_force(request.actor, schedule_id=schedule_id)
    return _shown(request, schedule_id)


@router.post(
    "/fee-schedules/{uuid:schedule_id}/discard", permission=permissions.MANAGE_SCHEDULES, response=ScheduleOut,
    rate=limits.MONEY,
)  # fmt: skip
def discard(request: ApiRequest, schedule_id: UUID) -> dict[str, Any]:
    """Throw a draft away."""
    schedules.discard_draft(request.actor, schedule_id=schedule_id)
    return _shown(request, schedule_id)


@router.post(
    "/fee-schedules/{uuid:schedule_id}/retire", permission=permissions.MANAGE_SCHEDULES, response=ScheduleOut,
    rate=limits.MONEY,
)  # fmt: skip
def retire(request: ApiRequest, schedule_id: UUID, body: ReasonIn) -> dict[str, Any]:
    """Let a schedule hold no longer for new assessments."""
    schedules.retire(request.actor, schedule_id=schedule_id, reason=body.reason)
    return _shown(request, schedule_id)


@router.get("/fee-schedules/{uuid:schedule_id}/effect", permission=permissions.SEE_SCHEDULES, response=EffectOut)
def effect(request: ApiRequest, schedule_id: UUID) -> dict[str, Any]:
    """What a version would change; nothing is written."""
    found = reads.effect_of(request.actor, reads.get_schedule(request.actor, schedule_id))
    return {
        "students": found.students, "before": found.before.to_decimal_string(),
        "after": found.after.to_decimal_string(), "unbilled": found.unbilled,
    }  # fmt: skip


@router.post(
    "/fee-schedules/{uuid:schedule_id}/apply", permission=permissions.MANAGE_SCHEDULES, response={202: AppliedOut},
    rate=limits.MONEY,
)  # fmt: skip
def apply(request: ApiRequest, schedule_id: UUID, body: ApplyIn) -> Status[Any]:
    """Bring terms that were assessed by older versions to this one, in the background."""
    return Status(202, {"students": apply_soon(request.actor, schedule_id=schedule_id, confirmed=body.confirmed)})


def _terms(body: DiscountIn) -> discounts.DiscountTerms:
    return discounts.DiscountTerms(
        name=body.name, percent=body.percent, categories=tuple(body.categories), position=body.position,
        amount_minor=read_amount(body.amount).minor if body.amount else None,
        cap_minor=read_amount(body.cap, "cap").minor if body.cap else None,
    )  # fmt: skip


def discount_out(discount: Discount) -> dict[str, Any]:
    """A discount as JSON."""
    currency = organisation_in_scope().currency
    return {
        "id": discount.id, "code": discount.code, "name": discount.name, "categories": discount.categories,
        "percent": None if discount.percent is None else plain(discount.percent),
        "amount": None if discount.amount_minor is None else text(discount.amount_minor, currency),
        "position": discount.position, "is_active": discount.is_active, "version": discount.version,
        "cap": None if discount.cap_minor is None else text(discount.cap_minor, currency),
    }  # fmt: skip


@router.get("/discounts", permission=permissions.SEE_SCHEDULES, response=list[DiscountOut])
def list_discounts(request: ApiRequest) -> list[dict[str, Any]]:
    """What the college offers, in the order in which discounts come off."""
    return [discount_out(discount) for discount in discount_rows(request.actor).order_by("position", "code")]


@router.post("/discounts", permission=permissions.MANAGE_SCHEDULES, response={201: DiscountOut}, rate=limits.MONEY)
def add_discount(request: ApiRequest, body: NewDiscountIn) -> Status[Any]:
    """Offer a discount."""
    return Status(201, discount_out(discounts.add_discount(request.actor, code=body.code, terms=_terms(body))))


@router.put("/discounts/{uuid:discount_id}", permission=permissions.MANAGE_SCHEDULES, response=DiscountOut)
def change_discount(request: ApiRequest, discount_id: UUID, body: DiscountChangeIn) -> dict[str, Any]:
    """Change what a discount is for whoever gets it from now on."""
    changed = discounts.change_discount(
        request.actor, discount_id=discount_id, terms=_terms(body), is_active=body.is_active,
        expected_version=body.version,
    )  # fmt: skip
    return discount_out(changed)
