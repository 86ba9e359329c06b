"""The thirty students of the year, of three kinds, and what befalls each of them. Everything is said here once."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

FRESHMAN, RETURNEE, TRANSFEREE = "FRESHMAN", "RETURNEE", "TRANSFEREE"

_REGULAR = (
    ("Abad", "Maria Cristina"), ("Aquino", "Juan Miguel"), ("Bautista", "Angelica"), ("Castañeda", "Jose Rafael"),
    ("Dela Cruz", "Ana Liza"), ("Dimaculangan", "Pedro"), ("Espiritu", "Carmela"), ("Fernandez", "Niño"),
    ("Garcia", "Ramon"), ("Hernandez", "Liezl"), ("Ilagan", "Mark Anthony"), ("Jimenez", "Rosario"),
    ("Lacson", "Bernadette"), ("Magsaysay", "Emilio"),
)  # fmt: skip
_IRREGULAR = (
    ("Navarro", "Katrina"), ("Ocampo", "Dennis"), ("Pangilinan", "Grace"), ("Quizon", "Rodrigo"),
    ("Reyes", "Maricel"), ("Santos", "Christian"), ("Tolentino", "Princess"), ("Umali", "Gabriel"),
)  # fmt: skip
_TRANSFERRED = (
    ("Villanueva", "Ma. Teresa"), ("Yap", "Benedict"), ("Zamora", "Isabel"), ("Alcantara", "Joel"),
    ("Buenaventura", "Lourdes"), ("Cordero", "Miguel"), ("Dizon", "Patricia"), ("Enriquez", "Tomas"),
)  # fmt: skip

#: What a month of the first term's plan costs, in centavos: by turns.
_MONTHS = (5_000_00, 5_333_34, 4_792_40)
#: What returnees brought home from the year before: by turns.
PAST = (
    {"GE 1": "2.25", "GE 2": "1.75", "IT 101": "5.00"},
    {"GE 1": "1.50", "GE 2": "5.00", "IT 101": "2.75"},
)
PASSING = ("1.00", "1.25", "1.50", "1.75", "2.00", "2.25", "2.50", "2.75", "3.00")


@dataclass
class Student:
    """One of the thirty, with what the world answered when it met them."""

    key: str
    kind: str
    family: str
    given: str
    place: int
    #: What one month of the first term costs.
    monthly: int
    #: Grades of the year before, of those who come back.
    past: dict[str, str] = field(default_factory=dict)
    number: str = ""
    id: UUID | None = None
    person_id: UUID | None = None
    application_id: UUID | None = None
    token: str = ""
    #: Term code → term enrolment.
    enrolments: dict[str, str] = field(default_factory=dict)
    #: Signed in.
    desk: Any = None
    #: Term code → subject → row of the class.
    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"{self.key.lower()}.year@example.test"

    @property
    def is_transferee(self) -> bool:
        return self.kind == TRANSFEREE

    def __str__(self) -> str:
        return f"{self.key} {self.given} {self.family}"


def the_thirty() -> list[Student]:
    """Fourteen freshmen, eight who come back after a failed subject, eight from elsewhere."""
    kinds = ((_REGULAR, FRESHMAN, "R"), (_IRREGULAR, RETURNEE, "I"), (_TRANSFERRED, TRANSFEREE, "T"))
    made: list[Student] = []
    for names, kind, letter in kinds:
        for number, (family, given) in enumerate(names, start=1):
            place = len(made)
            made.append(
                Student(
                    key=f"{letter}{number:02d}", kind=kind, family=family, given=given, place=place,
                    monthly=_MONTHS[place % 3], past=dict(PAST[number % 2]) if kind == RETURNEE else {},
                )
            )  # fmt: skip
    return made
