"""Tables without a database: what an address asks for, what is shown, where each choice leads."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from rollbook.core.web.gallery import STATES, SampleTable, sample_rows
from rollbook.core.web.rendering import render
from rollbook.core.web.tables import Column, Slice, Table, TableQuery, TextFilter, Totals
from rollbook.core.web.tables.body import body
from rollbook.core.web.tests.examples import Page, a_request, faults


def a_table(address: str = "/here/", rows=None, kind=SampleTable, **request) -> Table:
    return kind(a_request(address, **request), sample_rows() if rows is None else rows, currency="PHP")


def names(table: Table) -> list[str]:
    return [row["name"] for row in table.slice.rows]


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_the_first_page_stands_in_the_declared_order_with_totals_of_all_rows():
    table = a_table()

    assert names(table)[:2] == ["Abad, Maria Cristina", "Aquino, Juan Miguel"]
    assert len(table.slice.rows) == 8
    assert table.slice.totals == Totals(
        21,
        {
            "due_minor": {"PHP": sum(row["due_minor"] for row in sample_rows())},
            "paid_minor": {"PHP": sum(row["paid_minor"] for row in sample_rows())},
        },
    )


def test_every_row_is_met_once_when_one_pages_to_the_end_and_back():
    met, url, newest = [], "/here/?sort=-due_minor", None
    while url:
        table = a_table(url)
        met += names(table)
        newest, url = table, table.older_url

    assert sorted(met) == sorted(row["name"] for row in sample_rows())
    assert len(met) == len(set(met)) == 21
    back = a_table(newest.newer_url)
    assert names(back) == met[8:16]
    assert a_table(back.newer_url).newer_url == ""


def test_rows_without_a_date_come_last_whichever_way_one_sorts():
    void = {row["name"] for row in sample_rows() if row["due_on"] is None}

    for sort in ("due_on", "-due_on"):
        everything = a_table(f"/here/?sort={sort}").source.everything(a_table(f"/here/?sort={sort}").query)
        assert {row["name"] for row in everything[-len(void) :]} == void


def test_filters_narrow_together_and_say_so_in_words():
    table = a_table("/here/?programme=BSIT&state=late&state=held&due_on_from=2031-01-01")

    assert {row["programme"] for row in table.slice.rows} == {"BSIT"}
    assert {row["state"] for row in table.slice.rows} <= {"late", "held"}
    assert [chip.sentence for chip in table.chips] == [
        "Programme: BSIT",
        "State: Late, On hold",
        "Due: from Jan 1, 2031",
        "",
    ]


def test_a_filter_is_taken_off_without_the_others():
    chip = a_table("/here/?programme=BSIT&owing=1").chips[0]

    assert query_of(chip.url) == {"owing": ["1"]}


def test_days_typed_the_wrong_way_round_are_understood():
    table = a_table("/here/?due_on_from=2031-03-01&due_on_to=2031-01-01")

    assert table.query.filters["due_on"] == (date(2031, 1, 1), date(2031, 3, 1))


@pytest.mark.parametrize(
    "address",
    [
        "/here/?sort=password",
        "/here/?sort=state",
        "/here/?programme=NONE",
        "/here/?due_on_from=yesterday",
        "/here/?after=1%27%20OR%201=1",
        "/here/?after=999999",
        "/here/?owing=maybe",
    ],
)
def test_nonsense_in_an_address_shows_the_list_as_it_is(address):
    assert names(a_table(address)) == names(a_table())


def test_what_belongs_to_the_page_around_the_table_stays_in_its_addresses():
    table = a_table("/here/?tab=accounts&programme=BSIT")

    assert query_of(table.older_url or table.csv_url)["tab"] == ["accounts"]
    assert query_of(table.clear_url) == {"tab": ["accounts"]}


def test_a_header_sorts_up_then_down_and_says_which():
    headings = {heading.label: heading for heading in a_table().headings}
    assert headings["Name"].sort == "ascending"
    assert query_of(headings["Name"].url) == {"sort": ["-name"]}
    assert headings["Number"].sort == "none"
    assert headings["State"].sort == ""
    assert headings["Due, ₱"].is_number


def test_the_currency_stands_in_the_header_and_not_in_the_cells():
    html = str(a_table())

    assert "Due, ₱" in html
    assert "₱5,333.34" not in a_table().body
    assert ">5,333.34<" in a_table().body


def test_hidden_columns_are_not_shown_until_they_are_chosen():
    assert "Units" not in [heading.label for heading in a_table().headings]
    chosen = a_table(session={"table.sample.columns": ["units", "name", "nonsense"]})
    assert [heading.label for heading in chosen.headings] == ["Name", "Units"]


def test_choosing_columns_is_kept_for_this_person():
    session = {}
    table = a_table(post={"table": "sample", "columns": ["name", "state", "secret"]}, session=session)

    answer = table.respond("unused.html")

    assert (answer.status_code, answer["Location"]) == (303, "/here/?")
    assert session == {"table.sample.columns": ["name", "state"]}


def test_what_is_typed_never_stands_in_an_address():
    session = {}
    table = a_table("/here/?programme=BSIT", post={"table": "sample", "text": "  Dela   Cruz "}, session=session)

    answer = table.respond("unused.html")

    assert answer.status_code == 303
    assert "Cruz" not in answer["Location"]
    assert query_of(answer["Location"]) == {"programme": ["BSIT"], "find": ["1"]}
    assert session == {"table.sample.find": {"find": "Dela Cruz"}}


def test_what_was_typed_narrows_only_the_address_that_asks_for_it():
    session = {"table.sample.find": {"find": "cruz"}}

    assert names(a_table("/here/?find=1", session=session)) == ["Cruz, Jose Rafael", "Dela Cruz, Ana Liza"]
    assert len(a_table("/here/", session=session).slice.rows) == 8
    assert a_table("/here/?find=1", session=session).typed == "cruz"


def test_every_word_typed_must_be_somewhere():
    assert names(a_table("/here/?find=1", session={"table.sample.find": {"find": "cruz ana"}})) == [
        "Dela Cruz, Ana Liza"
    ]


def test_what_stands_in_a_cell_is_text_and_never_markup():
    rows = [{**sample_rows()[0], "name": "<script>alert(1)</script>", "number": "\"'&"}]
    html = str(a_table(rows=rows))

    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&quot;&#x27;&amp;" in html


def test_a_cell_that_says_nothing_can_be_left_out_on_a_telephone_and_a_name_never():
    rows = [row for row in sample_rows() if row["due_on"] is None]
    table = a_table(rows=rows, session={"table.sample.columns": ["name", "due_on"]})
    written = str(body(table))

    assert written.count(' class="is-empty"') == len(rows) > 0
    assert 'class="is-primary is-empty"' not in written


def test_a_state_is_told_by_word_and_sign_not_by_colour_alone():
    html = a_table().body
    late = str(STATES["late"].label)

    assert 'data-tone="bad"><svg class="rb-icon"' in html
    assert f"</svg>{late}</span>" in html


def test_a_row_can_be_ticked_only_by_those_who_may_do_something_with_it(organisation):
    assert 'name="row"' not in str(a_table(organisation=organisation))
    allowed = a_table(organisation=organisation, permissions=["core.web.view_gallery"])
    assert str(allowed).count('name="row"') == 8


def test_an_empty_list_says_what_will_be_here_and_a_narrowed_one_how_to_widen_it():
    assert "Nothing here yet" in Page(str(a_table(rows=[]))).text
    narrowed = str(a_table("/here/?programme=BSIT", rows=[]))
    assert "Nothing matches" in narrowed
    assert "Clear the filters" in narrowed


def test_the_table_has_a_name_for_every_control_and_no_style_or_script_in_place(organisation):
    assert faults(str(a_table(organisation=organisation, permissions=["core.web.view_gallery"]))) == []


def test_htmx_gets_the_list_alone():
    table = a_table(headers={"HX-Request": "true", "HX-Target": "table-sample"})

    answer = table.respond("rollbook/gallery/overview.html").content.decode()

    assert answer.lstrip().startswith('<div id="table-sample"')
    assert "<html" not in answer


def test_rows_shaped_by_sql_are_asked_for_page_by_page():
    asked: list[TableQuery] = []
    every = [{"id": str(number), "name": f"Row {number:03d}"} for number in range(5)]

    class Shaped(Table):
        name, title, order, page_size = "shaped", "Shaped", "name", 2
        columns = (Column("name", "Name", sortable=True),)
        filters = (TextFilter("find", "Name", ("name__icontains",)),)

    def ask(query: TableQuery) -> Slice:
        asked.append(query)
        start = int(query.after) + 1 if query.after else 0
        size = min(query.limit, 2)
        return Slice(every[start : start + size], Totals(5), has_older=start + size < 5)

    table = Shaped(a_request("/here/?after=1"), ask, currency="PHP")

    assert names(table) == ["Row 002", "Row 003"]
    assert (asked[0].sort_fields, asked[0].after, asked[0].limit) == (("name", "id"), "1", 2)
    assert [row["name"] for row in table.source.everything(table.query)] == [row["name"] for row in every]


def test_the_fields_to_read_are_those_that_are_shown_sorted_and_linked():
    assert SampleTable.fields() == (
        "id", "name", "number", "programme", "due_minor", "paid_minor", "due_on", "state", "units",
    )  # fmt: skip


def test_a_page_with_a_table_renders_within_the_shell(organisation):
    request = a_request(organisation=organisation, permissions=["core.web.view_gallery"])
    answer = render(request, "rollbook/gallery/overview.html", {"sections": []})

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
