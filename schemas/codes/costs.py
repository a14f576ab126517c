"""Finding codes of entries in the register of processing (W201–W206) and of costs of advertisements (W207–W220)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "W201": (
        "Uppgiften ”{title}” ({article}) saknas i kontots registerpost. Den skrivs i {place}.",
        "The entry lacks ”{title}” ({article}). It is written in {place}.",
    ),
    "W202": (
        "Ingen dokumenthanteringsplan är antagen, så registerposten kan inte säga hur länge uppgifterna sparas.",
        "No plan is adopted, so that the entry cannot say how long data is kept.",
    ),
    "W203": (
        "Dokumenthanteringsplanen har ingen rad för kontots handlingar. Registerposten kan inte säga hur länge de sparas.",
        "The plan has no row for the account's records. The entry cannot say how long they are kept.",
    ),
    "W204": (
        "{count:slag|slag} av kontots handlingar saknar rad i dokumenthanteringsplanen.",
        "{count:kind|kinds} of the account's records have no row in the plan.",
    ),
    "W205": (
        "Dokumenthanteringsplanen som posten hänvisar till gäller inte i dag, eller är ett exempel.",
        "The plan that the entry refers to is not in force today, or is an example.",
    ),
    "W206": (
        "Registerposten ändrades {changed}, efter att den senast sågs över i kommunens registerförteckning ({updated}).",
        "The entry changed on {changed}, after it was last looked over in the municipality's register ({updated}).",
    ),
    "W207": (
        "Rapporten har {count:kolumn|kolumner} med okänd rubrik. De har inte använts.",
        "The report has {count:column|columns} with an unknown heading. They were not used.",
    ),
    "W208": (
        "En summarad i rapporten stämmer inte med raderna; den avviker med {difference}. Raderna räknas, inte summan.",
        "A row of totals does not agree with the lines; it differs by {difference}. The lines count, not the total.",
    ),
    "W209": (
        "{count:rad|rader} i annan valuta än kronor är sparade för sig och är inte med i summan.",
        "{count:line|lines} in another currency than kronor are kept apart and are not in the sum.",
    ),
    "W210": (
        "{count:rad|rader} gäller helt eller delvis annan tid än månaden. De är sparade för sig och är inte med i summan.",
        "{count:line|lines} cover other days than the month's. They are kept apart and are not in the sum.",
    ),
    "W211": (
        "{count:rad|rader} har negativt belopp (rättelser). De är avräknade i summan.",
        "{count:line|lines} have a negative amount (corrections). They are in the sum.",
    ),
    "W212": (
        "Moms framgår varken av rapporten eller av inställningarna för {count:rad|rader}. Moms och brutto lämnas tomma.",
        "Neither report nor settings tell the VAT of {count:line|lines}. VAT and gross are left empty.",
    ),
    "W213": (
        "{count:rad|rader} hör till en enhet som inte är känd. De står på en egen rad, okänd enhet.",
        "{count:line|lines} belong to a unit that is not known. They stand on a row of their own.",
    ),
    "W214": (
        "{count:enhet|enheter} saknar kostnadsställe i inställningarna.",
        "{count:unit|units} have no cost centre in the settings.",
    ),
    "W215": (
        "Fakturan stämmer inte med underlaget. Skillnaden är {difference} kr.",
        "The invoice does not agree with the sheet. The difference is {difference} kronor.",
    ),
    "W216": (
        "{count:rad|rader} är likadana som en annan rad. De är räknade; kontrollera att de inte är dubbletter.",
        "{count:line|lines} are the same as another one. They are counted; see to it that they are no duplicates.",
    ),
    "W217": (
        "{count:sponsrat inlägg|sponsrade inlägg} hittades inte i arkivet.",
        "{count:sponsored post was|sponsored posts were} not found in the archive.",
    ),
    "W218": (
        "Kontot har ett annonskonto, men ingen annonsrapport är inläst för månaden.",
        "The account has an advertisement account, but no report is taken in for the month.",
    ),
    "W220": (
        "Annonsrapporten togs in {day}, innan månaden var slut. Hämta den, eller läs in den på nytt.",
        "The report was taken in on {day}, before the month was over. Fetch it, or import it, anew.",
    ),
    "W219": (
        "Annonsrapporten kunde inte hämtas ({error}). Läs in den som CSV-fil, eller försök igen.",
        "The report could not be fetched ({error}). Import it as a CSV file, or try again.",
    ),
}
