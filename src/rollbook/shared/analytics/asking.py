"""What somebody asks of a report, read from an address or from JSON, and said again in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rollbook.core.errors import Invalid
from rollbook.core.web.tables import Column
from rollbook.core.web.tables.query import read_query
from rollbook.shared.analytics import rules
from rollbook.shared.analytics.register import Report, Values

Params = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A report with its filters and columns, each checked against its declaration."""

    report: Report
    values: Values
    columns: tuple[Column, ...]

    @property
    def params(self) -> dict[str, list[str]]:
        """The filters as they stand in an address, defaults spelt out, so that the run can be done again."""
        kept: dict[str, list[str]] = {}
        for item in self.report.filters:
            if item.name in self.values:
                kept.update(item.params(self.values[item.name]))
        return kept

    @property
    def sentences(self) -> list[str]:
        """What the filters do, for the reader of the file."""
        return [item.sentence(self.values[item.name]) for item in self.report.filters if item.name in self.values]


def asked(report: Report, params: Params, columns: Sequence[str] = ()) -> Asked:
    """Read what an address asks; what is unknown or malformed is passed over, so an old link still opens."""
    query = read_query(
        params, columns=report.columns, filters=report.filters, order=report.columns[0].name, chosen_columns=columns
    )
    shown = tuple(column for column in report.columns if column.name in query.columns)
    return Asked(report, query.filters, shown)


def asked_strictly(report: Report, params: Params, columns: Sequence[str] = ()) -> Asked:
    """Read what a program asks; what is unknown or malformed is refused by name."""
    known = {name for item in report.filters for name in item.param_names}
    wrong = [
        {"field": f"filters.{name}", "message": _("This report has no filter called %(name)s.") % {"name": name}}
        for name in params
        if name not in known
    ]
    for item in report.filters:
        given = {name: params[name] for name in item.param_names if params.get(name)}
        if given and item.read(given) is None:
            wrong.append({"field": f"filters.{item.name}", "message": _("That is none of its choices.")})
    names = {column.name for column in report.columns}
    wrong += [
        {"field": "columns", "message": _("This report has no column called %(name)s.") % {"name": name}}
        for name in columns
        if name not in names
    ]
    if wrong:
        raise Invalid(errors=wrong)
    return asked(report, params, columns)


def read_format(text: Any) -> str:
    """The format asked for, or a refusal that names the choices."""
    if text not in rules.FORMATS:
        raise Invalid.field("format", _("Choose csv, xlsx or pdf."))
    return str(text)
