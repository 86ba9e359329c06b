"""Finding students over the words that people keep.

The words are read first and for themselves (MATERIALIZED): right after an import the database does not know yet how
often a word occurs, and left to choose it may look up the words of every student one by one.
"""

from collections.abc import Sequence
from typing import Any

from rollbook.shared.people.search import Term

#: Whoever types two letters of a common name sees the first of this many; everybody else sees all.
MOST_HITS = 1_000
_LAST = "\U0010ffff"

_RANGE = """SELECT k.person_id FROM people_searchtoken k
     WHERE k.organisation_id = %(organisation)s AND k.token >= %({name})s AND k.token < %({name}_end)s"""

#: Whole numbers first, then by name.
FIND = """
WITH hits AS MATERIALIZED (
    SELECT DISTINCT h.person_id FROM ({hits} LIMIT %(most)s) h
), found AS MATERIALIZED (
    SELECT s.id, s.person_id, s.student_number, s.programme_id, s.status, p.family_name, p.given_name, p.middle_name,
           p.suffix, p.photo_id, p.search_key, upper(s.student_number) = upper(%(typed)s) AS is_exact
      FROM hits h
      JOIN college_records_student s
        ON s.organisation_id = %(organisation)s AND s.person_id = h.person_id AND s.taken_back_at IS NULL
      JOIN people_person p ON p.organisation_id = %(organisation)s AND p.id = s.person_id
     ORDER BY is_exact DESC, p.search_key, s.id
     LIMIT %(limit)s
)
SELECT f.id, f.person_id, f.student_number, f.family_name, f.given_name, f.middle_name, f.suffix, f.photo_id, g.code,
       f.status, f.is_exact
  FROM found f
  JOIN college_catalogue_programme g ON g.organisation_id = %(organisation)s AND g.id = f.programme_id
 ORDER BY f.is_exact DESC, f.search_key, f.id
"""

FIND_IDS = """
WITH hits AS MATERIALIZED (
    SELECT DISTINCT h.person_id FROM ({hits} LIMIT %(most)s) h
)
SELECT s.id
  FROM hits h
  JOIN college_records_student s
    ON s.organisation_id = %(organisation)s AND s.person_id = h.person_id AND s.taken_back_at IS NULL
"""


def hits_of(terms: Sequence[Term]) -> tuple[str, dict[str, Any]]:
    """The people of whom every term is the beginning of a word, as SQL with its parameters."""
    parameters: dict[str, Any] = {}
    queries = []
    for place, term in enumerate(terms):
        ranges = []
        for other, start in enumerate(term):
            name = f"term_{place}_{other}"
            parameters |= {name: start, f"{name}_end": start + _LAST}
            ranges.append(_RANGE.format(name=name))
        queries.append("(" + " UNION ALL ".join(ranges) + ")")
    return " INTERSECT ".join(queries), parameters
