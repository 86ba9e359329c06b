"""What a system says about its admissions: kinds, facts, checklists, what can be applied for, when, what follows.

class CollegeScheme(Scheme): ...
register_scheme(CollegeScheme())
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from django.db.models.expressions import Combinable

from rollbook.core.errors import NotFound
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.states import Words
from rollbook.core.web.tables import BulkAction
from rollbook.shared.admissions.models import Application
from rollbook.shared.people.rules import AgeBounds

Step = Literal["background", "plan"]
Shape = Literal["text", "long", "money", "choice"]
Problem = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """How an applicant comes: for the first time, from elsewhere, back again."""

    key: str
    label: Words
    sentence: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that the system asks beside what it asks of everybody."""

    key: str
    label: Words
    step: Step
    shape: Shape = "text"
    help: Words = ""
    longest: int = 160
    options: tuple[tuple[str, Words], ...] = ()
    #: Kinds that are asked; empty means every one.
    asked_of: frozenset[str] = frozenset()
    #: Kinds that have to answer.
    required_of: frozenset[str] = frozenset()

    def is_asked_of(self, kind: str) -> bool:
        """Whether an applicant of this kind is asked."""
        return not self.asked_of or kind in self.asked_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper of the checklist."""

    type: str
    label: Words
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that can be applied for, such as a programme."""

    id: UUID
    code: str
    label: str
    detail: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """When one can begin, such as a term, and the local days in which one applies for it; both ends count."""

    id: UUID
    label: str
    opens_on: date
    closes_on: date
    detail: str = ""

    def is_open_on(self, day: date) -> bool:
        """Whether one applies for it on a local day (R4)."""
        return self.opens_on <= day <= self.closes_on


@dataclass(frozen=True, slots=True)
class Consent:
    """What an applicant agrees to, and which version of it."""

    text: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """The place that a conversion made of an applicant."""

    person_id: UUID
    result_type: str
    result_id: UUID
    #: What the applicant is told of it: label and value.
    facts: Mapping[str, str] = field(default_factory=dict)


class Scheme(ABC):
    """The admissions of one system. Every method reads the organisation in scope."""

    system: ClassVar[str]
    series: ClassVar[str] = "application:{year}"
    reference_format: ClassVar[str] = "APP-{year}-{seq:06d}"
    ages: ClassVar[AgeBounds]
    kinds: ClassVar[tuple[Kind, ...]]
    facts: ClassVar[tuple[Fact, ...]] = ()
    #: The papers that an institution asks for until it keeps a list of its own.
    checklist: ClassVar[Mapping[str, tuple[Wanted, ...]]]
    choice_word: ClassVar[Words]
    intake_word: ClassVar[Words]

    @abstractmethod
    def is_switched_on(self) -> bool:
        """Whether the institution takes applications at all."""

    @abstractmethod
    def choices(self) -> Sequence[Choice]:
        """What can be applied for today."""

    @abstractmethod
    def intakes(self) -> Sequence[Intake]:
        """When one can begin: those open now and those still to open, the earliest first."""

    @abstractmethod
    def labels(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """How choices and intakes are called, also those that can no longer be chosen."""

    @abstractmethod
    def code_of_choice(self) -> Combinable:
        """The short code of an application's choice, as an expression over applications."""

    @abstractmethod
    def code_of_intake(self) -> Combinable:
        """The short code of an application's intake, as an expression over applications."""

    @abstractmethod
    def consent(self) -> Consent:
        """What the applicant agrees to."""

    @abstractmethod
    def choice_address(self, slug: str, choice: Choice) -> str:
        """The public page of a choice."""

    @abstractmethod
    def admit_address(self, application: Application) -> str:
        """The page on which staff admit an applicant."""

    @abstractmethod
    def result_address(self, application: Application) -> str:
        """The page of the place that the applicant got."""

    @abstractmethod
    def admission_follows(self, application: Application) -> None:
        """What the system does with an application that was just submitted, in the same transaction."""

    def bulk_actions(self) -> Sequence[BulkAction]:
        """What the system adds to the acts on many applications."""
        return ()

    def kind(self, key: str) -> Kind | None:
        """A kind by its key."""
        return next((kind for kind in self.kinds if kind.key == key), None)

    def facts_of(self, kind: str, step: Step | None = None) -> list[Fact]:
        """What an applicant of a kind is asked, in one step or in all."""
        return [fact for fact in self.facts if fact.is_asked_of(kind) and step in (None, fact.step)]


_schemes: dict[str, Scheme] = {}


def register_scheme(scheme: Scheme) -> None:
    """Let a system take applications."""
    if type(_schemes.setdefault(scheme.system, scheme)) is not type(scheme):
        raise ValueError(f"The system {scheme.system} has two schemes of admission.")


def scheme_in_scope() -> Scheme:
    """The scheme of the organisation in scope. Where a system takes no applications there is nothing to see."""
    found = _schemes.get(organisation_in_scope().system)
    if found is None:
        raise NotFound
    return found
