"""Reports of every shape are read whole: each amount once, totals never, and what is amiss is refused with its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.oversee.costs.columns import Mapped, read_mapping
from flows.oversee.costs.report import Report, read_report
from schemas.adverts import line_from
from schemas.refusal import RefusedError
from tests.oversee.costs import reports
from tests.oversee.costs.bench import MONTH


def read(data: bytes | str, mapping: Mapped | None = None) -> Report:
    """The report of the month."""
    return read_report(
        data if isinstance(data, bytes) else data.encode(), "rapport.csv", "sidan", MONTH, mapping or Mapped()
    )


def codes(report: Report) -> list[str]:
    """Codes of its findings."""
    return [one.code for one in report.findings]


@pytest.mark.parametrize("name", reports.FILES)
def test_every_shape_gives_its_lines_and_its_sum(name: str) -> None:
    """Encoding, separator, preamble and totals do not change what was spent."""
    data, lines, apart, total = reports.FILES[name]
    report = read(data)
    assert (len(report.lines), len(report.apart)) == (lines, apart)
    assert sum((one.spent for one in report.lines), Decimal(0)) == Decimal(total)
    assert "W208" not in codes(report)


@pytest.mark.parametrize("name", reports.REFUSED)
def test_what_is_amiss_is_refused_with_its_place(name: str) -> None:
    """A report that cannot be read with certainty is not read at all, and the place is named."""
    data, place = reports.REFUSED[name]
    with pytest.raises(RefusedError) as refused:
        read(data)
    assert place in refused.value.field
    assert refused.value.remedy


def test_a_line_keeps_what_the_report_says_of_it() -> None:
    """Campaign, ids, days, counts and address are the report's own."""
    line = read(reports.META_SV).lines[0]
    assert (line.campaign, line.campaign_id) == ('[Skola] Öppet hus, "gymnasiet"', "1201")
    assert (line.shown, line.clicks, line.first.isoformat()) == (41000, 300, "2025-12-01")
    assert line.advert.startswith("https://www.facebook.com/100200300/posts/")
    assert line_from(line.as_json()) == line


def test_a_total_that_is_not_the_sum_is_told() -> None:
    """A row of totals that does not agree is not counted, and the difference is told."""
    report = read("Kampanj;Belopp (SEK)\nA;10,00\nB;5,00\nSumma;20,00\n")
    (found,) = report.findings
    assert (found.code, dict(found.parameters)["difference"]) == ("W208", "5,00")
    assert len(report.lines) == 2


def test_a_campaign_that_is_called_total_is_a_campaign() -> None:
    """What has an id is no row of totals, whatever its name is."""
    assert len(read("Kampanj;Kampanj-id;Belopp (SEK)\nTotal;7;10,00\nB;8;5,00\n").lines) == 2


def test_corrections_repeats_other_currencies_and_other_months_are_told() -> None:
    """Each is a finding of its own, and only what counts is counted."""
    text = (
        "Kampanj;Datum;Valuta;Belopp\nA;2025-12-01;SEK;10,00\nA;2025-12-01;SEK;10,00\nB;2025-12-02;SEK;-1,00\n"
        "C;2025-12-02;EUR;9,00\nD;2025-11-30;SEK;8,00\n"
    )
    report = read(text)
    assert codes(report) == ["W209", "W210", "W211", "W216"]
    assert sum(one.spent for one in report.lines) == Decimal("19.00")


def test_unknown_columns_are_told_by_name() -> None:
    """Columns that nobody knows are not used, and are shown; those of a usual export are no news."""
    report = read("Kampanj;Belopp (SEK);Räckvidd;Stjärntecken\nA;10,00;7;Våg\n")
    assert report.unknown == ("Stjärntecken",)
    assert codes(report) == ["W207"]


def test_a_mapping_names_columns_currency_and_decimal_sign() -> None:
    """What no heading tells is told by a file."""
    mapping = read_mapping(b'currency = "SEK"\ndecimal = ","\n[columns]\ncampaign = "Vad"\nspent = "Pris"\n', "m.toml")
    (line,) = read("Vad;Pris\nA;1,234\n", mapping).lines
    assert (line.campaign, line.spent, line.currency) == ("A", Decimal("1.234"), "SEK")


@pytest.mark.parametrize(
    "text",
    ["x = 1", "currency = 7", 'decimal = ";"', "columns = 1", "[columns]\nfel = 'A'", "[columns]\nspent = 1", "\xff["],
)
def test_a_bad_mapping_is_refused(text: str) -> None:
    """Unknown keys and values are refused, never left aside."""
    with pytest.raises(RefusedError):
        read_mapping(text.encode("latin-1"), "m.toml")


def test_a_mapping_that_names_no_column_is_refused() -> None:
    """A heading that is not there, or there twice, is refused."""
    with pytest.raises(RefusedError, match="exactly one"):
        read("Kampanj;Belopp (SEK)\nA;1,00\n", Mapped(columns={"unit": "Enheten"}))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda text: f"Kampanj;Belopp (SEK)\n{text}".encode("utf-8", "replace")),
    )
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Whatever a file holds, it is read or refused, and never ends in an error of another kind."""
    try:
        read(data)
    except RefusedError:
        pass
