"""Watches every statement of a test: whoever touches a tenant table names the organisation.

Row policies would hide the mistake, and one day the database may be spread by organisation; so it fails here.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pytest

_TOKENS = re.compile(
    r"""
    --[^\n]* | /\*.*?\*/                       # comments
  | (?P<text>'(?:[^']|'')*' | \$\$.*?\$\$)      # literals
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<word>[A-Za-z_%][A-Za-z0-9_$]*)
  | (?P<mark>[(),.;=])
  | \S
    """,
    re.VERBOSE | re.DOTALL,
)
_QUERY_WORDS = frozenset({"select", "insert", "update", "delete", "with", "merge"})
_SET_WORDS = frozenset({"union", "intersect", "except"})
_TABLE_FOLLOWS = frozenset({"from", "join", "update", "into", "using", "only", "copy", "truncate", "table"})
#: Between these, tables stand in a row with commas.
_LIST_STARTS = frozenset({"from", "truncate"})
_LIST_ENDS = frozenset({"where", "group", "order", "set", "limit", "returning", "select", "having", "window"})
_CONDITION_FOLLOWS = frozenset({"where", "on", "using"})
_CONDITION_ENDS = frozenset({"group", "order", "limit", "offset", "returning", "window", "for", "set"})
_NO_ALIAS = frozenset(
    {
        "and",
        "as",
        "cross",
        "default",
        "do",
        "except",
        "for",
        "full",
        "group",
        "having",
        "inner",
        "intersect",
        "join",
        "lateral",
        "left",
        "limit",
        "natural",
        "nothing",
        "offset",
        "on",
        "order",
        "outer",
        "overriding",
        "returning",
        "right",
        "select",
        "set",
        "tablesample",
        "union",
        "using",
        "values",
        "when",
        "where",
        "window",
    }
)


class NamelessStatement(AssertionError):
    """A statement touched a tenant table without naming the organisation."""


@dataclass
class Query:
    """One SELECT, INSERT, UPDATE or DELETE, without the queries inside it."""

    tokens: list[str] = field(default_factory=list)


def queries_of(statement: str) -> list[Query]:
    """Cut a statement into its queries, each with the parentheses that are no query of their own."""
    found: list[Query] = [Query()]
    open_queries: list[tuple[Query, int]] = [(found[0], 0)]
    depth = 0
    tokens = _words(statement)
    for place, token in enumerate(tokens):
        query, since = open_queries[-1]
        if token == "(":
            depth += 1
            following = next((each for each in tokens[place + 1 :] if each != "("), "")
            if following in _QUERY_WORDS:
                query.tokens.append("(")
                found.append(Query())
                open_queries.append((found[-1], depth))
                continue
        elif token == ")":
            depth -= 1
            if since and depth < since:
                open_queries.pop()
                query = open_queries[-1][0]
        elif token == ";" or token in _SET_WORDS:
            found.append(Query())
            open_queries[-1] = (found[-1], since)
            continue
        query.tokens.append(token)
    return [query for query in found if query.tokens]


def _words(statement: str) -> list[str]:
    tokens = []
    for match in _TOKENS.finditer(statement):
        if match["quoted"]:
            tokens.append(match["quoted"][1:-1])
        elif match["word"]:
            tokens.append(match["word"].lower())
        elif match["mark"]:
            tokens.append(match["mark"])
        elif match["text"]:
            tokens.append("'")
    return tokens


def fault_of(statement: str, tenant_tables: frozenset[str]) -> str | None:
    """Say what is wrong with a statement, or None."""
    return next((fault for query in queries_of(statement) if (fault := _fault(query.tokens, tenant_tables))), None)


def _fault(tokens: list[str], tenant_tables: frozenset[str]) -> str | None:
    references = _references(tokens, tenant_tables)
    if not references:
        return None
    if forbidden := {"merge", "copy", "truncate"}.intersection(tokens[:1]):
        return f"{forbidden.pop().upper()} is not used on tenant tables ({references[0][0]})"
    if "insert" in tokens and "into" in tokens:
        return _insert_fault(tokens, references)
    conditions = _conditions(tokens)
    for table, alias in references:
        qualified = any(
            conditions[place : place + 3] == [alias, ".", "organisation_id"] for place in range(len(conditions))
        )
        bare = any(
            token == "organisation_id" and (place == 0 or conditions[place - 1] != ".")
            for place, token in enumerate(conditions)
        )
        if not qualified and not bare:
            called = table if alias == table else f"{table} (as {alias})"
            return f"{called} is read or changed without a condition on its organisation_id"
    return None


def _insert_fault(tokens: list[str], references: list[tuple[str, str]]) -> str | None:
    place = tokens.index("into")
    table = references[0][0]
    columns = tokens[tokens.index("(", place) : tokens.index(")", place)] if "(" in tokens[place:] else []
    if "organisation_id" not in columns:
        return f"{table} gets a row without organisation_id"
    if "select" in tokens[place:] and "returning" not in tokens:
        return f"{table} gets the rows of a SELECT without RETURNING"
    return None


def _references(tokens: list[str], tenant_tables: frozenset[str]) -> list[tuple[str, str]]:
    """The tenant tables that a query names, each with the name it goes by."""
    found = []
    is_table_list = False
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        if token in _LIST_STARTS or token in _LIST_ENDS:
            is_table_list = token in _LIST_STARTS
        elif token in tenant_tables:
            in_schema = before == "." and tokens[place - 2] == "public"
            if before in _TABLE_FOLLOWS or in_schema or (is_table_list and before == ","):
                found.append((token, _alias(tokens, place)))
    return found


def _alias(tokens: list[str], place: int) -> str:
    following = tokens[place + 1 : place + 3]
    if following[:1] == ["as"] and len(following) == 2:
        return following[1]
    if following and following[0] not in _NO_ALIAS and (following[0][0].isalpha() or following[0][0] == "_"):
        return following[0]
    return tokens[place]


def _conditions(tokens: list[str]) -> list[str]:
    """What stands after WHERE, ON and USING."""
    kept: list[str] = []
    keeping = False
    for token in tokens:
        if token in _CONDITION_FOLLOWS:
            keeping = True
        elif token in _CONDITION_ENDS:
            keeping = False
        elif keeping:
            kept.append(token)
    return kept


@lru_cache(maxsize=1)
def tenant_tables() -> frozenset[str]:
    """Every table whose rows belong to an organisation."""
    from django.apps import apps

    models = (
        model
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, "belongs_to_organisation", False)
    )
    return frozenset(model._meta.db_table for model in models)


_is_watching: ContextVar[bool] = ContextVar("is_watching_statements", default=True)


@lru_cache(maxsize=4096)
def _known_fault(statement: str) -> str | None:
    return fault_of(statement, tenant_tables())


def watch(execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Refuse a statement that does not name the organisation; for `connection.execute_wrappers`."""
    if _is_watching.get():
        fault = _known_fault(statement if isinstance(statement, str) else statement.as_string())
        if fault:
            raise NamelessStatement(f"{fault}:\n{statement}")
    return execute(statement, params, many, context)


@contextmanager
def unwatched_statements() -> Iterator[None]:
    """For a test that attacks the database on purpose."""
    token = _is_watching.set(False)
    try:
        yield
    finally:
        _is_watching.reset(token)


@pytest.fixture
def attack() -> Iterator[None]:
    """Let a test send statements that the product never would."""
    with unwatched_statements():
        yield


@pytest.fixture(scope="session", autouse=True)
def watched_statements() -> Iterator[None]:
    """Watch every connection as the ordinary role, in every thread."""
    from django.db.backends.signals import connection_created

    def attach(connection: Any, **_: Any) -> None:
        if connection.alias == "default" and watch not in connection.execute_wrappers:
            connection.execute_wrappers.append(watch)

    connection_created.connect(attach, weak=False, dispatch_uid="rollbook.testing.statements")
    yield
    connection_created.disconnect(dispatch_uid="rollbook.testing.statements")
