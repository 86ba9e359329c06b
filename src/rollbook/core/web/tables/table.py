"""The base of every table, and how it answers a request."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.money import Money
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.core.web import formatting
from rollbook.core.web.rendering import render
from rollbook.core.web.states import Words
from rollbook.core.web.tables import export
from rollbook.core.web.tables.body import Heading, body, headings
from rollbook.core.web.tables.columns import Column, Row
from rollbook.core.web.tables.controls import Chip, chips
from rollbook.core.web.tables.filters import Filter, TextFilter, named
from rollbook.core.web.tables.query import PAGE_SIZE, TableQuery, address, read_query
from rollbook.core.web.tables.sources import Rows, Slice, source_of


@dataclass(frozen=True)
class BulkAction:
    """An act on the rows that were ticked; they arrive as `row` fields of a POST."""

    name: str
    label: Words
    url_name: str
    permission: str
    icon: str = ""


class Counted:
    """Rows on their way into a file, and how many have passed."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


class Table:
    """A declared table over the rows of one request. Subclasses say what stands in it."""

    name: ClassVar[str]
    title: ClassVar[Words]
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[Sequence[Filter]] = ()
    #: The column to sort by at first; "-" before it for the largest first.
    order: ClassVar[str]
    row_link: ClassVar[str] = ""
    row_link_args: ClassVar[tuple[str, ...]] = ("id",)
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    #: Who may take the list away as a file; empty: whoever sees it.
    export_permission: ClassVar[str] = ""
    page_size: ClassVar[int] = PAGE_SIZE
    empty_title: ClassVar[Words] = _("Nothing here yet")
    empty_text: ClassVar[Words] = ""
    empty_icon: ClassVar[str] = "inbox"

    def __init__(self, request: HttpRequest, rows: Rows, *, currency: str = "") -> None:
        self.request = request
        self.currency = currency or self._currency_of_organisation()
        self.filters_by_name = named(self.filters)
        self.query = read_query(
            dict(request.GET.lists()),
            columns=self.columns,
            filters=self.filters,
            order=self.order,
            chosen_columns=self._kept("columns"),
            typed=self._kept("find"),
            limit=self.page_size,
        )
        self.source = source_of(rows, self.columns, self.filters_by_name, self.currency)

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """The fields that the table reads, for `values(*fields)`."""
        linked = cls.row_link_args if cls.row_link else ()
        order_column = next(column for column in cls.columns if column.name == cls.order.lstrip("-"))
        every = ("id", *(name for column in cls.columns for name in column.fields), *order_column.sort_fields, *linked)
        return tuple(dict.fromkeys(every))

    # --- what is shown -----------------------------------------------------------------------------------------

    @cached_property
    def slice(self) -> Slice:
        """The rows of this page."""
        return self.source.page(self.query)

    @cached_property
    def shown_columns(self) -> list[Column]:
        """The columns that this visitor sees."""
        return [column for column in self.columns if column.name in self.query.columns]

    @property
    def body(self) -> SafeString:
        """The rows as HTML."""
        return body(self)

    @property
    def headings(self) -> list[Heading]:
        """The header cells, with the addresses that sort by them."""
        return headings(self)

    @property
    def chips(self) -> list[Chip]:
        """The filters as sentences, with the addresses that change or remove them."""
        return chips(self)

    @cached_property
    def text_filter(self) -> TextFilter | None:
        """The filter that one types into, if the table has one."""
        return next((item for item in self.filters if isinstance(item, TextFilter)), None)

    @property
    def typed(self) -> str:
        """What stands in the search field."""
        return str(self.query.filters.get(self.text_filter.name, "")) if self.text_filter else ""

    @property
    def sums(self) -> list[tuple[Words, str]]:
        """The totals of what is filtered: label and amount."""
        found = []
        for column in self.columns:
            for currency, minor in self.slice.totals.sums.get(column.name, {}).items():
                written = formatting.amount_text(Money(minor, currency)) if currency else formatting.number_text(minor)
                found.append((column.label, written))
        return found

    @cached_property
    def allowed_bulk_actions(self) -> list[tuple[BulkAction, str]]:
        """The acts on many that this actor may perform, with their addresses."""
        actor = getattr(self.request, "actor", None)
        return [
            (action, reverse(action.url_name))
            for action in self.bulk_actions
            if not action.permission or (actor is not None and actor.may(action.permission))
        ]

    @property
    def may_export(self) -> bool:
        """Whether this actor may take the list away."""
        actor = getattr(self.request, "actor", None)
        return not self.export_permission or (actor is not None and actor.may(self.export_permission))

    # --- addresses ---------------------------------------------------------------------------------------------

    def url(self, **change: Any) -> str:
        """The address of the same list, changed."""
        return self.request.path + address(self.query, self.filters_by_name, self.order, **change)

    @property
    def here(self) -> str:
        """The address of this list from its first page."""
        return self.url()

    @property
    def clear_url(self) -> str:
        """The address of the list without any filter."""
        bare = TableQuery({}, self.query.sort, self.query.descending, others=self.query.others)
        return self.request.path + address(bare, self.filters_by_name, self.order)

    @property
    def older_url(self) -> str:
        """The next page."""
        return self.url(after=str(self.slice.rows[-1]["id"])) if self.slice.has_older and self.slice.rows else ""

    @property
    def newer_url(self) -> str:
        """The page before."""
        return self.url(before=str(self.slice.rows[0]["id"])) if self.slice.has_newer and self.slice.rows else ""

    @property
    def csv_url(self) -> str:
        """The list as CSV."""
        return self.url(export="csv")

    @property
    def xlsx_url(self) -> str:
        """The list as a spreadsheet."""
        return self.url(export="xlsx")

    @property
    def element_id(self) -> str:
        """The id of the part that changes."""
        return f"table-{self.name}"

    # --- answers -----------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        return render_to_string("rollbook/tables/table.html", {"table": self}, self.request)

    __html__ = render = __str__

    def respond(self, template: str, context: Mapping[str, Any] | None = None) -> HttpResponse:
        """Answer the request: the page, the part that htmx asked for, a file, or what was typed and chosen."""
        if self.request.method == "POST" and self.request.POST.get("table") == self.name:
            return self._keep_choice()
        wanted = self.request.GET.get("export", "")
        if wanted in export.CONTENT_TYPES:
            return self.export(wanted)
        asked_for_part = self.request.headers.get("HX-Target") == self.element_id
        part = "rollbook/tables/results.html" if asked_for_part else None
        return render(self.request, template, {**(context or {}), "table": self}, fragment=part)

    def export(self, file_format: str) -> HttpResponse:
        """Exactly what is filtered, in the columns that are shown, as a file."""
        if self.export_permission:
            self.request.actor.require(self.export_permission)  # type: ignore[attr-defined]
        rows = Counted(self.source.everything(self.query))
        if file_format == "csv":
            file = export.write_csv(self.shown_columns, rows, self.currency)
        else:
            file = export.write_xlsx(self.shown_columns, rows, self.currency, str(self.title))
        self._note_export(file_format, rows.count)
        response = FileResponse(
            file,
            as_attachment=True,
            filename=f"{self.name}-{self._today().isoformat()}.{file_format}",
            content_type=export.CONTENT_TYPES[file_format],
        )
        response["Cache-Control"] = "no-store"
        return response  # type: ignore[return-value]

    def _note_export(self, file_format: str, count: int) -> None:
        """Who took which list away is on the record; what was typed to find somebody is not."""
        actor = getattr(self.request, "actor", None)
        if actor is None:
            return
        named = self.text_filter.name if self.text_filter else ""
        record(
            actor,
            "web.list_exported",
            ("table", None),
            table=self.name,
            format=file_format,
            rows=count,
            columns=[column.name for column in self.shown_columns],
            filters=sorted(name for name in self.query.filters if name != named),
        )

    def _today(self) -> Any:
        actor = getattr(self.request, "actor", None)
        if actor is None:
            return clock.now().date()
        return organisation_facts(actor.organisation_id).local_date(clock.now())

    def _keep_choice(self) -> HttpResponse:
        """Keep what was typed or chosen in the session, then show the list by an address that names nobody."""
        if "columns" in self.request.POST:
            known = {column.name for column in self.columns}
            self._keep("columns", [name for name in self.request.POST.getlist("columns") if name in known])
            return HttpResponseRedirect(self.here, status=303)
        typed = {}
        if self.text_filter:
            text = self.text_filter.read({self.text_filter.name: [self.request.POST.get("text", "")]})
            typed = {self.text_filter.name: text} if text else {}
        self._keep("find", typed)
        without = self.text_filter.name if self.text_filter else ""
        return HttpResponseRedirect(self.url(without=without, with_values=typed), status=303)

    def _kept(self, what: str) -> Any:
        session = getattr(self.request, "session", None)
        return session.get(f"table.{self.name}.{what}") if session is not None else None

    def _keep(self, what: str, value: Any) -> None:
        self.request.session[f"table.{self.name}.{what}"] = value

    def _currency_of_organisation(self) -> str:
        actor = getattr(self.request, "actor", None)
        return organisation_facts(actor.organisation_id).currency if actor is not None else ""
