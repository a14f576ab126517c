"""Advertisement reports in the shapes in which platforms and people hand them over. All names and amounts are invented."""

from __future__ import annotations

from typing import Final

META_SV: Final = (
    "\ufeffRapporteringsstart,Rapporteringsslut,Kampanjnamn,Kampanj-id,Kampanjens leverans,Räckvidd,Visningar,Länkklick,"
    '"Spenderat belopp (SEK)",Permalänk\r\n'
    '2025-12-01,2025-12-31,,,,52000,91000,840,"3 750,75",\r\n'
    '2025-12-01,2025-12-31,"[Skola] Öppet hus, ""gymnasiet""",1201,inactive,20000,41000,300,"1 250,50",https://www.facebook.com/100200300/posts/700800901?ref=ads\r\n'
    '2025-12-05,2025-12-20,Kultur & fritid | Lucia,1202,inactive,12000,20000,240,"999,75",\r\n'
    '2025-12-01,2025-12-31,"Vinterväg\nlägg undan bilen",1203,active,20000,30000,300,"1 500,50",\r\n'
)
"""Meta's export in Swedish: UTF-8 with a mark, a total above, quoted commas and a line break; sum 3,750.75."""
META_EN: Final = (
    "Campaign name,Ad set name,Delivery status,Reach,Impressions,Frequency,Link clicks,Amount spent (SEK),Ends,"
    "Reporting starts,Reporting ends\n"
    'Skola - Open house,Set 1,completed,"20,000","41,000",2.05,300,"1,250.50",Ongoing,2025-12-01,2025-12-31\n'
    "Winter roads,Set 2,active,12000,20000,1.67,240,999.75,Ongoing,2025-12-01,2025-12-31\n"
    "Credit for invalid clicks,,,,,,,-12.25,,2025-12-31,2025-12-31\n"
)
"""Meta's in English: thousands with commas and a correction; sum 2,238.00."""
LINKEDIN: Final = (
    "Campaign Performance Report (in UTC)\nReport Start: December 1, 2025, 12:00 AM\nReport End: December 31, 2025, 11:59 PM\n"
    "Date Generated: January 5, 2026, 9:14 AM\n\n"
    "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign Group Name\tCampaign Name\tCampaign ID\tTotal Spent\tImpressions\t"
    "Clicks\tClick Through Rate\n"
    "12/1/2025\tKommunen\tSEK\tRekrytering\tLärare [Skola]\t300100\t4321.1234\t20000\t210\t1.05%\n"
    "12/14/2025\tKommunen\tSEK\tRekrytering\tSjuksköterska\t300101\t100.5\t900\t9\t1%\n"
    "12/20/2025\tKommunen\tEUR\tRekrytering\tAbroad\t300102\t55.10\t900\t9\t1%\n"
)
"""LinkedIn's: UTF-16 with tabs, lines above the headings, month before day, four decimals, a line in euro; sum 4,421.6234."""
EXCEL_SV: Final = (
    "sep=;\r\nKampanj;Från;Till;Belopp kr;Moms;Kostnadsställe\r\n"
    "Sommarjobb;2025-12-01;2025-12-31;1.234,50;308,63;4200\r\nHöstlov;2025-12-01;2025-12-31;−34,50;−8,63;1100\r\n"
    "Okänd kampanj;2025-12-01;2025-12-31;100,00;25,00;9999\r\nSumma;;;1.300,00;325,00;\r\n"
)
"""A spreadsheet's, in Windows-1252 but for the minus: semicolons, VAT, a correction, an unknown cost centre, a total."""
POINTS: Final = "Kampanj;Belopp (SEK)\nA;1.234,50\nB;2.000.000,00\nTotalt;2.001.234,50\n"
MARCH: Final = "Kampanj,Datum,Belopp (SEK)\nA,2025-12-01,10.00\nB,2025-11-30,20.00\nC,2026-01-01,30.00\n"
GROUPS: Final = "Kampanj;Belopp (SEK)\nA;10,00\nB;5,50\nDelsumma;15,50\nC;1,25\nDelsumma;1,25\nSumma totalt;16,75\n"
INJECTED: Final = (
    'Kampanj;Enhet;Belopp (SEK)\n"=HYPERLINK(""http://x"";""y"")";=1+1;10,00\n@SUM(A1);+46;20,00\n#N/A;-1;5,00\n'
)
"""Cells that a spreadsheet program would take for formulas and errors."""
FILES: Final[dict[str, tuple[bytes, int, int, str]]] = {
    "meta-sv": (META_SV.encode(), 3, 0, "3750.75"),
    "meta-en": (META_EN.encode(), 3, 0, "2238.00"),
    "meta-en-utf16-mark": (META_EN.encode("utf-16"), 3, 0, "2238.00"),
    "meta-en-utf16-no-mark": (META_EN.encode("utf-16-le"), 3, 0, "2238.00"),
    "meta-en-utf16-big": (META_EN.encode("utf-16-be"), 3, 0, "2238.00"),
    "linkedin": (LINKEDIN.encode("utf-16"), 2, 1, "4421.6234"),
    "linkedin-utf8": (LINKEDIN.encode(), 2, 1, "4421.6234"),
    "excel-sv": (EXCEL_SV.replace("−", "-").encode("cp1252"), 3, 0, "1300.00"),
    "excel-sv-utf8": (EXCEL_SV.encode(), 3, 0, "1300.00"),
    "points": (POINTS.encode(), 2, 0, "2001234.50"),
    "tabs": (POINTS.replace(";", "\t").encode("utf-8-sig"), 2, 0, "2001234.50"),
    "bars": (POINTS.replace(";", "|").encode(), 2, 0, "2001234.50"),
    "old-mac-lines": (POINTS.replace("\n", "\r").encode(), 2, 0, "2001234.50"),
    "other-months": (MARCH.encode(), 1, 2, "10.00"),
    "subtotals": (GROUPS.encode(), 3, 0, "16.75"),
    "injected": (INJECTED.encode(), 3, 0, "35.00"),
    "headings-alone": (b"Kampanj;Belopp (SEK)\n", 0, 0, "0"),
}
"""Name → bytes, lines that count, lines apart, sum."""
REFUSED: Final[dict[str, tuple[bytes, str]]] = {
    "empty": (b"", "row 1"),
    "no-text": (b"\x89PNG\x00\x01\x02" * 40, "rapport.csv"),
    "no-amount": (b"Kampanj;Visningar\nA;1\n", "row 1"),
    "no-campaign": (b"Belopp (SEK);Visningar\n1,00;1\n", "column campaign"),
    "no-currency": (b"Kampanj;Belopp\nA;1,00\n", "row 2: column Belopp"),
    "two-amounts": (b"Kampanj;Belopp (SEK);Netto (SEK)\nA;1,00;1,00\n", "row 1"),
    "bad-amount": (b"Kampanj;Belopp (SEK)\nA;1,00\nB;gratis\n", "row 3: column Belopp"),
    "two-readings": (b"Kampanj;Belopp (SEK)\nA;1,234\n", "row 2: column Belopp"),
    "mixed": (b"Kampanj;Belopp (SEK)\nA;1,50\nB;1.50\n", "row 3: column Belopp"),
    "shifted": (b"Kampanj;Belopp (SEK)\nA;1;50\n", "row 2"),
    "bad-day": (b"Kampanj;Datum;Belopp (SEK)\nA;2025-12-32;1,00\n", "row 2: column Datum"),
    "two-days": (b"Kampanj;Datum;Belopp (SEK)\nA;12/11/2025;1,00\nB;11/12/2025;1,00\n", "row 2"),
    "backwards": ("Kampanj;Från;Till;Belopp (SEK)\nA;2025-12-09;2025-12-01;1,00\n".encode(), "row 2: column Till"),
    "two-currencies": (b"Kampanj;Valuta;Belopp (SEK)\nA;EUR;1,00\n", "row 2: column Valuta"),
    "open-quote": (b'Kampanj;Belopp (SEK)\n"A;1,00\n', "row 2"),
    "long-cell": (f"Kampanj;Belopp (SEK)\n{'x' * 5000};1,00\n".encode(), "row 2"),
    "many-rows": (b"Kampanj;Belopp (SEK)\n" + b"A;1,00\n" * 20_001, "row 2000"),
    "too-large": (b"Kampanj;Belopp (SEK)\n" + b" " * (20 * 1024 * 1024), "rapport.csv"),
}
"""Name → bytes, and what the refusal names."""
