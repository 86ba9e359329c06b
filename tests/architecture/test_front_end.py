"""The front end: what is committed is what the sources make, and it stays small."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rollbook.core.web import icons

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/rollbook/core/web/static/rollbook"


def on_the_line(*names: str) -> int:
    """How many bytes the files take when they are compressed as they are served."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_the_committed_files_are_what_the_sources_make():
    if not shutil.which("npm"):
        pytest.skip("node and npm are not installed here, so the front end cannot be built anew")
    answer = subprocess.run(["script/check-frontend"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_what_every_page_loads_stays_small():
    assert on_the_line("rollbook.css", "rollbook.js") < 50_000
    assert on_the_line("public.css") < 5_000
    assert (STATIC / "inter.woff2").stat().st_size < 36_000


def test_a_page_with_charts_stays_under_the_limit():
    assert on_the_line("rollbook.css", "rollbook.js", "alpine.js", "charts-bar.js") < 140_000
    assert on_the_line("rollbook.css", "rollbook.js", "alpine.js", "charts-line.js", "charts.css") < 110_000


def test_htmx_is_the_version_that_was_chosen():
    assert 'version:"2.0.11"' in (STATIC / "rollbook.js").read_text("utf-8")


def test_nothing_is_fetched_from_elsewhere():
    for path in STATIC.iterdir():
        if path.suffix in (".css", ".js"):
            addresses = re.findall(r"""(?:url\(|src=|import\s*\(?)["']?(https?:)?//[a-z]""", path.read_text("utf-8"))
            assert addresses == [], path.name


def test_the_lock_file_names_no_registry():
    text = (ROOT / "frontend/package-lock.json").read_text("utf-8")

    assert '"resolved"' not in text
    assert "integrity" in text


def test_templates_hold_no_style_no_script_and_no_handler():
    for path in (ROOT / "src/rollbook").rglob("templates/**/*.html"):
        text = path.read_text("utf-8")
        if "rollbook_api" in path.parts:
            continue
        assert not re.search(r"<[a-z-]+[^>]*\sstyle=", text), f"{path}: a style attribute"
        assert not re.search(r"<[a-z-]+[^>]*\son[a-z]+=", text), f"{path}: an event handler"
        for script in re.findall(r"<script[^>]*>", text):
            assert " src=" in script or 'type="application/json"' in script, f"{path}: a script in place"


def test_classes_that_templates_name_are_in_the_style_sheet():
    styles = "".join((STATIC / name).read_text("utf-8") for name in ("rollbook.css", "public.css"))
    known = {name.replace("\\", "") for name in re.findall(r"\.((?:\\.|[A-Za-z0-9_-])+)", styles)}
    unknown: dict[str, str] = {}
    for path in (ROOT / "src/rollbook").rglob("templates/**/*.html"):
        if "rollbook_api" in path.parts:
            continue
        for classes in re.findall(r'class="((?:{%.*?%}|{{.*?}}|[^"])*)"', path.read_text("utf-8")):
            # What a tag writes is known only when it is rendered; a name that goes on in a tag is left to it.
            names = re.sub(r"\S*{{.*?}}\S*|{%.*?%}", " ", classes).split()
            unknown |= {name: path.name for name in names if name not in known and not name.endswith("-")}

    assert unknown == {}


def test_icons_that_pages_name_are_shipped():
    named: dict[str, Path] = {}
    for path in (ROOT / "src/rollbook").rglob("*"):
        if path.suffix not in (".html", ".py") or "tests" in path.parts:
            continue
        text = path.read_text("utf-8")
        for pattern in (
            r"""{% icon ["']([a-z0-9-]+)["']""",
            r"""<c-[^>]*?\bicon="([a-z0-9-]+)\"""",
            r"""\bicon=["']([a-z0-9-]+)["']""",
        ):
            named |= dict.fromkeys(re.findall(pattern, text), path)

    assert {name: str(path) for name, path in named.items() if name not in icons.shapes()} == {}
