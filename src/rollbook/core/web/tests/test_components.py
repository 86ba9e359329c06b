"""Every component renders, and none has what a page must never have."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import render_to_string

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.web import icons
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.gallery import SECTIONS, _samples, demo_source
from rollbook.core.web.shares import Bar, Part, drawn, percent
from rollbook.core.web.states import SIGNS, State
from rollbook.core.web.tests.examples import Page, a_request, faults

KIT = Path(icons.__file__).parent
DEMOS = [name for section in SECTIONS for name in section.demos]


def written(source: str, **context) -> str:
    """Render a template given as text, with components."""
    from django_cotton.compiler_regex import CottonCompiler

    template = engines["django"].from_string(CottonCompiler().process("{% load i18n rollbook %}" + source))
    return template.render(context, a_request())


@pytest.mark.parametrize("name", DEMOS)
def test_a_component_shows_itself_and_has_no_faults(organisation, name):
    request = a_request(organisation=organisation, permissions=["core.web.view_gallery"])

    html = render_to_string(f"rollbook/gallery/demos/{name}.html", _samples(request), request)

    assert "<c-" not in html
    assert "{{" not in html
    assert len(Page(html).tags) > 0
    assert faults(html) == []


def test_every_component_stands_in_the_gallery():
    shown = "\n".join(demo_source(name) for name in DEMOS)
    components = {path.stem.replace("_", "-") for path in (KIT / "templates/cotton").glob("*.html")}
    # Parts of others: shown wherever those are, or by a whole page.
    inside = {"field", "meter", "why", "section", "badge", "amount", "toast"}

    assert {name for name in components - inside if f"<c-{name}" not in shown} == set()


def test_words_given_to_a_component_cannot_become_markup():
    html = written('<c-page-header title="{{ name }}" detail="{{ name }}" />', name="<img src=x onerror=alert(1)>")

    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_a_component_does_not_pick_up_a_name_of_the_page_around_it():
    assert "Leaked" not in written('<c-stat label="Balance" value="1" />', note="Leaked", why="Leaked")


def test_a_badge_has_word_and_sign_in_every_tone():
    for tone, sign in SIGNS.items():
        html = written("{% badge state %}", state=State("Some state", tone))
        assert "Some state" in html
        assert f"#{sign}" in html


def test_an_icon_that_is_not_built_is_a_mistake_that_says_what_to_do():
    with pytest.raises(icons.UnknownIcon, match=r"frontend/icons\.json"):
        icons.icon("no-such-icon")


def test_an_icon_is_silent_unless_it_has_a_name():
    assert 'aria-hidden="true"' in icons.icon("printer")
    assert 'role="img" aria-label="Print"' in icons.icon("printer", "Print")


def test_templates_name_only_icons_that_are_shipped():
    named = set()
    for path in (KIT / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        named |= set(re.findall(r"""{% icon ["']([a-z0-9-]+)["']""", text)) | set(
            re.findall(r'<c-[^>]*?\bicon="([a-z0-9-]+)"', text)
        )

    assert named - set(icons.shapes()) == set()


def test_a_long_work_asks_again_only_while_it_runs():
    running = written('<c-progress id="x" url="/again/" title="T" :done="5" :total="10" />')
    done = written('<c-progress id="x" url="/again/" title="T" :done="10" :total="10" state="done" />')

    assert 'hx-get="/again/"' in running
    assert 'aria-valuenow="5"' in running
    assert "hx-get" not in done


def test_nobody_can_approve_what_they_asked_for_themselves():
    assert "<form" not in written('<c-approval id="a" title="T" who="You" :own="True" approve_url="/x/" />')
    assert "<form" in written('<c-approval id="a" title="T" who="Rosa" approve_url="/x/" />')


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 10, 0), (1, 1000, 1), (999, 1000, 99), (10, 10, 100), (11, 10, 100), (5, 0, 0)]
)
def test_a_share_never_shows_something_as_nothing_or_nearly_all_as_all(part, whole, shown):
    assert percent(part, whole) == shown
    assert percent(Money(part, "PHP"), Money(whole, "PHP")) == shown


def test_what_an_amount_would_add_stands_beside_what_is_there():
    part = Part("Mar", Money(200_000, "PHP"), Money(533_334, "PHP"), "late", added=Money(333_334, "PHP"))

    assert (part.filled_percent, part.added_percent) == (37, 63)


def test_bars_share_one_scale_that_begins_at_nothing():
    bars = drawn(
        [
            Bar("A", Money(50_00, "PHP"), target=Money(200_00, "PHP")),
            Bar("B", Money(100_00, "PHP")),
            Bar("C", Money(0, "PHP")),
        ]
    )

    assert [(bar.length, bar.mark) for bar in bars] == [(25, 100), (50, None), (0, None)]


def test_the_table_behind_a_chart_holds_the_exact_figures():
    today = clock.now().date()
    chart = Chart(
        "line", "Collected", [today, today + timedelta(days=1)], [Series("Cash", [Money(533_334, "PHP"), None])]
    )

    assert [values for _, values in chart.rows] == [["₱5,333.34"], ["—"]]
    assert chart.currency == "PHP"
    assert '"5333.34"' in chart.data_block
    assert "<script>" not in chart.data_block
