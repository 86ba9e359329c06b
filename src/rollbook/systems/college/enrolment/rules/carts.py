"""A cart is judged as a whole: units and hours add up item by item; what goes together is seen together (R22)."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from rollbook.systems.college.enrolment.rules.choice import best_section
from rollbook.systems.college.enrolment.rules.facts import (
    Item,
    Offer,
    Purpose,
    SectionFacts,
    Standing,
    SubjectFacts,
    Taken,
)
from rollbook.systems.college.enrolment.rules.verdicts import ItemVerdict, problems_of


def judge_cart(
    standing: Standing,
    offer: Offer,
    items: Sequence[Item],
    *,
    purpose: Purpose = Purpose.SEAT,
    set_aside: Collection[str] = (),
) -> list[ItemVerdict]:
    """The verdict on every item, in the order given. An item that is possible counts for those behind it.

    A subject that goes together with another one counts on it only as long as that one is possible itself.
    """
    already = frozenset(one.subject_id for one in standing.taken if one.is_this_term)
    given_up: set[UUID] = set()
    together = already | {item.subject_id for item in items}
    for _round in range(2 * len(items) + 2):
        verdicts = _pass(standing, offer, items, together, purpose, set_aside)
        possible = already | {verdict.item.subject_id for verdict in verdicts if verdict.is_possible}
        if possible == together:
            break
        given_up |= {
            verdict.item.subject_id
            for verdict in verdicts
            if any(problem.code == "PREREQUISITE_NOT_MET" for problem in verdict.problems)
        }
        # What failed only for units or hours may yet find room once another item has gone.
        together = possible - (given_up - already)
    return verdicts


def _pass(
    standing: Standing, offer: Offer, items: Iterable[Item], together: frozenset[UUID], purpose: Purpose,
    set_aside: Collection[str],
) -> list[ItemVerdict]:  # fmt: skip
    taken = list(standing.taken)
    verdicts = []
    for item in items:
        subject = offer.subjects[item.subject_id]
        section = _section_of(item, offer, taken)
        problems, is_provisional = problems_of(
            standing, subject, section, taken=taken, together=together, purpose=purpose
        )
        verdict = ItemVerdict(
            item=item,
            section_id=section.id if section else item.section_id,
            problems=tuple(one for one in problems if one.set_aside_by not in set_aside),
            set_aside=tuple(one for one in problems if one.set_aside_by in set_aside),
            is_provisional=is_provisional,
        )
        verdicts.append(verdict)
        if verdict.is_possible and section is not None:
            taken = [one for one in taken if not (one.is_only_held and one.section_id == section.id)]
            taken.append(_as_taken(subject, section))
    return verdicts


def _section_of(item: Item, offer: Offer, taken: Sequence[Taken]) -> SectionFacts | None:
    if item.section_id is not None:
        return offer.sections.get(item.section_id)
    return best_section(
        (section for section in offer.sections.values() if section.subject_id == item.subject_id), taken
    )


def _as_taken(subject: SubjectFacts, section: SectionFacts) -> Taken:
    return Taken(
        subject_id=subject.id, code=subject.code, section_id=section.id, section_code=section.code,
        units=subject.units, slots=section.slots,
    )  # fmt: skip
