"""What ought to stand in the books and on the records, worked out here anew and in another way than the product does.

Money: a term's money is one heap, and a month holds what the months before it leave of the heap. Averages: fractions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.journeys.college.year import plan
from tests.journeys.college.year.world import A_LABORATORY, A_UNIT, BESIDES

EXAMS = ("PRELIM", "MIDTERM", "PREFINAL", "FINAL")


def text(centavos: int) -> str:
    """As the API writes an amount."""
    return f"{centavos // 100}.{centavos % 100:02d}"


def shares(total: int, months: int) -> list[int]:
    """Equal months; the first ones carry the centavos that do not divide (R31)."""
    return [(total + months - 1 - place) // months for place in range(months)]


@dataclass
class Term:
    """One term's plan of one student, as a heap of money over a row of dues."""

    dues: list[int]
    heap: int = 0
    #: What lies beyond the last month and was not used elsewhere.
    over: int = 0

    @property
    def total(self) -> int:
        return sum(self.dues)

    @property
    def paid(self) -> list[int]:
        """Month by month: what the months before leave, at most the due (R33)."""
        before = [sum(self.dues[:place]) for place in range(len(self.dues))]
        return [max(0, min(due, self.heap - ahead)) for due, ahead in zip(self.dues, before, strict=True)]

    @property
    def settled(self) -> int:
        """How many months from the first on are paid."""
        count = 0
        for due, paid in zip(self.dues, self.paid, strict=True):
            if paid < due:
                break
            count += 1
        return count

    @property
    def owes(self) -> int:
        return self.total - self.heap

    @property
    def exams(self) -> tuple[str, ...]:
        """The exams that are open (R42, the standard months)."""
        return EXAMS[: self.settled]

    def pay(self, centavos: int) -> None:
        """Money comes in, or goes out again when it is negative."""
        self._level(self.heap + self.over + centavos)

    def revise(self, total: int) -> None:
        """Months that are paid keep their due, the others share what is left (R37)."""
        is_open = [paid < due or due == 0 for due, paid in zip(self.dues, self.paid, strict=True)]
        kept = sum(due for due, open_ in zip(self.dues, is_open, strict=True) if not open_)
        assert total >= kept, "the year has no plan that falls below what is paid"
        assert any(is_open) or total == kept
        parts = iter(shares(total - kept, sum(is_open)) if any(is_open) else [])
        self.dues = [next(parts) if open_ else due for due, open_ in zip(self.dues, is_open, strict=True)]
        self._level(self.heap + self.over)

    def _level(self, money: int) -> None:
        self.heap = min(money, self.total)
        self.over = money - self.heap


@dataclass
class Purse:
    """All that one student owes and has."""

    terms: dict[str, Term] = field(default_factory=dict)

    @property
    def credit(self) -> int:
        return sum(term.over for term in self.terms.values())

    @property
    def owes(self) -> int:
        return sum(term.owes for term in self.terms.values())

    def open(self, code: str, dues: Sequence[int]) -> Term:
        """A new plan takes the credit of the terms before it, the oldest first (R35)."""
        made = Term(list(dues))
        for earlier in self.terms.values():
            used = min(earlier.over, made.owes)
            earlier.over -= used
            made.pay(used)
        self.terms[code] = made
        return made


def cost(codes: Iterable[str]) -> int:
    """What a term with these subjects comes to by the fee schedule."""
    taken = [plan.BY_CODE[code] for code in codes]
    return sum(one.units for one in taken) * A_UNIT + sum(one.lab > 0 for one in taken) * A_LABORATORY + BESIDES


def units_of(codes: Iterable[str]) -> int:
    return sum(plan.BY_CODE[code].units for code in codes)


def average(grades: Iterable[tuple[str, str]]) -> Fraction | None:
    """Of (subject, grade): the exact average over everything that has a number and counts; None of nothing."""
    counted = [
        (Fraction(grade), plan.BY_CODE[code].units)
        for code, grade in grades
        if plan.BY_CODE[code].in_average and grade.replace(".", "").isdigit()
    ]
    units = sum(units for _, units in counted)
    return sum((grade * units for grade, units in counted), Fraction(0)) / units if units else None


def rounded(ratio: Fraction | None, places: int) -> str | None:
    """Half up, from the exact ratio, as the API writes it."""
    if ratio is None:
        return None
    whole = int(ratio * 10**places + Fraction(1, 2))
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}"


def passes(grade: str) -> bool:
    return grade == "CR" or (grade.replace(".", "").isdigit() and Fraction(grade) <= 3)


def earned(grades: Iterable[tuple[str, str]]) -> int:
    """Units of everything passed or credited, each subject once."""
    return units_of({code for code, grade in grades if passes(grade)})


def year_level(units: int) -> int:
    """The second year begins with three quarters of the first (R28)."""
    first = sum(one.units for one in plan.SUBJECTS if one.year == 1)
    return 2 if Fraction(units) >= Fraction(3, 4) * first else 1


def off_plan(
    grades: Sequence[tuple[str, str]], *, level: int, semester: str, is_transferee: bool = False
) -> dict[str, tuple[str, ...]]:
    """Why somebody is irregular in a term (R29): reason → codes. `grades` in the order in which they were given."""
    done = {code for code, grade in grades if passes(grade)}
    found = {
        "INC": {code for code, grade in grades if grade == "INC"},
        "RETAKE": {code for code, grade in grades if (grade == "5.00" or grade == "W") and code not in done},
        "MISSING": {
            one.code
            for one in plan.SUBJECTS
            if (one.year, one.semester == plan.SECOND) < (level, semester == plan.SECOND) and one.code not in done
        },
    }
    reasons = {why: tuple(sorted(codes)) for why, codes in found.items() if codes}
    if is_transferee and not any(grade == "CR" for _, grade in grades):
        reasons["TRANSFEREE"] = ()
    return reasons


#: How each reason is worded.
WORDS = {
    "INC": "Open INC: ", "RETAKE": "To be taken again: ", "MISSING": "Missing from an earlier term: ",
    "TRANSFEREE": "Transferee without approved credits",
}  # fmt: skip


def sentences(reasons: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The reasons as people read them."""
    return [words + ", ".join(reasons[why]) for why, words in WORDS.items() if why in reasons]


def recommended(grades: Sequence[tuple[str, str]], *, level: int, semester: str, room: int) -> list[str]:
    """What to take in a term, in order (R30): retakes, what was left behind, then by year and code, while it fits."""
    done = {code for code, grade in grades if passes(grade)}
    failed = {code for code, grade in grades if grade in ("5.00", "W")} - done
    waiting = {code for code, grade in grades if grade == "INC"}
    possible = [
        one
        for one in plan.SUBJECTS
        if one.semester == semester and one.code not in done | waiting and set(one.before) <= done
    ]
    possible.sort(key=lambda one: (0 if one.code in failed else 1 if one.year < level else 2, one.year, one.code))
    taken = []
    for one in possible:
        if one.units <= room:
            taken.append(one.code)
            room -= one.units
    return taken


def months_later(day: date, months: int) -> date:
    """The same day some months on, or the last of that month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, day.day)
