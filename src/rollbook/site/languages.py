"""The catalogues of sentences in other languages: collected from the sources, compiled, checked.

Sentences stand in templates (`{% trans %}`), in code (`gettext`), in the docstrings and remedies of refusals, and
in the labels of roles and permissions. Babel does the work, so no GNU gettext is needed.

    python -m rollbook.site.languages            collect and compile
    python -m rollbook.site.languages --check    fail when a catalogue is behind the sources
"""

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = PACKAGE / "site" / "locale"
LANGUAGES = ("en", "fil")
#: Catalogues carry no date of their own: the history of the repository knows it.
ALWAYS = datetime(2031, 1, 1, tzinfo=UTC)

KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    # Labels that are shown translated: roles, and permissions where an administrator edits a role.
    "register_role": (2,),
    "register": (2,),
    # Kinds of decisions, on the cards of those who decide.
    "register_kind": (2,),
}

Found = tuple[str | tuple[str, ...], str | None, str]


def sentences() -> Iterator[Found]:
    """Every sentence in the sources: the words, their context if any, and where they stand."""
    for path in sorted(PACKAGE.rglob("*")):
        # Mail is written in templates that end with .txt.
        is_template = path.suffix == ".html" or (path.suffix == ".txt" and "templates" in path.parts)
        if not (path.suffix == ".py" or is_template) or "tests" in path.parts or "migrations" in path.parts:
            continue
        if "gallery" in path.parts and "demos" in path.parts:
            continue
        where = path.relative_to(PACKAGE.parent).as_posix()
        text = path.read_text("utf-8")
        if is_template:
            # Each line for itself: what is left of a template between its sentences has no indentation to keep.
            text = "\n".join(line.strip() for line in templatize(text, origin=where).splitlines())
        elif path.name in ("errors.py", "money.py"):
            yield from ((words, None, where) for words in _refusals(text))
        for _line, words, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            if words and words[0]:
                yield words, context, where


def _refusals(source: str) -> Iterator[str]:
    """The sentences of refusals: docstrings and remedies of the classes in a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef) or not node.bases:
            continue
        sentence = ast.get_docstring(node)
        if sentence:
            yield " ".join(sentence.split())
        for statement in node.body:
            target = _assigned(statement)
            if target == "remedy" and isinstance(statement, ast.Assign | ast.AnnAssign):
                value = statement.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    yield value.value


def _assigned(statement: ast.stmt) -> str:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def template() -> Catalog:
    """A catalogue of every sentence, translated into nothing."""
    catalog = _empty(None)
    for words, context, where in sentences():
        catalog.add(words, locations=[(where, 0)], context=context)
    return catalog


def _empty(language: str | None) -> Catalog:
    catalog = Catalog(
        locale=language,
        project="Rollbook",
        version="1",
        copyright_holder="the Rollbook authors",
        creation_date=ALWAYS,
        revision_date=ALWAYS,
        last_translator="the Rollbook authors",
        language_team=language or "",
        fuzzy=False,
    )
    catalog.header_comment = "# Sentences of Rollbook. Collected by script/messages; translations are written here."
    return catalog


def catalogue_path(language: str, suffix: str = "po") -> Path:
    """Where a language's catalogue stands."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{suffix}"


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; empty when there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def brought_up_to_date(language: str, sources: Catalog) -> Catalog:
    """A language's catalogue with every sentence of the sources, keeping what is translated."""
    standing, fresh = read(language), _empty(language)
    for message in sources:
        if not message.id:
            continue
        kept = standing.get(message.id if isinstance(message.id, str) else message.id[0], context=message.context)
        translated = kept.string if kept is not None and _fits(kept, message) else ""
        fresh.add(message.id, translated or None, locations=message.locations, context=message.context)
    return fresh


def _fits(kept: Message, message: Message) -> bool:
    return isinstance(kept.id, str) == isinstance(message.id, str)


def as_po(catalog: Catalog) -> bytes:
    """The catalogue as translators read it."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """The catalogue as Django reads it."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> list[Message]:
    """The sentences that are still shown in English."""
    return [message for message in catalog if message.id and not _is_translated(message)]


def _is_translated(message: Message) -> bool:
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return bool(strings) and all(strings)


def collect() -> None:
    """Bring every catalogue up to date and compile it."""
    sources = template()
    for language in LANGUAGES:
        catalog = brought_up_to_date(language, sources)
        catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
        catalogue_path(language).write_bytes(as_po(catalog))
        catalogue_path(language, "mo").write_bytes(as_mo(catalog))


def behind() -> list[str]:
    """What is out of date: catalogues that lack a sentence, compiled files that differ from their catalogue."""
    sources, found = template(), []
    for language in LANGUAGES:
        standing = read(language)
        wanted = {(_first(message), message.context) for message in sources if message.id}
        have = {(_first(message), message.context) for message in standing if message.id}
        found += [f"{language}: {words!r} is missing" for words, _ in sorted(wanted - have, key=str)]
        found += [f"{language}: {words!r} stands nowhere any more" for words, _ in sorted(have - wanted, key=str)]
        compiled = catalogue_path(language, "mo")
        if not compiled.exists() or compiled.read_bytes() != as_mo(standing):
            found.append(f"{language}: the compiled catalogue differs from its source")
    return found


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def main(arguments: list[str]) -> int:
    """Collect, or check; says what it found."""
    if "--check" in arguments:
        faults = behind()
        sys.stdout.write("".join(f"{fault}\n" for fault in faults))
        sys.stdout.write("Run script/messages and translate.\n" if faults else "The catalogues are up to date.\n")
        return 1 if faults else 0
    collect()
    for language in LANGUAGES[1:]:
        catalog = read(language)
        sys.stdout.write(f"{language}: {len(catalog)} sentences, {len(untranslated(catalog))} still in English\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
