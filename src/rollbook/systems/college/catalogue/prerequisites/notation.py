"""Prerequisites as people write them in a cell of a file or a field of a form.

    IT101 & IT102>=2.00                both, the second with 2.00 or better
    IT101 & (MATH1 | MATH2)            one of the two is enough
    with:PHY1L                         taken in the same term, or passed
    year:3                             third year standing
    2*programming                      two subjects with that tag
    75%                                of the curriculum's units earned
    majors                             every other major of the curriculum
    permission:program_head            somebody in that role agrees

`&` or `;` joins what must all be met, `|` what is enough by itself; brackets group. The codes are those of subjects.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext

from rollbook.systems.college.catalogue.prerequisites.parsing import DEEPEST, MalformedTree, parse, to_json
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

_TOKEN = re.compile(r"\s*([()|&;]|[^()|&;]+)")
_GROUP_OF_TAG = re.compile(r"(\d{1,3})\s*\*\s*([\w-]+)\Z")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s*%\Z")
_GRADED = re.compile(r"(.+?)\s*>=\s*(\d{1,3}(?:\.\d{1,2})?)\Z")


class NotationError(Exception):
    """What was written cannot be read; the sentence says which part."""


def read(text: str, ids: Mapping[str, UUID]) -> Node | None:
    """Read what was written; `ids` finds a subject by its code in lower case. Nothing written asks for nothing."""
    tokens = [found.strip() for found in _TOKEN.findall(text) if found.strip()]
    if not tokens:
        return None
    reader = _Reader(tokens, ids)
    tree = reader.alternatives(1)
    if reader.rest:
        raise NotationError(gettext("There is a '%(sign)s' too many.") % {"sign": reader.rest[0]})
    try:
        return parse(to_json(tree))
    except MalformedTree as wrong:
        raise NotationError(wrong.detail) from wrong


class _Reader:
    def __init__(self, tokens: list[str], ids: Mapping[str, UUID]) -> None:
        self.rest = tokens
        self.ids = ids

    def alternatives(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise NotationError(gettext("Nest brackets at most %(most)s deep.") % {"most": DEEPEST})
        parts = [self.together(depth)]
        while self.rest and self.rest[0] == "|":
            self.rest.pop(0)
            parts.append(self.together(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def together(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while self.rest and self.rest[0] in "&;":
            self.rest.pop(0)
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def one(self, depth: int) -> Node:
        if not self.rest or self.rest[0] in "|&;)":
            raise NotationError(gettext("Something is missing beside '&', '|' or a bracket."))
        word = self.rest.pop(0)
        if word != "(":
            return self.leaf(word)
        inside = self.alternatives(depth + 1)
        if not self.rest or self.rest.pop(0) != ")":
            raise NotationError(gettext("A bracket is not closed."))
        return inside

    def leaf(self, word: str) -> Leaf:
        kind, _, rest = word.partition(":")
        match kind.strip().lower(), rest.strip():
            case "majors", "":
                return AllMajor()
            case "with", code:
                return Corequisite(self.subject(code))
            case "year", number if number.isascii() and number.isdigit() and len(number) < 4:
                return YearStanding(int(number))
            case "permission", role if role:
                return Permission(role)
        return self.counted(word)

    def counted(self, word: str) -> Leaf:
        if found := _GROUP_OF_TAG.match(word):
            return Group(found[2].lower(), int(found[1]))
        if found := _SHARE.match(word):
            return PercentUnits(Decimal(found[1]))
        if found := _GRADED.match(word):
            return Specific(self.subject(found[1]), Decimal(found[2]))
        return Specific(self.subject(word))

    def subject(self, code: str) -> UUID:
        plain = " ".join(code.split()).lower()
        if plain not in self.ids:
            raise NotationError(gettext("There is no subject '%(code)s'.") % {"code": code.strip()})
        return self.ids[plain]


def write(node: Node | None, codes: Mapping[UUID, str]) -> str:  # noqa: C901, PLR0911 — one case per kind of node
    """Write a tree so that `read` reads the same one."""
    match node:
        case None:
            return ""
        case AllOf(parts):
            return " & ".join(_bracketed(part, codes, AllOf | AnyOf) for part in parts)
        case AnyOf(parts):
            return " | ".join(_bracketed(part, codes, AnyOf) for part in parts)
        case Specific(subject_id, min_grade):
            return codes.get(subject_id, "?") + ("" if min_grade is None else f">={min_grade}")
        case Corequisite(subject_id):
            return f"with:{codes.get(subject_id, '?')}"
        case YearStanding(year_level):
            return f"year:{year_level}"
        case Group(tag, min_subjects):
            return f"{min_subjects}*{tag}"
        case PercentUnits(percent):
            return f"{percent}%"
        case AllMajor():
            return "majors"
        case Permission(role):
            return f"permission:{role}"


def _bracketed(part: Node, codes: Mapping[UUID, str], kinds: object) -> str:
    text = write(part, codes)
    return f"({text})" if isinstance(part, kinds) else text  # type: ignore[arg-type]  # a union of the two groups
