"""Finding codes of deliveries to KB: L160–L199, with Swedish and English sentences.

The subject of a finding is the delivery's id, or the film's. A231–A238 are the receivers' own
(``schemas.codes.receivers``), L241–L249 of those who read receipts.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "L160": (
        "Film {films} kan inte beskrivas för KB; det som saknas står i de andra meddelandena. Leveransen är inte byggd och "
        "är tillbakadragen. Rätta till det, eller lämna filmen utanför, och paketera igen.",
        "Film {films} cannot be described to KB; the other messages say what is missing. The delivery is not built and was "
        "withdrawn. Put it right, or leave the film out, and package again.",
    ),
    "L161": (
        "En fil till film {film} kunde inte läsas ({reason}). Leveransen är inte byggd. Pröva arkivet med 'bevara verify "
        "--deep' och återställ filen från en annan kopia; bygg sedan om.",
        "A file of film {film} cannot be read ({reason}). The delivery is not built. Examine the archive by 'bevara verify "
        "--deep' and restore the file from another copy; then build again.",
    ),
    "L162": (
        "En fil till film {film} stämmer inte med sin kontrollsumma eller storlek. Leveransen är inte byggd. Pröva arkivet "
        "med 'bevara verify --deep' och återställ filen från en annan kopia; bygg sedan om.",
        "A file of film {film} does not agree with its digest or size. The delivery is not built. Examine the archive by "
        "'bevara verify --deep' and restore the file from another copy; then build again.",
    ),
    "L163": (
        "Två filer till film {film} har samma namn, eller ett namn som inte går att använda. Leveransen är inte byggd; "
        "anmäl felet.",
        "Two files of film {film} have the same name, or one that cannot be used. The delivery is not built; report the "
        "fault.",
    ),
    "L164": (
        "Ett objekt som ingen känner till ligger där leveransen ska ligga. Leveransen är inte byggd; pröva med 'bevara "
        "verify'.",
        "An object that nobody knows lies where the delivery belongs. The delivery is not built; examine by 'bevara "
        "verify'.",
    ),
    "L165": (
        "Inställningarna för e-plikt har ändrats sedan leveransen planerades. Återställ dem och bygg om, eller dra tillbaka "
        "leveransen och paketera filmerna igen.",
        "The settings of legal deposit have changed since the delivery was planned. Restore them and build again, or "
        "withdraw the delivery and package the films again.",
    ),
    "L166": (
        "Film {films} ska inte längre levereras så som det planerades: beslutet är ett annat. Leveransen är inte byggd.",
        "Film {films} is no longer to be delivered as it was planned: the decision is another. The delivery is not built.",
    ),
    "L167": (
        "En film i leveransen ändrades eller gallrades medan den byggdes ({films}). Leveransen är inte registrerad; bygg om.",
        "A film of the delivery was changed or culled while it was being built ({films}). The delivery is not registered; "
        "build again.",
    ),
    "L168": (
        "Den byggda leveransen klarade inte kontrollen: {rules}. Den är borttagen och räknas inte. Jämför inställningarna "
        "med KB:s uppgifter; annars anmäl felet.",
        "The built delivery did not pass the check: {rules}. It was removed and does not count. Compare the settings with "
        "what KB has told; else report the fault.",
    ),
    "L169": (
        "Den byggda filen blev en annan än förut, fast avsikten är densamma. Den är borttagen och räknas inte.",
        "The file built was another than before, though the intent is the same. It was removed and does not count.",
    ),
    "L170": (
        "Leverans {number} är redan sedd hos mottagaren. Inget skickades en gång till.",
        "Delivery {number} was seen at the receiver's already. Nothing was sent once more.",
    ),
    "L171": (
        "Det som syns hos mottagaren har en annan storlek eller kontrollsumma än leverans {number}. Leveransen räknas inte.",
        "What is seen at the receiver's has another size or digest than delivery {number}. It does not count.",
    ),
    "L172": (
        "Mottagaren svarade inte. Leverans {number} görs om i natt, eller med 'bevara deposit deliver {number}'; den fortsätter "
        "där den slutade.",
        "The receiver did not answer. Delivery {number} is tried again tonight, or by 'bevara deposit deliver {number}'; it "
        "goes on where it ended.",
    ),
    "L173": (
        "Leverans {number} byggs, levereras eller kvitteras av en annan körning just nu.",
        "Another run is building, delivering or receipting delivery {number} right now.",
    ),
    "L174": (
        "Leveransen har dragits tillbaka eller byggts av en annan körning medan den byggdes. Inget har ändrats.",
        "The delivery was withdrawn, or built by another run, while it was being built. Nothing was changed.",
    ),
    "L175": (
        "Leverans {number} kan inte byggas, levereras eller kvitteras som den står. Kör 'bevara deposit build {number}' eller "
        "'bevara deposit deliver {number}' för att se varför.",
        "Delivery {number} cannot be built, delivered or receipted as it stands. Run 'bevara deposit build {number}' or "
        "'bevara deposit deliver {number}' to see why.",
    ),
    "L176": (
        "Lagret svarade inte, eller disken är full, när leverans {number} skulle byggas eller levereras. Nästa körning tar "
        "vid.",
        "The store did not answer, or the disk is full, when delivery {number} was to be built or delivered. The next run "
        "tries again.",
    ),
    "L177": (
        "Leverans {number} har väntat i {days} dagar. Så länge gallras inget som hör till dess filmer: leverera den, för in "
        "KB:s kvitto, eller dra tillbaka den. 'bevara deposit status' visar var den står.",
        "Delivery {number} has waited for {days} days. Until it is done nothing of its films is culled: deliver it, record "
        "KB's receipt, or withdraw it. 'bevara deposit status' shows where it stands.",
    ),
    "L178": (
        "Film {film} har inget nytt att komplettera med: KB har redan fått de textfiler som finns.",
        "Film {film} has nothing new to supplement: KB has the caption files that there are already.",
    ),
    "L179": (
        "Den byggda leveransen {number} ligger inte längre i lagret, eller stämmer inte med sin kontrollsumma. Kör 'bevara "
        "deposit build {number}': den byggs om med samma innehåll.",
        "The built delivery {number} lies no longer in the store, or does not agree with its digest. Run 'bevara deposit "
        "build {number}': it is built again with the same bytes.",
    ),
    "L180": (
        "KB har svarat på provleverans {number} (TEST). Den räknas inte: film {film} är beslutad men inte levererad, och "
        "tiden går.",
        "KB has answered on the trial delivery {number} (TEST). It does not count: film {film} is decided and not delivered, "
        "and its time runs.",
    ),
    "L181": ("KB har tagit emot film {film} (leverans {number}).", "KB has accepted film {film} (delivery {number})."),
    "L182": (
        "KB har underkänt film {film} (leverans {number}). Vad KB skrev finns i arkivet: 'bevara deposit show {film}'. Rätta "
        "det och paketera filmen i en ny leverans.",
        "KB has rejected film {film} (delivery {number}). What KB wrote is in the archive: 'bevara deposit show {film}'. Put "
        "it right and package the film in another delivery.",
    ),
    "L183": (
        "KB:s kvitton gick inte att nå för leverans {number}. Nästa natt frågar igen; ett kvitto kan också föras in för hand.",
        "KB's receipts could not be reached for delivery {number}. The next night asks again; a receipt can be recorded by "
        "hand too.",
    ),
    "L184": (
        "KB:s svar på leverans {number} nämner ett paket eller en leverans som inte är vår. Det är inte infört.",
        "KB's answer on delivery {number} names a package or delivery that is not ours. It was not recorded.",
    ),
    "L185": (
        "KB:s märke på kvittot för leverans {number} är ingen kod eller ett nummer och sparas inte. Svaret är infört.",
        "KB's mark on the receipt of delivery {number} is no code or number and is not kept. The answer was recorded.",
    ),
    "L186": (
        "KB säger nu något annat om en film i leverans {number} än det som är infört. Inget har ändrats; fråga KB vad som "
        "gäller.",
        "KB says something else of a film of delivery {number} now than what is recorded. Nothing was changed; ask KB what "
        "holds.",
    ),
    "L187": (
        "Film {film} kan inte skrivas i ett paket: {field} saknas eller går inte att använda. Leveransen är inte byggd och är "
        "tillbakadragen. Rätta beslutet eller inställningarna och paketera igen.",
        "Film {film} cannot be written into a package: {field} is missing or cannot be used. The delivery is not built and was "
        "withdrawn. Put the decision or the settings right and package again.",
    ),
    "L188": (
        "KB:s kvitton kan inte läsas med de inställningar som finns. Kör 'bevara deposit receipts' för att se varför.",
        "KB's receipts cannot be read with the settings there are. Run 'bevara deposit receipts' to see why.",
    ),
    "L189": (
        "Film {films} är publicerad i en handling som är märkt med sekretess. Den lämnas inte ut; leveransen är inte byggd.",
        "Film {films} was published in a record that is marked with secrecy. It is not handed out; the delivery is not built.",
    ),
}
"""Code to (Swedish, English)."""
