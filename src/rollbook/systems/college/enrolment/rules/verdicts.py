"""Whether one subject may be taken in one section, rule by rule in the order of R18. Every failure is named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.figures import plain
from rollbook.systems.college.catalogue.prerequisites import StudentFacts, judge
from rollbook.systems.college.enrolment.rules.facts import (
    Item,
    Past,
    Purpose,
    SectionFacts,
    Standing,
    SubjectFacts,
    Taken,
)
from rollbook.systems.college.enrolment.rules.slots import first_clash, slot_text

#: From how many units on the screen warns (R19).
WARN_FROM_UNITS = Decimal(27)

#: Which kind of override answers which failure (R21). What is not here cannot be set aside.
SET_ASIDE_BY: dict[str, str] = {
    "WINDOW_CLOSED": "WINDOW",
    "MONTH1_UNPAID": "PAYMENT_GATE",
    "ADVISING_REQUIRED": "ADVISING",
    "PREREQUISITE_NOT_MET": "PREREQUISITE",
    "SCHEDULE_CONFLICT": "SCHEDULE_CONFLICT",
    "SECTION_FULL": "CAPACITY",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that is not met: its code, what is wrong, and what to do about it."""

    code: str
    sentence: str
    fix: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def set_aside_by(self) -> str:
        """The kind of override that answers it; empty when none does."""
        return "" if self.facts.get("is_final") else SET_ASIDE_BY.get(self.code, "")

    def as_facts(self) -> dict[str, Any]:
        """For an answer over JSON."""
        return {"code": self.code, "sentence": self.sentence, "fix": self.fix, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """Whether an item of a cart is possible, in which section, and what stands in its way."""

    item: Item
    section_id: UUID | None
    problems: tuple[Problem, ...] = ()
    #: Failures that an override of this request answers.
    set_aside: tuple[Problem, ...] = ()
    is_provisional: bool = False

    @property
    def is_possible(self) -> bool:
        return not self.problems

    @property
    def code(self) -> str:
        """The primary failure, or OK."""
        return self.problems[0].code if self.problems else "OK"


def problems_of(
    standing: Standing,
    subject: SubjectFacts,
    section: SectionFacts | None,
    *,
    taken: Sequence[Taken],
    together: frozenset[UUID],
    purpose: Purpose,
) -> tuple[list[Problem], bool]:
    """Every rule that keeps the student from it, in order, and whether it is possible only provisionally.

    `taken` is what the student has, with the earlier items of the same cart; `together` every subject of this term.
    """
    others = [one for one in taken if not (one.is_only_held and section is not None and one.section_id == section.id)]
    found = [*standing_problems(standing), *_place_problems(subject), *_repeat_problems(subject, others)]
    prerequisite, is_provisional = prerequisite_problem(subject, standing.record, together)
    found += [prerequisite] if prerequisite else []
    found += _unit_problems(standing, subject, others)
    if section is None:
        found.append(no_section(subject))
        return found, is_provisional
    found += clash_problems(subject, section, others)
    found += _seat_problems(subject, section, purpose)
    return found, is_provisional


def standing_problems(standing: Standing) -> Iterator[Problem]:
    """Items 1 to 3: the window, the status, holds, month 1, advising."""
    if not standing.is_window_open:
        yield Problem(
            "WINDOW_CLOSED", standing.window_text,
            _("Wait until it opens, or ask the registrar with your reason."), {"term": standing.term},
        )  # fmt: skip
    if not standing.is_active:
        yield Problem(
            "STUDENT_NOT_ACTIVE",
            _("%(number)s is %(status)s.") % {"number": standing.student_number, "status": standing.status_text},
            _("Ask the registrar to take you back first."),
            {"status": standing.status_text},
        )
    if standing.holds:
        yield Problem(
            "HOLD", _("Held: %(holds)s.") % {"holds": ", ".join(standing.holds)},
            _("Settle it with the office that placed it; then enrol."), {"holds": list(standing.holds)},
        )  # fmt: skip
    if not standing.gate.is_open:
        due = standing.gate.still_due
        yield Problem(
            "MONTH1_UNPAID",
            _("Month 1 is not paid: %(text)s.") % {"text": standing.gate.text}
            if due
            else _("There is no payment plan for this term yet."),
            _("Pay the rest of month 1; this opens at once.")
            if due
            else _("Ask the registrar to open a payment plan."),
            {"still_due": due.to_decimal_string() if due else None},
        )
    if standing.is_advising_missing:
        yield Problem(
            "ADVISING_REQUIRED", _("Your list of subjects is not approved yet."),
            _("Submit the list to your adviser and wait for the approval."), {},
        )  # fmt: skip


def _place_problems(subject: SubjectFacts) -> Iterator[Problem]:
    if not subject.is_in_curriculum:
        yield Problem(
            "NOT_IN_CURRICULUM", _("%(code)s is not part of your curriculum.") % {"code": subject.code},
            _("Choose a subject of your curriculum, or ask your adviser to approve it in place of one."), {},
        )  # fmt: skip


def _repeat_problems(subject: SubjectFacts, others: Sequence[Taken]) -> Iterator[Problem]:
    same = [one for one in others if one.subject_id == subject.id]
    blocking = [one for one in same if not (one.is_this_term and subject.allows_several_sections)]
    if blocking:
        yield Problem(
            "ALREADY_ENROLLED",
            _("%(code)s is taken already, in section %(section)s.")
            % {"code": subject.code, "section": blocking[0].section_code},
            _("Drop that class first if you want another section."),
            {"section": blocking[0].section_code},
        )
    elif Past.IN_PROGRESS in subject.past and not subject.allows_several_sections:
        yield Problem(
            "ALREADY_ENROLLED", _("%(code)s is being taken in another term.") % {"code": subject.code},
            _("Wait for its grade; take it again only if you need to."), {},
        )  # fmt: skip
    if subject.past & {Past.PASSED, Past.CREDITED} and not subject.allows_several_sections:
        credited = Past.PASSED not in subject.past
        yield Problem(
            "ALREADY_PASSED",
            (_("%(code)s is credited.") if credited else _("%(code)s is passed already.")) % {"code": subject.code},
            _("Take it off your list; it counts already."),
        )
    elif Past.INCOMPLETE in subject.past:
        yield Problem(
            "INC_OPEN", _("%(code)s is incomplete (INC).") % {"code": subject.code},
            _("Finish the work for the INC with your professor instead of enrolling again."), {},
        )  # fmt: skip


def prerequisite_problem(
    subject: SubjectFacts, record: StudentFacts, together: frozenset[UUID]
) -> tuple[Problem | None, bool]:
    """Item 6: what must come before, leaf by leaf."""
    if subject.tree is None:
        return None, False
    facts = replace(record, this_term=together - {subject.id}, permissions=record.permissions | subject.agreed_roles)
    verdict = judge(subject.tree, facts, of=subject.id)
    if verdict.is_met:
        return None, verdict.is_provisional
    problem = Problem(
        "PREREQUISITE_NOT_MET",
        _("%(code)s asks for: %(what)s.") % {"code": subject.code, "what": "; ".join(verdict.sentences)},
        _("Take what is missing first; it is on your recommended list when it is offered."),
        {"leaves": [leaf.as_facts() for leaf in verdict.leaves]},
    )
    return problem, False


def _unit_problems(standing: Standing, subject: SubjectFacts, others: Sequence[Taken]) -> Iterator[Problem]:
    have = sum((one.units for one in others if one.is_this_term), Decimal(0))
    if have + subject.units > standing.max_units:
        texts = [plain(value) for value in (have, subject.units, standing.max_units)]
        yield Problem(
            "UNIT_CAP_EXCEEDED", f"{texts[0]} + {texts[1]} > {texts[2]}",
            _("Take another subject off your list, or ask your programme head for an overload."),
            {"units": texts[0], "wanted": texts[1], "max_units": texts[2]},
        )  # fmt: skip


def clash_problems(subject: SubjectFacts, section: SectionFacts, others: Sequence[Taken]) -> Iterator[Problem]:
    """Item 8: a class at the same time, in whichever term that overlaps; both hours are named."""
    for one in others:
        clash = first_clash(section.slots, one.slots) if one.section_id != section.id else None
        if clash:
            yield Problem(
                "SCHEDULE_CONFLICT",
                _("%(code)s %(section)s, %(slot)s, overlaps %(other)s %(other_section)s, %(other_slot)s.")
                % {
                    "code": subject.code, "section": section.code, "slot": slot_text(clash[0]),
                    "other": one.code, "other_section": one.section_code, "other_slot": slot_text(clash[1]),
                },
                _("Choose another section of one of the two."),
                {
                    "with": one.code, "with_section": one.section_code,
                    "slots": [slot_text(clash[0]), slot_text(clash[1])],
                },
            )  # fmt: skip
            return


def _seat_problems(subject: SubjectFacts, section: SectionFacts, purpose: Purpose) -> Iterator[Problem]:
    names = {"code": subject.code, "section": section.code}
    if not section.is_shown:
        yield Problem(
            "SECTION_FULL", _("%(code)s %(section)s is not offered.") % names,
            _("Choose another section."), {"is_final": True, "may_wait": False},
        )  # fmt: skip
        return
    if purpose is Purpose.OFFER:
        return
    if purpose is Purpose.QUEUE:
        if not section.is_open or section.waiting >= section.waitlist_capacity:
            yield Problem(
                "SECTION_FULL", _("Nobody more can wait for %(code)s %(section)s.") % names,
                _("Choose another section, or look again later."), {"may_wait": False},
            )  # fmt: skip
        return
    if section.is_open and (section.is_ours or (section.seats_free > 0 and section.waiting == 0)):
        return
    may_wait = section.is_open and section.waiting < section.waitlist_capacity
    yield Problem(
        "SECTION_FULL",
        (_("%(code)s %(section)s is full.") if section.is_open else _("%(code)s %(section)s is closed.")) % names,
        _("Join its waitlist, or choose another section.") if may_wait else _("Choose another section."),
        {"may_wait": may_wait, "waiting": section.waiting},
    )  # fmt: skip


def no_section(subject: SubjectFacts) -> Problem:
    """Nothing is offered of a subject."""
    return Problem(
        "SECTION_FULL", _("No section of %(code)s is open this term.") % {"code": subject.code},
        _("Ask the dean's office for a section, or choose another subject."), {"is_final": True, "may_wait": False},
    )  # fmt: skip
