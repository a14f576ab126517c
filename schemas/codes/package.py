"""Finding codes of packages for an e-archive and their delivery: A201–A219, with Swedish and English sentences.

A231–A239 are the receivers' own (``schemas.codes.receivers``). The subject of a finding is the package's id.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "A201": (
        "Inget är valt: inga handlingar för kontot och perioden ska bevaras eller lämnas till e-arkivet. Inget paket "
        "har gjorts.",
        "Nothing is chosen: no records of the account and period are to be preserved or delivered. No package was made.",
    ),
    "A202": (
        "En fil till paketet kunde inte läsas ({place}; {reason}). Paketet är inte byggt. Pröva arkivet med 'bevara verify "
        "--deep' och återställ filen från en annan kopia; bygg sedan om.",
        "A file for the package cannot be read ({place}; {reason}). The package is not built. Examine the archive by 'bevara "
        "verify --deep' and restore the file from another copy; then build again.",
    ),
    "A203": (
        "En fil till paketet ({place}) stämmer inte med sin kontrollsumma eller storlek. Paketet är inte byggt. Pröva arkivet "
        "med 'bevara verify --deep' och återställ filen från en annan kopia; bygg sedan om.",
        "A file for the package ({place}) does not agree with its digest or size. The package is not built. Examine the "
        "archive by 'bevara verify --deep' and restore the file from another copy; then build again.",
    ),
    "A204": (
        "Två filer i paketet har samma namn, eller ett namn som inte går att använda ({place}). Paketet är inte byggt.",
        "Two files of the package have the same name, or one that cannot be used ({place}). The package is not built.",
    ),
    "A206": (
        "Ett objekt som ingen känner till ligger där paketet ska ligga. Paketet är inte byggt; pröva med 'bevara verify'.",
        "An object that nobody knows lies where the package belongs. The package is not built; examine by 'bevara "
        "verify'.",
    ),
    "A207": (
        "Leveransprofilen {profile} har ändrats sedan paketet planerades. Återställ profilens text och bygg om, eller "
        "dra tillbaka paketet och gör ett nytt.",
        "The delivery profile {profile} has changed since the package was planned. Restore the profile's text and build "
        "again, or withdraw the package and make another.",
    ),
    "A208": (
        "{items:handling|handlingar} i paketet gallrades medan det byggdes. Paketet är inte registrerat; bygg om.",
        "{items:record|records} of the package were culled while it was being built. The package is not registered; "
        "build again.",
    ),
    "A209": (
        "Det byggda paketet klarade inte kontrollen: {rules}. Det är borttaget och räknas inte; anmäl felet.",
        "The built package did not pass the check: {rules}. It was removed and does not count; report the fault.",
    ),
    "A210": (
        "Det byggda paketet ligger inte längre i lagret, eller stämmer inte med sin kontrollsumma. Gör ett nytt paket "
        "med '--replaces'.",
        "The built package lies no longer in the store, or does not agree with its digest. Make another package with "
        "'--replaces'.",
    ),
    "A211": (
        "Det som syns hos mottagaren har en annan storlek eller kontrollsumma än paketet. Leveransen räknas inte.",
        "What is seen at the receiver's has another size or digest than the package. The delivery does not count.",
    ),
    "A212": (
        "Mottagaren svarade inte. Leveransen görs om i natt, eller med 'bevara archive deliver'.",
        "The receiver did not answer. The delivery is tried again tonight, or by 'bevara archive deliver'.",
    ),
    "A213": (
        "Paketet byggs eller levereras av en annan körning just nu.",
        "Another run is building or delivering the package right now.",
    ),
    "A214": (
        "Den byggda filen blev en annan än den som låg där, fast avsikten är densamma. Den är borttagen; bygg om.",
        "The file built was another than the one that lay there, though the intent is the same. It was removed; build "
        "again.",
    ),
    "A215": (
        "Perioden är inte slut: handlingar som kommer till senare under {last} är inte med i paketet.",
        "The period is not over: records that come later in {last} are not in the package.",
    ),
    "A216": (
        "Paketet har dragits tillbaka eller byggts av en annan körning medan det byggdes. Inget har ändrats.",
        "The package was withdrawn, or built by another run, while it was being built. Nothing was changed.",
    ),
    "A217": (
        "Paket {number} kan inte byggas eller levereras som det står. Kör 'bevara archive build {number}' eller 'bevara "
        "archive deliver {number}' för att se varför.",
        "Package {number} cannot be built or delivered as it stands. Run 'bevara archive build {number}' or 'bevara "
        "archive deliver {number}' to see why.",
    ),
    "A218": (
        "Lagret svarade inte, eller disken är full, när paket {number} skulle byggas eller levereras. Nästa körning "
        "tar vid.",
        "The store did not answer, or the disk is full, when package {number} was to be built or delivered. The next "
        "run tries again.",
    ),
    "A219": (
        "Paket {number} har väntat i {days} dagar. Så länge gallras inget som är med i det: leverera det, för in "
        "mottagarens kvitto, eller dra tillbaka det. 'bevara archive status' visar var det står.",
        "Package {number} has waited for {days} days. Until it is done nothing in it is culled: deliver it, record the "
        "receiver's answer, or withdraw it. 'bevara archive status' shows where it stands.",
    ),
}
"""Code to (Swedish, English)."""
