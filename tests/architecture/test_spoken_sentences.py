"""Sentences that people read are never bare text in the code: each is asked for in the language of who reads it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "rollbook"

#: A call by the end of its name, and which of its arguments people read: by place, or by name.
READ: dict[str, tuple[int | str, ...]] = {
    "Invalid.field": (1, "message"),
    "because": (0, "message"),
    "refuse": (1, "message"),
    "unless": (2, "message"),
    "wrong": (-1, "message"),
    "NotationError": (0,),
    "FileUnreadable": ("problem",),
    "OverrideNotAllowed": ("who",),
    "PermitNotValid": ("because",),
    "Description": (0, "title", "effect"),
    "Change": (0, 1, 2, "label", "before", "after"),
    "ValidationError": (0, "message"),
    "add_error": (1,),
    "done": ("message",),
    "messages.success": (1,),
    "messages.info": (1,),
    "messages.warning": (1,),
    "messages.error": (1,),
}
#: Values under these keys of a dictionary are faults of a field.
KEYS = frozenset({"message", "hint"})
#: What is called so is about to be shown.
NAMES = frozenset({"message", "sentence", "fault"})

#: Made up for tests and demonstrations, said on the command line, to operators, or in the name of a provider.
NOT_FOR_READERS = ("tests", "testing", "migrations", "demo", "rehearsal", "commands", "runtime", "standins", "launch",
                   "monitoring", "gallery")  # fmt: skip
#: Said by commands, or written into a notice once, for everybody who receives it.
NOT_FOR_READERS_FILES = (
    "core/audit/services/verifying.py", "core/web/gallery.py", "site/organisations.py", "site/settings_example.py",
    "site/telling.py", "site/telling_grades.py",
)  # fmt: skip


def bare(source: str) -> list[tuple[int, str]]:
    """Bare sentences of a module, with the line each stands on."""
    return sorted({(node.lineno, ast.unparse(node)) for shown in _shown(ast.parse(source)) for node in _bare_in(shown)})


def _shown(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _arguments(node)
        elif isinstance(node, ast.Dict):
            yield from (
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value in KEYS
            )
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in NAMES:
            yield node.value


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    name = ast.unparse(call.func)
    for end, places in READ.items():
        if name != end and not name.endswith(f".{end}"):
            continue
        for place in places:
            if isinstance(place, str):
                yield from (keyword.value for keyword in call.keywords if keyword.arg == place)
            elif -len(call.args) <= place < len(call.args):
                yield call.args[place]


def _bare_in(shown: ast.expr) -> Iterator[ast.expr]:
    """Plain text with a letter in it, also as one of two that a condition chooses between."""
    if isinstance(shown, ast.IfExp):
        yield from _bare_in(shown.body)
        yield from _bare_in(shown.orelse)
    elif isinstance(shown, ast.BinOp):
        yield from _bare_in(shown.left)
    elif isinstance(shown, ast.Constant | ast.JoinedStr) and any(map(str.isalpha, _own_text(shown))):
        yield shown


def _own_text(text: ast.Constant | ast.JoinedStr) -> str:
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


def _modules() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if set(place.parts) & set(NOT_FOR_READERS) or place.as_posix() in NOT_FOR_READERS_FILES:
            continue
        if path.name not in ("launch.py", "examples.py"):
            yield path


def test_no_sentence_that_people_read_is_bare_text():
    found = [
        f"{path.relative_to(PACKAGE)}:{line} {text}"
        for path in _modules()
        for line, text in bare(path.read_text("utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'raise Invalid.field("name", "Write the name.")',
        'raise Invalid.field("name", f"Use at most {most} characters.")',
        'raise Invalid.field("name", "Write the name." if new else _("Keep the name."))',
        'raise Invalid(errors=[{"field": "name", "message": "Write the name."}])',
        'errors.append({"field": "name", "message": "Use %s characters." % most})',
        'raise FileRefused.because("The file is empty.")',
        'row.wrong("code", f"There is no programme {code}.")',
        'message = "Nobody has this number."',
        'done(request, "people:list", message="Saved.")',
        'Description(title=f"Void {number}")',
    ],
)
def test_bare_text_is_found(source: str):
    assert bare(source)


@pytest.mark.parametrize(
    "source",
    [
        'raise Invalid.field("name", _("Write the name."))',
        'raise Invalid.field("name", gettext("Use at most %(most)s characters.") % {"most": most})',
        'raise Invalid.field("name", refusal.detail)',
        'Change(_("Grade"), "", "—")',
        'Description(title=f"{student.number} {student.name}: {term.code}")',
        '{"code": "INVALID", "field": "name"}',
    ],
)
def test_what_is_asked_for_in_a_language_passes(source: str):
    assert not bare(source)
