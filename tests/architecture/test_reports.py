"""Every report that a room declares can be run, narrowed by each of its filters, and written in every format."""

import io

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from rollbook.core.permissions import register as permissions
from rollbook.core.permissions.actor import Actor
from rollbook.core.web.rendering import as_at_home
from rollbook.core.web.tables import ChoiceFilter
from rollbook.shared.analytics import reading, rules
from rollbook.shared.analytics.asking import asked
from rollbook.shared.analytics.printing import Heading
from rollbook.shared.analytics.register import reports
from rollbook.shared.analytics.writing import Sheet, write
from rollbook.systems.college.examples import a_programme, a_term
from rollbook.systems.college.fees.examples import a_payer

pytestmark = pytest.mark.django_db

KEYS = sorted(reports())


@pytest.fixture
def everybody(tenant) -> Actor:
    """Somebody who may do anything, in a college with one student and one payment."""
    a_term()
    a_programme()
    a_payer().pays("100.00")
    return Actor.system(tenant.id, job="test")


def test_there_are_reports_and_each_asks_for_permissions_that_are_declared():
    assert len(KEYS) >= 15
    for report in reports().values():
        assert set(report.permissions) <= set(permissions.permissions()), report.key
        assert str(report.title), report.key
        assert str(report.sentence).endswith("."), report.key


def test_the_names_of_columns_and_filters_are_used_once():
    for report in reports().values():
        names = [column.name for column in report.columns]
        params = [name for item in report.filters for name in item.param_names]
        assert len(names) == len(set(names)), report.key
        assert len(params) == len(set(params)), report.key
        # On a phone the state stands in the corner of the card, where there is room for one.
        assert sum(column.kind == "state" for column in report.columns) <= 1, report.key


@pytest.mark.parametrize("key", KEYS)
def test_it_runs_with_every_column_in_every_format(key, everybody, tenant):
    report = reports()[key]
    wanted = asked(report, {}, [column.name for column in report.columns])
    sheet = Sheet(Heading("Title", "College", wanted.sentences), wanted.columns, "PHP")
    rows = [row for chunk in reading.chunks(report, everybody, wanted.values) for row in chunk]
    assert len(rows) == reading.count(report, everybody, wanted.values)
    assert rows[: rules.SHOWN] == reading.first_rows(report, everybody, wanted.values)

    with as_at_home(None):
        files = {form: io.BytesIO(write(sheet, rows, form).read()) for form in rules.FORMATS}

    assert len(files["csv"].getvalue().decode("utf-8-sig").splitlines()) >= len(rows) + 1
    assert len(CalamineWorkbook.from_filelike(files["xlsx"]).get_sheet_by_index(0).to_python()) == len(rows) + 1
    assert "Title" in PdfReader(files["pdf"]).pages[0].extract_text()


@pytest.mark.parametrize("key", KEYS)
def test_each_choice_of_each_filter_narrows_it(key, everybody):
    report = reports()[key]
    of_all = reading.count(report, everybody, {})
    for item in report.filters:
        if isinstance(item, ChoiceFilter):
            for option, _label in item.options():
                values = {item.name: item.read({item.name: [str(option)]})}
                assert values[item.name] is not None
                assert reading.count(report, everybody, values) <= of_all, (key, item.name, option)
        else:
            days = item.read({name: ["2001-01-01"] for name in item.param_names})
            assert reading.count(report, everybody, {item.name: days}) == 0, (key, item.name)
