"""Codes of registration: J101–J110 reasons to register a record, J111–J130 findings, with both sentences.

The subject of a finding is an opaque item id, or a registry's name in the settings. Nothing is said of content.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "J101": (
        "Planraden {rule} säger att handlingen ska registreras.",
        "Rule {rule} says that the record is to be registered.",
    ),
    "J102": (
        "Planraden {rule} säger att innehållet avgör om handlingen ska registreras. En registrator bedömer den.",
        "Rule {rule} says that the content decides whether the record is to be registered. A registrar judges it.",
    ),
    "J103": (
        (
            "Handlingen är märkt med sekretess ({provision}). En sekretessbelagd handling ska registreras så snart den "
            "har kommit in eller upprättats (OSL 5:1)."
        ),
        (
            "The record is marked with secrecy ({provision}). A secret record must be registered as soon as it is "
            "received or made (OSL 5:1)."
        ),
    ),
    "J104": (
        "Handlingen hör till ett ärende ({dnr}) och är inte registrerad.",
        "The record belongs to a matter ({dnr}) and is not registered.",
    ),
    "J105": (
        "Handlingen har tagits bort från plattformen av oss.",
        "The record was removed from the platform by us.",
    ),
    "J106": (
        "Handlingen har dolts eller tagits bort av oss på plattformen, enligt vad insamlingen har sett.",
        "The record was hidden or removed by us on the platform, as the harvest has seen.",
    ),
    "J107": (
        "Handlingen väntar på att registreras: det begärdes när den upprättades eller togs bort.",
        "The record waits to be registered: that was asked for when it was made or removed.",
    ),
    "J108": (
        "Handlingen har upprättats av Bevara och ska registreras enligt planraden {rule}.",
        "The record was made by Bevara and is to be registered under rule {rule}.",
    ),
    "J109": (
        "En ny lydelse har kommit efter registreringen (lydelse {version}).",
        "A new version has come after the registration (version {version}).",
    ),
    "J110": (
        "En ny lydelse har kommit efter beslutet att inte registrera (lydelse {version}).",
        "A new version has come after the decision not to register (version {version}).",
    ),
    "J111": (
        (
            "Handlingen har skickats för registrering men saknar diarienummer sedan {days:dag|dagar} (register: "
            "{registry}). Ange numret med 'bevara register confirm'."
        ),
        (
            "The record was sent to be registered and has had no diary number for {days:day|days} (registry: "
            "{registry}). Give the number by 'bevara register confirm'."
        ),
    ),
    "J112": (
        (
            "En sekretessmarkerad handling väntar på diarienummer sedan {days:dag|dagar} (register: {registry}). Den "
            "ska registreras samma dag."
        ),
        (
            "A record marked with secrecy has waited for a diary number for {days:day|days} (registry: {registry}). "
            "It must be registered the same day."
        ),
    ),
    "J113": (
        "Registret {registry} kunde inte nås. Det som väntar ligger kvar, och varje natt försöker igen.",
        "The registry {registry} could not be reached. What waits stays, and every night tries again.",
    ),
    "J114": (
        "Registret {registry} tog inte emot handlingen ({reason}). Den ligger kvar.",
        "The registry {registry} did not take the record ({reason}). It stays.",
    ),
    "J115": (
        (
            "Handlingen har skickats {tries:gång|gånger} till registret {registry}, och kan ha kommit fram mer än en "
            "gång. Varje gång bar meddelandet samma beteckning ({name})."
        ),
        (
            "The record was sent {tries:time|times} to the registry {registry}, and may have arrived more than once. "
            "The message carried the same id each time ({name})."
        ),
    ),
    "J116": (
        ("{items:svar|svar} i registrets mapp hör inte till någon handling som har skickats. De ligger kvar där."),
        ("{items:answer|answers} in the registry's folder belong to no record that was sent. They stay there."),
    ),
    "J117": (
        (
            "Registret {registry} svarar med diarienumret {dnr}, men handlingen har redan {known}. Ingenting är ändrat; "
            "rätta det som är fel."
        ),
        (
            "The registry {registry} answers with diary number {dnr}, but the record already has {known}. Nothing was "
            "changed; put right what is wrong."
        ),
    ),
    "J118": (
        (
            "Ett svar från registret {registry} har inget användbart diarienummer eller datum. Ange numret med 'bevara "
            "register confirm'."
        ),
        (
            "An answer from the registry {registry} has no usable diary number or date. Give the number by 'bevara "
            "register confirm'."
        ),
    ),
    "J119": (
        "Registret {registry} har registrerat en handling som inte skulle registreras. Ingenting är ändrat.",
        "The registry {registry} has registered a record that was not to be registered. Nothing was changed.",
    ),
    "J120": (
        "{items:handling|handlingar} väntar på en registrators beslut: 'bevara register candidates'.",
        "{items:record|records} wait for a registrar's decision: 'bevara register candidates'.",
    ),
    "J121": (
        (
            "{items:sekretessmarkerad handling|sekretessmarkerade handlingar} väntar på en registrators beslut, den "
            "äldsta sedan {since}. De ska registreras samma dag."
        ),
        (
            "{items:record|records} marked with secrecy wait for a registrar's decision, the oldest since {since}. "
            "They must be registered the same day."
        ),
    ),
    "J122": (
        "{items:bilaga|bilagor} till handlingen finns inte i arkivet och följde inte med till registret.",
        "{items:attachment|attachments} of the record are not in the archive and were not sent to the registry.",
    ),
    "J123": (
        (
            "{items:bilaga|bilagor} till handlingen är för stora för att skickas till registret. De är förtecknade i "
            "underlaget och finns i arkivet."
        ),
        (
            "{items:attachment|attachments} of the record are too large to be sent to the registry. They are listed in "
            "what was sent, and lie in the archive."
        ),
    ),
    "J124": (
        "Handlingen finns inte längre i arkivet och kan inte skickas för registrering.",
        "The record is no longer in the archive and cannot be sent to be registered.",
    ),
    "J125": (
        "{items:bild eller tecken|bilder eller tecken} kunde inte visas som de är i underlagets PDF. De är förtecknade där.",
        "{items:picture or character|pictures or characters} could not be shown as they are in the PDF. They are listed there.",
    ),
    "J126": (
        (
            "Registret {registry} finns inte längre i inställningarna, eller kan inte ta emot sekretess. Välj ett annat "
            "med 'bevara register send'."
        ),
        (
            "The registry {registry} is no longer in the settings, or cannot take secrecy. Choose another by 'bevara "
            "register send'."
        ),
    ),
    "J127": (
        "Underlaget för registreringen kunde inte göras ({reason}). Handlingen ligger kvar; nästa natt försöker igen.",
        "What is to be sent to the registry could not be made ({reason}). The record stays; the next night tries again.",
    ),
    "J128": (
        (
            "Ögonblicksbilden visar handlingar som har sekretessmarkerats sedan den togs, och skickas inte öppet. Märk "
            "den med sekretess, eller ta en ny och välj bort den här med 'bevara register decline'."
        ),
        (
            "The snapshot shows records that have been marked with secrecy since it was taken, and is not sent openly. "
            "Mark it with secrecy, or take a new one and decline this one by 'bevara register decline'."
        ),
    ),
    "J129": (
        (
            "Ett svar från registret {registry} kunde inte tas in nu ({reason}). Det ligger kvar; nästa natt försöker "
            "igen. Numret kan anges med 'bevara register confirm'."
        ),
        (
            "An answer from the registry {registry} could not be taken in now ({reason}). It stays; the next night "
            "tries again. The number can be given by 'bevara register confirm'."
        ),
    ),
    "J130": (
        (
            "Handlingen skickades öppet till registret {registry} innan den sekretessmarkerades. Se till att den och "
            "uppgifterna i diariet hålls avskilda (OSL 5:2), och skicka ett skyddat underlag med 'bevara register dispatch "
            "--again'."
        ),
        (
            "The record was sent openly to the registry {registry} before it was marked with secrecy. See to it that it and "
            "what the diary says of it are kept apart (OSL 5:2), and send a secret form by 'bevara register dispatch --again'."
        ),
    ),
}
