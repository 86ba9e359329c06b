"""Trees as they are stored and sent, in JSON. What does not fit is refused by the place where it stands."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core.errors import Invalid
from rollbook.systems.college.catalogue.prerequisites.tree import (
    AllMajor,
    AllOf,
    AnyOf,
    Corequisite,
    Group,
    Leaf,
    Node,
    PercentUnits,
    Permission,
    Specific,
    YearStanding,
)

DEEPEST = 6
MOST_LEAVES = 60
LONGEST_WORD = 40
LAST_YEAR_LEVEL = 6
MOST_IN_A_GROUP = 50


class MalformedTree(Invalid):
    """These prerequisites cannot be read. Look at the parts that are named."""

    code = "MALFORMED_PREREQUISITES"


def parse(data: Any) -> Node:
    """Read a tree, or say for every part that does not fit what would."""
    reader = _Reader()
    tree = reader.node(data, "tree", 1)
    if reader.leaves > MOST_LEAVES:
        reader.refuse("tree", _("Name at most %(most)s conditions.") % {"most": MOST_LEAVES})
    if reader.errors or tree is None:
        raise MalformedTree(errors=reader.errors)
    return tree


def to_json(node: Node) -> dict[str, Any]:  # noqa: C901, PLR0911 — one case per kind of node
    """Write a tree so that `parse` reads the same one."""
    match node:
        case AllOf(parts):
            return {"kind": "ALL_OF", "parts": [to_json(part) for part in parts]}
        case AnyOf(parts):
            return {"kind": "ANY_OF", "parts": [to_json(part) for part in parts]}
        case Specific(subject_id, None):
            return {"kind": "SPECIFIC", "subject_id": str(subject_id)}
        case Specific(subject_id, min_grade):
            return {"kind": "SPECIFIC", "subject_id": str(subject_id), "min_grade": str(min_grade)}
        case Corequisite(subject_id):
            return {"kind": "COREQUISITE", "subject_id": str(subject_id)}
        case YearStanding(year_level):
            return {"kind": "YEAR_STANDING", "year_level": year_level}
        case Group(tag, min_subjects):
            return {"kind": "GROUP", "tag": tag, "min_subjects": min_subjects}
        case PercentUnits(percent):
            return {"kind": "PERCENT_UNITS", "percent": str(percent)}
        case AllMajor():
            return {"kind": "ALL_MAJOR"}
        case Permission(role):
            return {"kind": "PERMISSION", "role": role}


class _Reader:
    """Reads one tree and keeps what is wrong with it, so that everything is said at once."""

    def __init__(self) -> None:
        self.errors: list[dict[str, str]] = []
        self.leaves = 0

    def refuse(self, place: str, message: str) -> None:
        self.errors.append({"field": place, "message": message})

    def node(self, data: Any, place: str, depth: int) -> Node | None:
        kind = data.get("kind") if isinstance(data, Mapping) else None
        if not isinstance(kind, str) or (kind not in _GROUPS and kind not in _LEAVES):
            self.refuse(
                f"{place}.kind", _("Choose one of: %(choices)s.") % {"choices": ", ".join([*_GROUPS, *_LEAVES])}
            )
            return None
        if depth > DEEPEST:
            self.refuse(place, _("Nest groups at most %(most)s deep.") % {"most": DEEPEST})
            return None
        wanted = {"parts"} if kind in _GROUPS else set(_LEAVES[kind][1])
        unknown = sorted(str(key) for key in data if key not in wanted | {"kind"})
        if unknown:
            self.refuse(
                place, _("%(kind)s does not take: %(choices)s.") % {"kind": kind, "choices": ", ".join(unknown)}
            )
            return None
        return self._group(kind, data, place, depth) if kind in _GROUPS else self._leaf(kind, data, place)

    def _group(self, kind: str, data: Mapping[str, Any], place: str, depth: int) -> Node | None:
        sent = data.get("parts")
        if not isinstance(sent, list) or not sent or len(sent) > MOST_LEAVES:
            self.refuse(f"{place}.parts", _("Give 1 to %(most)s conditions.") % {"most": MOST_LEAVES})
            return None
        parts = [self.node(part, f"{place}.parts.{number}", depth + 1) for number, part in enumerate(sent)]
        good = tuple(part for part in parts if part is not None)
        return _GROUPS[kind](good) if len(good) == len(parts) else None

    def _leaf(self, kind: str, data: Mapping[str, Any], place: str) -> Leaf | None:
        self.leaves += 1
        make, fields = _LEAVES[kind]
        values: dict[str, Any] = {}
        for name, read in fields.items():
            try:
                values[name] = read(data.get(name))
            except _DoesNotFit as wrong:
                self.refuse(f"{place}.{name}", str(wrong))
        return make(**values) if len(values) == len(fields) else None


class _DoesNotFit(Exception):
    pass


def _subject(value: Any) -> UUID:
    if not isinstance(value, str):
        _no(_("Choose a subject."))
    try:
        return UUID(value)
    except ValueError as error:
        raise _DoesNotFit(_("Choose a subject.")) from error


def _grade(value: Any) -> Decimal | None:
    return None if value is None else _decimal(value, Decimal(0), Decimal(100), 2, _("Enter a grade such as 2.00."))


def _percent(value: Any) -> Decimal:
    return _decimal(value, Decimal("0.01"), Decimal(100), 2, _("Enter a share of more than 0 up to 100 percent."))


def _decimal(value: Any, lowest: Decimal, highest: Decimal, places: int, message: str) -> Decimal:
    if isinstance(value, bool | float) or not isinstance(value, str | int):
        _no(message)
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise _DoesNotFit(message) from error
    if not number.is_finite() or not lowest <= number <= highest:
        _no(message)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > places:
        _no(message)
    return number


def _whole(most: int, message: Promise) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            _no(str(message) % {"most": most})
        return value

    return read


def _word(message: Promise) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        word = value.strip().lower() if isinstance(value, str) else ""
        fits = bool(word) and len(word) <= LONGEST_WORD and word.replace("-", "").replace("_", "").isalnum()
        if not fits:
            _no(str(message))
        return word

    return read


def _no(message: str) -> NoReturn:
    raise _DoesNotFit(message)


_GROUPS: dict[str, Callable[[tuple[Node, ...]], Node]] = {"ALL_OF": AllOf, "ANY_OF": AnyOf}
_Fields = dict[str, Callable[[Any], Any]]
_LEAVES: dict[str, tuple[Callable[..., Leaf], _Fields]] = {
    "SPECIFIC": (Specific, {"subject_id": _subject, "min_grade": _grade}),
    "COREQUISITE": (Corequisite, {"subject_id": _subject}),
    "YEAR_STANDING": (
        YearStanding, {"year_level": _whole(LAST_YEAR_LEVEL, gettext_lazy("Enter a year from 1 to %(most)s."))},
    ),
    "GROUP": (
        Group,
        {
            "tag": _word(gettext_lazy("Enter one word for the kind of subject, such as programming.")),
            "min_subjects": _whole(MOST_IN_A_GROUP, gettext_lazy("Enter a number from 1 to %(most)s.")),
        },
    ),
    "PERCENT_UNITS": (PercentUnits, {"percent": _percent}),
    "ALL_MAJOR": (AllMajor, {}),
    "PERMISSION": (
        Permission, {"role": _word(gettext_lazy("Enter the role that has to agree, such as program_head."))},
    ),
}  # fmt: skip
