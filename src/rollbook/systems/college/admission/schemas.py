"""What the admission's endpoints take and answer."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from rollbook.systems.college.schemas import UNCHANGED, Body

Kind = Literal["FRESHMAN", "TRANSFEREE", "RETURNEE", "SHIFTER", "CROSS_ENROLLEE"]
State = Literal["DRAFT", "SUBMITTED", "INCOMPLETE", "ADMITTED", "REJECTED", "WITHDRAWN", "CONVERTED"]
DocumentState = Literal["UPLOADED", "VERIFIED", "REJECTED"]


class StampOut(Schema):
    """Send the stamp back with the first POST, at least two seconds later. It is good for one use and 12 hours."""

    stamp: str


class DraftIn(Body):
    """What an applicant writes. What is left out stays; role, status and number are nobody's to send."""

    family_name: str = Field(UNCHANGED, max_length=200)
    given_name: str = Field(UNCHANGED, max_length=200)
    middle_name: str = Field(UNCHANGED, max_length=200)
    suffix: str = Field(UNCHANGED, max_length=40)
    birth_date: date = UNCHANGED
    is_age_confirmed: bool = UNCHANGED
    sex: Literal["", "F", "M", "X"] = UNCHANGED
    email: str = Field(UNCHANGED, max_length=254)
    phone: str = Field(UNCHANGED, max_length=40)
    government_id: str = Field(UNCHANGED, max_length=60)
    address_line: str = Field(UNCHANGED, max_length=200)
    district: str = Field(UNCHANGED, max_length=120)
    city: str = Field(UNCHANGED, max_length=120)
    province: str = Field(UNCHANGED, max_length=120)
    kind: Kind = UNCHANGED
    programme_id: UUID = UNCHANGED
    term_id: UUID = UNCHANGED
    previous_school: str = Field(UNCHANGED, max_length=200)
    previous_course: str = Field(UNCHANGED, max_length=200)
    student_number: str = Field(UNCHANGED, max_length=40)
    guardian_name: str = Field(UNCHANGED, max_length=200)
    guardian_contact: str = Field(UNCHANGED, max_length=200)
    monthly_commitment: str = Field(UNCHANGED, max_length=20, description='Such as "5000.00".')


class StartIn(DraftIn):
    """A new application."""

    institution: str = Field(
        max_length=63,
        pattern=r"^[a-z][a-z0-9-]*$",
        description="The short name of the college, as in its public address.",
    )
    stamp: str = Field(max_length=300)


class LackOut(Schema):
    """Something without which the application cannot be sent."""

    step: str
    field: str
    message: str


class PaperOut(Schema):
    """A line of the checklist with what was sent for it."""

    type: str
    label: str
    is_required: bool
    document_id: UUID | None
    version: int
    state: DocumentState | Literal["MISSING"]
    reason: str


class OwnApplicationOut(Schema):
    """One's own application."""

    state: State
    reference: str
    family_name: str
    given_name: str
    middle_name: str
    suffix: str
    birth_date: date | None
    sex: str
    email: str
    is_email_proved: bool
    phone: str
    kind: str
    programme_id: UUID | None
    term_id: UUID | None
    facts: dict[str, str]
    documents: list[PaperOut]
    lacks: list[LackOut]
    submitted_at: datetime | None
    decision_reason: str


class StartedOut(OwnApplicationOut):
    """A new application and the token that opens it. The token is shown this once."""

    token: str


class CodeIn(Body):
    """The six digits of the mail."""

    code: str = Field(max_length=12)


class ConsentIn(Body):
    """The applicant's agreement to how their data is used."""

    consent: bool


class WordOut(Schema):
    """A word that is the same for everybody."""

    message: str


class ApplicationRow(Schema):
    """An application as lists show it."""

    id: UUID
    reference: str
    state: State
    kind: str
    family_name: str
    given_name: str
    middle_name: str
    suffix: str
    programme: str | None
    term: str | None
    verified: int
    wanted: int
    is_ready: bool
    is_flagged: bool
    submitted_at: datetime


class ApplicationOut(ApplicationRow):
    """One application with its documents."""

    birth_date: date | None
    email: str
    phone: str
    facts: dict[str, str]
    documents: list[PaperOut]
    decision_reason: str
    person_id: UUID | None
    student_id: UUID | None
    version: int


class ReasonIn(Body):
    """Why; the applicant reads it."""

    reason: str = Field(max_length=600)


class AdmitIn(Body):
    """What the new student pays. Without an amount, the amount that the applicant planned.

    Where the college bills by its fee schedule, the schedule says it, and only `makes_student` is sent.
    """

    monthly_amount: str = Field("", max_length=20, description='Such as "5000.00".')
    instalments: int | None = Field(None, ge=1, le=12)
    first_due_on: date | None = None
    makes_student: bool = Field(True, description="False admits now and makes the student later.")


class MatchIn(ReasonIn):
    """The person on the roll whom the applicant is."""

    person_id: UUID


class AppointmentIn(Body):
    """When an applicant comes."""

    kind: Literal["TEST", "INTERVIEW", "VISIT"]
    starts_at: AwareDatetime
    minutes: int = Field(30, ge=5, le=480)
    place: str = Field(max_length=160)


class AppointmentOut(Schema):
    """An appointment."""

    id: UUID
    application_id: UUID
    kind: str
    starts_at: datetime
    minutes: int
    place: str
    state: str
    outcome: str


class OutcomeIn(Body):
    """What came of an appointment."""

    state: Literal["ATTENDED", "MISSED", "CANCELLED"]
    outcome: str = Field("", max_length=500)


class FunnelOut(Schema):
    """How many of those who applied got how far."""

    applied: int
    admitted: int
    paid: int
    enrolled: int
