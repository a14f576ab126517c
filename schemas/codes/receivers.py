"""Codes of what a receiver or a registry answers: A231–A239 (e-archives and KB), J131–J139 (registries)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "A231": (
        (
            "Hos mottagaren ligger redan en fil med samma namn men annat innehåll. Ingenting skrevs över. Fråga "
            "mottagaren vad det är för fil och låt dem flytta undan den."
        ),
        (
            "The receiver has a file of the same name with other bytes already. Nothing was written over. Ask the "
            "receiver what file it is and have it moved away."
        ),
    ),
    "A232": (
        "Det finns inte plats för paketet hos mottagaren. Be om mer utrymme och leverera igen.",
        "The receiver has no room for the package. Ask for more room and deliver again.",
    ),
    "A233": (
        (
            "Mottagaren ger inte behörighet att lämna paketet. Kontrollera användare, nyckel eller lösenord, och "
            "rättigheter tillsammans med mottagaren."
        ),
        (
            "The receiver does not permit the package to be left. Check user, key or password, and rights together with "
            "the receiver."
        ),
    ),
    "A234": (
        (
            "Mottagaren avvisade överföringen. Kontrollera inställningarna (mapp, hink och övrigt) tillsammans med "
            "mottagaren."
        ),
        (
            "The receiver refused the transfer. Check the settings (folder, bucket and the rest) together with the "
            "receiver."
        ),
    ),
    "A235": (
        (
            "Servern visar en annan värdnyckel än den som står i inställningarna, eller ett certifikat som inte går att "
            "lita på. Ingenting skickades. Fråga mottagaren om nyckeln eller certifikatet är bytt innan inställningarna "
            "ändras; annars kan det vara någon annans server."
        ),
        (
            "The server shows another host key than the one in the settings, or a certificate that cannot be trusted. "
            "Nothing was sent. Ask the receiver whether key or certificate was changed before you change the settings; "
            "else it may be somebody else's server."
        ),
    ),
    "A236": (
        (
            "Det som ligger hos mottagaren är inte det som skickades: kontrollsumman stämmer inte. Leverera igen; "
            "händer det åter, be mottagaren kontrollera sin lagring."
        ),
        (
            "What lies at the receiver's is not what was sent: the digest differs. Deliver again; if it happens "
            "again, have the receiver's storage checked."
        ),
    ),
    "A237": (
        (
            "Hos mottagaren ligger redan en fil med samma namn som inte får läsas, så det går inte att avgöra om det "
            "är samma paket. Fråga mottagaren om paketet har kommit fram."
        ),
        (
            "The receiver has a file of the same name that may not be read, so it cannot be told whether it is the "
            "same package. Ask the receiver whether the package has arrived."
        ),
    ),
    "A238": (
        (
            "Leveransen går med vanlig FTP, som är öppen på ledningen: lösenord och filer kan läsas och ändras på vägen. "
            "Be mottagaren om SFTP eller FTPS; lämna aldrig något sekretessbelagt den här vägen."
        ),
        (
            "The delivery goes by plain FTP, which is open on the line: password and files can be read and changed on the "
            "way. Ask the receiver for SFTP or FTPS; never leave anything secret this way."
        ),
    ),
    "A239": (
        "FTP-servern erbjuder inte kryptering (TLS). Ingenting skickades, inte heller lösenordet.",
        "The FTP server does not offer encryption (TLS). Nothing was sent, the password neither.",
    ),
    "J131": (
        (
            "I registerkatalogen finns redan en mapp för samma handling med annat innehåll. Ingenting skrevs över. Låt "
            "registrator flytta undan mappen."
        ),
        (
            "The registry's folder has a folder for the same record with other content already. Nothing was written "
            "over. Have the registrar move that folder away."
        ),
    ),
    "J132": (
        (
            "Ett kvitto i registerkatalogen går inte att läsa: namn eller diarienummer saknas, eller filen är skadad "
            "eller för stor. Den ligger kvar. Rätta den, eller ange numret med bevara register confirm."
        ),
        (
            "An answer in the registry's folder cannot be read: name or diary number is missing, or the file is damaged "
            "or too large. It was left there. Correct it, or give the number by bevara register confirm."
        ),
    ),
    "J133": (
        "Bland kvittona i registerkatalogen ligger något som inte är ett kvitto. Det ligger kvar.",
        "Among the answers in the registry's folder lies something that is no answer. It was left there.",
    ),
    "J134": (
        (
            "Det är för stort för ett e-postmeddelande. Ingenting skickades. Vid registrering läggs paketet i "
            "registerkatalogen och registrator får ett neutralt meddelande; svaret på en begäran lämnas på annat sätt."
        ),
        (
            "It is too large for a message. Nothing was sent. When registering, the package goes to the registry's "
            "folder and the registrar gets a neutral notice; the answer to a request is handed over in another way."
        ),
    ),
    "J135": (
        "E-postservern erbjuder inte kryptering (STARTTLS). Ingenting skickades.",
        "The mail server does not offer encryption (STARTTLS). Nothing was sent.",
    ),
    "J136": (
        "E-postserverns certifikat går inte att lita på. Ingenting skickades.",
        "The mail server's certificate cannot be trusted. Nothing was sent.",
    ),
    "J137": (
        "E-postservern godtar inte inloggningen. Kontrollera användare och lösenord.",
        "The mail server does not accept the login. Check user and password.",
    ),
    "J138": (
        (
            "E-postservern avvisade meddelandet för gott. Kontrollera adresserna tillsammans med den som sköter "
            "e-posten."
        ),
        ("The mail server refused the message for good. Check the addresses together with whoever runs the mail."),
    ),
    "J139": (
        "Det går inte att skriva i registerkatalogen: det saknas plats eller behörighet.",
        "The registry's folder cannot be written to: there is no room or no right.",
    ),
}
