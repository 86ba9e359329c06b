"""Acts of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from rollbook.core import ids
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.ledger.chart import STARTING_CHART, ChartLine
from rollbook.shared.ledger.errors import Unbalanced
from rollbook.shared.ledger.models import LedgerAccount


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: a positive amount debits the account, a negative one credits it."""

    account_code: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry to be posted. `source_id` is the row that caused it."""

    entry_date: date
    kind: str
    source_id: UUID
    currency: str
    lines: Sequence[Line]


POST = """
WITH entry AS (
    INSERT INTO ledger_journalentry (organisation_id, id, created_at, entry_date, kind, source_id)
    SELECT %(organisation)s, e.id, %(at)s, e.entry_date, e.kind, e.source_id
      FROM unnest(%(entry_ids)s::uuid[], %(dates)s::date[], %(kinds)s::text[], %(sources)s::uuid[])
           AS e(id, entry_date, kind, source_id)
    RETURNING id
)
INSERT INTO ledger_posting (organisation_id, id, created_at, entry_id, account_id, amount_minor, currency)
SELECT %(organisation)s, p.id, %(at)s, p.entry_id,
       (SELECT a.id FROM ledger_ledgeraccount a WHERE a.organisation_id = %(organisation)s AND a.code = p.code),
       p.amount_minor, p.currency
  FROM unnest(%(posting_ids)s::uuid[], %(posting_entries)s::uuid[], %(codes)s::text[], %(amounts)s::bigint[],
              %(currencies)s::text[]) AS p(id, entry_id, code, amount_minor, currency)
RETURNING id
"""


def open_chart(lines: Sequence[ChartLine] = STARTING_CHART) -> None:
    """Open the accounts of a chart that do not stand yet."""
    standing = set(LedgerAccount.objects.values_list("code", flat=True))
    LedgerAccount.objects.bulk_create(
        LedgerAccount(code=line.code, name=line.name, kind=line.kind) for line in lines if line.code not in standing
    )


def post_entries(entries: Sequence[Entry], *, at: datetime) -> None:
    """Post entries in one statement. Each must sum to zero; lines of zero, and empty entries, are left out."""
    entry_rows, posting_rows = [], []
    for entry in entries:
        difference = sum(line.amount_minor for line in entry.lines)
        if difference:
            raise Unbalanced(difference_minor=difference)
        if not any(line.amount_minor for line in entry.lines):
            continue
        (entry_id,) = ids.new_id_texts(1)
        entry_rows.append((entry_id, entry.entry_date, entry.kind, entry.source_id))
        posting_rows += [
            (entry_id, line.account_code, line.amount_minor, entry.currency)
            for line in entry.lines
            if line.amount_minor
        ]
    if not posting_rows:
        return
    entry_ids, dates, kinds, sources = (list(column) for column in zip(*entry_rows, strict=True))
    posting_entries, codes, amounts, currencies = (list(column) for column in zip(*posting_rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            POST,
            {
                "organisation": require_organisation_id(),
                "at": at,
                "entry_ids": array_of(entry_ids),
                "dates": array_of(dates),
                "kinds": text_array_of(kinds),
                "sources": array_of(sources),
                "posting_ids": array_of(ids.new_id_texts(len(posting_rows))),
                "posting_entries": array_of(posting_entries),
                "codes": text_array_of(codes),
                "amounts": array_of(amounts),
                "currencies": text_array_of(currencies),
            },
        )
