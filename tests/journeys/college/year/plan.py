"""What the year's programme asks for: two years of subjects, and where and when each class meets."""

from dataclasses import dataclass

FIRST, SECOND = "FIRST", "SECOND"
PROGRAMME = "ACT"


@dataclass(frozen=True)
class Subject:
    """One subject of the programme."""

    code: str
    title: str
    year: int
    semester: str
    lecture: int
    lab: int
    is_major: bool
    before: tuple[str, ...] = ()
    in_average: bool = True

    @property
    def units(self) -> int:
        return self.lecture + self.lab


SUBJECTS = (
    Subject("GE 1", "Understanding the self", 1, FIRST, 3, 0, False),
    Subject("GE 2", "Mathematics in the modern world", 1, FIRST, 3, 0, False),
    Subject("IT 101", "Introduction to computing", 1, FIRST, 2, 1, True),
    Subject("IT 102", "Computer programming 1", 1, FIRST, 2, 1, True),
    Subject("NSTP 1", "National service training 1", 1, FIRST, 3, 0, False, in_average=False),
    Subject("PE 1", "Movement competency training", 1, FIRST, 2, 0, False),
    Subject("GE 4", "Readings in Philippine history", 1, SECOND, 3, 0, False),
    Subject("GE 5", "The contemporary world", 1, SECOND, 3, 0, False),
    Subject("IT 103", "Computer programming 2", 1, SECOND, 2, 1, True, ("IT 102",)),
    Subject("IT 105", "Discrete mathematics", 1, SECOND, 3, 0, True, ("GE 2",)),
    Subject("NSTP 2", "National service training 2", 1, SECOND, 3, 0, False, ("NSTP 1",), in_average=False),
    Subject("PE 2", "Exercise-based fitness", 1, SECOND, 2, 0, False, ("PE 1",)),
    Subject("GE 6", "Ethics", 2, FIRST, 3, 0, False),
    Subject("GE 7", "Art appreciation", 2, FIRST, 3, 0, False),
    Subject("IT 201", "Data structures and algorithms", 2, FIRST, 2, 1, True, ("IT 103", "IT 105")),
    Subject("IT 203", "Information management", 2, FIRST, 2, 1, True, ("IT 103",)),
    Subject("PE 3", "Individual and dual sports", 2, FIRST, 2, 0, False, ("PE 2",)),
    Subject("GE 8", "Science, technology and society", 2, SECOND, 3, 0, False),
    Subject("IT 204", "Networking fundamentals", 2, SECOND, 2, 1, True, ("IT 201",)),
    Subject("IT 290", "Capstone project", 2, SECOND, 2, 2, True, ("IT 201", "IT 203")),
    Subject("PE 4", "Team sports", 2, SECOND, 2, 0, False, ("PE 3",)),
)
BY_CODE = {subject.code: subject for subject in SUBJECTS}
UNITS_OF_PROGRAMME = 60
#: Lower than usual, so that a few students come to the cap of a semester.
MOST_UNITS = 21
#: One seat fewer than students who want it.
SCARCE, SCARCE_SEATS = "PE 1", 21
PROFESSORS = (
    ("F-001", "Aquino", "Paz", ("GE",)),
    ("F-002", "Salonga", "Mateo", ("IT",)),
    ("F-003", "Evangelista", "Ruben", ("PE", "NSTP")),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_HOURS = (("08:00", "10:00"), ("10:00", "12:00"), ("13:00", "15:00"))


def codes_of(year: int, semester: str) -> tuple[str, ...]:
    """The subjects of one term of the plan, in the order of their codes."""
    return tuple(sorted(one.code for one in SUBJECTS if (one.year, one.semester) == (year, semester)))


def curriculum_file() -> bytes:
    """The curriculum as a registrar keeps it."""
    lines = [
        "programme,curriculum,academic_year,year,semester,code,title,lecture_units,lab_units,category,hours_per_week,"
        "prerequisites,elective_group,tags,practicum,gpa"
    ]
    for number, one in enumerate(SUBJECTS):
        head = f"{PROGRAMME},ACT 2024,2024-2025" if number == 0 else ",,"
        semester = 1 if one.semester == FIRST else 2
        title = f'"{one.title}"'
        lines.append(
            f"{head},{one.year},{semester},{one.code},{title},{one.lecture},{one.lab},"
            f"{'MAJOR' if one.is_major else 'MINOR'},{one.lecture + 3 * one.lab},{' & '.join(one.before)},,,,"
            f"{'' if one.in_average else 'no'}"
        )
    return "\n".join(lines).encode()


def timetable_file(semester: str) -> bytes:
    """The classes of a term: one section of each subject, no two at the same hours."""
    teacher = {prefix: number for number, _, _, prefixes in PROFESSORS for prefix in prefixes}
    slots = [(day, *hours) for hours in _HOURS for day in _DAYS]
    lines = ["subject,section,day,start,end,room,professor,capacity,waitlist_capacity"]
    wanted = [one for one in SUBJECTS if one.semester == semester]
    for one, (day, start, end) in zip(wanted, slots, strict=False):
        seats = SCARCE_SEATS if one.code == SCARCE else 40
        lines.append(
            f"{one.code},{PROGRAMME}-{one.year}A,{day},{start},{end},R{100 + one.year},{teacher[one.code.split()[0]]},"
            f"{seats},10"
        )
    return "\n".join(lines).encode()
