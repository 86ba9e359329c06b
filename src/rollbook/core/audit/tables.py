"""The trail and the access log as tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.audit import permissions, selectors, words
from rollbook.core.identity.models import Membership
from rollbook.core.web.tables import (
    BooleanFilter,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Filter,
    Slice,
    Table,
    TableQuery,
    TextFilter,
    Totals,
)

_TRAIL = (
    "id", "at", "actor_kind", "job", "impersonator_id", "target_type", "target_id", "user_name", "impersonator_name",
)  # fmt: skip


@dataclass(frozen=True)
class WhoFilter(TextFilter):
    """Part of the name of somebody who acted."""

    def condition(self, value: Any) -> Q:
        named = Membership.objects.all()
        for word in value.split():
            named = named.filter(name__icontains=word)
        people = list(named.values_list("user_id", flat=True)[:500])
        return Q(user_id__in=people) | Q(impersonator_id__in=people)

    @property
    def shape(self) -> str:
        return "TextFilter"


@dataclass(frozen=True)
class OfferedFilter(ChoiceFilter):
    """One of the values that occur; a value from an older link is taken as well."""

    def read(self, params: Any) -> Any:
        wanted = [text for text in params.get(self.name) or [] if text and len(text) <= 100 and "\x00" not in text]
        return tuple(wanted[:1]) or None

    def sentence(self, value: Any) -> str:
        name = words.action_words(value[0]) if self.name == "action" else words.target_words(value[0])
        return f"{self.label}: {name}"

    @property
    def shape(self) -> str:
        return "ChoiceFilter"


def _actions() -> Sequence[tuple[str, str]]:
    return [(action, words.action_words(action)) for action in selectors.offered("action")]


def _targets() -> Sequence[tuple[str, str]]:
    return [(target, words.target_words(target)) for target in selectors.offered("target_type")]


def _record_words(row: Any) -> str:
    kind = words.target_words(row["target_type"])
    return f"{kind} …{row['target_id'].hex[-8:]}" if row["target_id"] else kind


WHO = Column(
    "who",
    _("Who"),
    text=words.who_words,
    needs=("user_name", "actor_kind", "job", "impersonator_id", "impersonator_name"),
)
RECORD = Column("record", _("Record"), text=_record_words, needs=("target_type", "target_id"))
FROM = Column("ip", _("From"), visible=False)
REQUEST = Column("request_id", _("Request"), visible=False)


class AuditTable(Table):
    """What was done and what was refused."""

    name = "audit"
    title = _("Audit trail")
    columns = (
        Column("at", _("When"), kind="datetime", sortable=True, primary=True, link="audit:entry"),
        WHO,
        Column("action", _("What"), text=lambda row: words.action_words(row["action"])),
        RECORD,
        Column("reason", _("Why")),
        FROM,
        REQUEST,
    )
    filters: ClassVar[Sequence[Filter]] = (
        WhoFilter("find", _("Who"), placeholder=_("Part of a name")),
        OfferedFilter("action", _("What"), choices=_actions),
        OfferedFilter("record", _("Kind of record"), choices=_targets, lookup="target_type"),
        DateRangeFilter("day", _("Day"), lookup="at", moments=True),
        BooleanFilter("refused", _("Refused attempts only"), lookup={"action__startswith": words.REFUSED}),
    )
    order = "-at"
    export_permission = permissions.EXPORT_AUDIT
    empty_title = _("Nothing was done yet")
    empty_text = _("Every act stands here with who did it, when, from where and why.")
    empty_icon = "scroll-text"


class AccessTable(Table):
    """Who read a restricted record."""

    name = "access"
    title = _("Reads of restricted records")
    columns = (
        Column("at", _("When"), kind="datetime", sortable=True, primary=True),
        WHO,
        RECORD,
        Column("purpose", _("Purpose")),
        FROM,
        REQUEST,
    )
    filters: ClassVar[Sequence[Filter]] = (
        WhoFilter("find", _("Who"), placeholder=_("Part of a name")),
        DateRangeFilter("day", _("Day"), lookup="at", moments=True),
    )
    order = "-at"
    export_permission = permissions.EXPORT_AUDIT
    empty_title = _("Nobody read a restricted record yet")
    empty_text = _("Whoever opens a confidential record is written down here, with the purpose.")
    empty_icon = "eye"


@dataclass(frozen=True)
class TrailRows:
    """Pages of a trail, cut by moment and id, so that only the months in question are read."""

    rows: Any
    table: type[Table]

    def __call__(self, query: TableQuery) -> Slice:
        fields = (*_TRAIL, *(name for column in self.table.columns for name in column.fields))
        narrowed = self._narrowed(query)
        anchor_id = query.after or query.before
        backwards = bool(query.before)
        ahead = query.descending != backwards
        shown = selectors.with_names(narrowed)
        anchor = selectors.entry_at(self.rows, UUID(anchor_id)) if anchor_id else None
        if anchor is not None:
            beyond = "lt" if ahead else "gt"
            shown = shown.filter(**{f"at__{beyond}e": anchor}).filter(
                Q(**{f"at__{beyond}": anchor}) | Q(at=anchor, **{f"id__{beyond}": UUID(anchor_id)})
            )
        order = ("-at", "-id") if ahead else ("at", "id")
        found = list(shown.order_by(*order).values(*dict.fromkeys(fields))[: query.limit + 1])
        more, kept = len(found) > query.limit, found[: query.limit]
        totals = self._totals(query, narrowed)
        if backwards and anchor is not None:
            return Slice(kept[::-1], totals, has_older=True, has_newer=more)
        return Slice(kept, totals, has_older=more, has_newer=anchor is not None)

    def _narrowed(self, query: TableQuery) -> Any:
        by_name = {item.name: item for item in self.table.filters}
        condition = Q()
        for name, value in query.filters.items():
            condition &= by_name[name].condition(value)
        return self.rows.filter(condition) if condition else self.rows

    def _totals(self, query: TableQuery, narrowed: Any) -> Totals:
        if query.limit > self.table.page_size:
            # An export asks page after page and shows no total.
            return Totals(0)
        return Totals(narrowed.order_by().values("id")[: selectors.MOST_COUNTED].count())
