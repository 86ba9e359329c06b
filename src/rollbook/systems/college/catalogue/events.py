"""What others may want to follow. Only `site/wiring.py` connects."""

from dataclasses import dataclass
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class TermAdded:
    """A term was added; it has its days and nothing else yet."""

    actor: Actor
    term_id: UUID


@dataclass(frozen=True, slots=True)
class TermMoved:
    """A term moved on: its enrolment opened, its classes began, grading began, it was closed."""

    actor: Actor
    term_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class CurriculumReopening:
    """A curriculum in force is about to become a draft again. Whoever knows of students who follow it refuses.

    Its row is locked: nobody takes it as theirs meanwhile.
    """

    actor: Actor
    curriculum_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class SubjectMeasuresChanging:
    """A subject's units, category or grading are about to change (R12). Whoever knows of live enrolments refuses.

    Its row is locked: nobody enrols in it meanwhile.
    """

    actor: Actor
    subject_id: UUID
    code: str
