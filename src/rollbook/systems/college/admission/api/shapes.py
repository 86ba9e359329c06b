"""Rows of applications as the endpoints answer them."""

from typing import Any

from rollbook.core.money import Money
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.admissions import selectors
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.scheme import scheme_in_scope

#: What is called otherwise in a college's words.
RENAMED = {"programme_id": "choice_id", "term_id": "intake_id"}
FACTS = frozenset({
    "previous_school", "previous_course", "student_number", "guardian_name", "guardian_contact", "monthly_commitment",
})  # fmt: skip
_PLAIN = (
    "state", "reference", "family_name", "given_name", "middle_name", "suffix", "birth_date", "sex", "email", "phone",
    "kind", "submitted_at", "decision_reason",
)  # fmt: skip


def values_of(sent: dict[str, Any]) -> dict[str, Any]:
    """What a program sent, in the words of the room of admissions."""
    values = {RENAMED.get(name, name): value for name, value in sent.items() if name not in FACTS}
    facts = {name: value for name, value in sent.items() if name in FACTS}
    return values | ({"facts": facts} if facts else {})


def papers_of(application: Application) -> list[dict[str, Any]]:
    """The checklist of an application."""
    return [
        {
            "type": paper.wanted.type,
            "label": str(paper.wanted.label),
            "is_required": paper.wanted.is_required,
            "document_id": paper.document.id if paper.document else None,
            "version": paper.document.number if paper.document else 0,
            "state": paper.document.state if paper.document else "MISSING",
            "reason": paper.document.reason if paper.document else "",
        }
        for paper in selectors.papers_of(application)
    ]


def facts_of(application: Application) -> dict[str, str]:
    """What the college asked, amounts as decimals."""
    currency = organisation_in_scope().currency
    shapes = {fact.key: fact.shape for fact in scheme_in_scope().facts}
    return {
        key: Money(value, currency).to_decimal_string() if shapes.get(key) == "money" else str(value)
        for key, value in application.facts.items()
        if value is not None
    }


def own(application: Application) -> dict[str, Any]:
    """An application as its applicant sees it."""
    lacks = selectors.lacks_of(application) if application.is_draft else []
    return {
        **{name: getattr(application, name) for name in _PLAIN},
        "is_email_proved": application.email_proved_at is not None,
        "programme_id": application.choice_id,
        "term_id": application.intake_id,
        "facts": facts_of(application),
        "documents": papers_of(application),
        "lacks": [{"step": lack.step, "field": lack.field, "message": lack.message} for lack in lacks],
    }
