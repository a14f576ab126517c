"""Finding codes of culling: K101–K119 of what waits, runs or is late, with Swedish and English sentences.

The subject of a finding is an account's name, or the digest of an order. Nothing is said of single items.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "K101": (
        (
            "{items:handling|handlingar} skulle ha gallrats enligt planraden {rule} (den äldsta sedan {since}). "
            "Gallring är en "
            "skyldighet: gör ett förslag med 'bevara cull propose'."
        ),
        (
            "{items:record|records} should have been culled under rule {rule} (the oldest since {since}). Culling is a "
            "duty: "
            "make a proposal with 'bevara cull propose'."
        ),
    ),
    "K102": (
        "Ett underskrivet gallringsförslag om {items:handling|handlingar} väntar på godkännande sedan {since}.",
        "A signed culling proposal of {items:record|records} has waited for approval since {since}.",
    ),
    "K103": (
        "Ett godkänt gallringsförslag om {items:handling|handlingar} ska verkställas senast {until}.",
        "An approved culling proposal of {items:record|records} must be executed by {until}.",
    ),
    "K104": (
        (
            "En gallring som började {since} är inte slutförd. Den tas upp igen varje natt; se vad som återstår med "
            "'bevara cull show'."
        ),
        (
            "A culling that began on {since} is not finished. Every night takes it up again; 'bevara cull show' tells "
            "what is left."
        ),
    ),
    "K105": (
        (
            "En gallring av {items:handling|handlingar} står i karantän till {until}. Till dess kan den återtas, och "
            "allt finns kvar."
        ),
        (
            "A culling of {items:record|records} is in quarantine until {until}. Until then it can be withdrawn, and "
            "everything is there."
        ),
    ),
    "K106": (
        "Ett utkast till gallringsförslag om {items:handling|handlingar} från {since} är inte underskrivet.",
        "A draft of a culling proposal of {items:record|records} made on {since} is not signed.",
    ),
    "K107": (
        (
            "Godkännandet av ett gallringsförslag om {items:handling|handlingar} gick ut {until} utan att det "
            "verkställdes. "
            "Godkänn det på nytt, eller återta det."
        ),
        (
            "The approval of a culling proposal of {items:record|records} ended on {until} and it was not executed. "
            "Approve "
            "it again, or withdraw it."
        ),
    ),
    "K108": (
        "En påbörjad gallring kunde inte slutföras i natt (kvar: {reason}). Nästa natt försöker igen.",
        "A culling that has begun could not be finished tonight (left: {reason}). The next night tries again.",
    ),
    "K109": (
        (
            "Den andra platsen kunde inte uppdateras ({reason}). Tills det är gjort skyddar det inte mot att en gammal "
            "säkerhetskopia läses in."
        ),
        (
            "The second place could not be updated ({reason}). Until it is, it does not guard against an old backup "
            "being restored."
        ),
    ),
}
