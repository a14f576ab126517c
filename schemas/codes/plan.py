"""What ``plan check`` finds: codes P1xx with Swedish and English sentences; ``{name}`` stands for a parameter."""

from __future__ import annotations

from schemas.finding import Severity

TEXTS: dict[str, tuple[str, str]] = {
    "P101": (
        "Raderna {rule} och {other} passar samma handlingar, till exempel: {example}. Avgränsa den ena.",
        "Rules {rule} and {other} match the same records, for example: {example}. Limit one of them.",
    ),
    "P102": (
        "Ingen rad passar: {cells}. Sådana handlingar bevaras tills någon har beslutat om dem.",
        "No rule matches: {cells}. Such records are kept until somebody has decided about them.",
    ),
    "P103": (
        "Planens luckor är för många för att räknas upp; skriv färre avgränsningar eller en rad för övrigt.",
        "The plan's gaps are too many to list; use fewer limits or write a rule for the rest.",
    ),
    "P104": (
        "Bevaranderaden {rule} säger inte hur långt den räcker (reach); den räknas som hela tråden.",
        "The preserving rule {rule} does not say how far it reaches (reach); it counts as the whole thread.",
    ),
    "P105": (
        "Raden {rule} har upphört men säger inte vad som ersätter den (replaced_by).",
        "Rule {rule} is retired but does not say what replaces it (replaced_by).",
    ),
    "P106": (
        "Raden {rule} ersätts av {other}, som inte är en annan gällande rad i planen.",
        "Rule {rule} is replaced by {other}, which is not another current rule of the plan.",
    ),
    "P107": (
        "Raden {rule} gäller {span}, som ligger helt utanför planens {plan_span}.",
        "Rule {rule} is valid {span}, wholly outside the plan's {plan_span}.",
    ),
    "P108": (
        "Raden {rule} gäller {span}, som delvis ligger utanför planens {plan_span}.",
        "Rule {rule} is valid {span}, partly outside the plan's {plan_span}.",
    ),
    "P109": (
        "Raden {rule} gallrar med frist från {trigger} men anger ingen tid (period).",
        "Rule {rule} culls counting from {trigger} but states no period.",
    ),
    "P110": (
        "Raden {rule} gallrar men säger inte vad fristen räknas från (trigger).",
        "Rule {rule} culls but does not say what the period is counted from (trigger).",
    ),
    "P111": (
        "Raden {rule} gallrar vid inaktualitet i ett system ({medium}); det är en bedömning som någon måste märka upp.",
        "Rule {rule} culls when no longer needed in a system ({medium}); a person must mark each record.",
    ),
    "P112": (
        "Raden {rule} har villkoret {condition}, som inte kan prövas; ingenting gallras enligt raden.",
        "Rule {rule} has the condition {condition}, which cannot be tested; nothing is culled under it.",
    ),
    "P113": (
        "Raden {rule} passar inga handlingar som kan finnas ({values}).",
        "Rule {rule} matches no records that can exist ({values}).",
    ),
    "P114": (
        "Raden {rule} kräver märkningen granskad-bevara och kan därför aldrig leda till gallring.",
        "Rule {rule} requires the mark granskad-bevara and can therefore never lead to culling.",
    ),
    "P115": (
        "Raden {rule} räknas från {trigger} men kräver inte märkningen {mark}; handlingar utan den blir aldrig aktuella.",
        "Rule {rule} counts from {trigger} but does not require the mark {mark}; records without it never fall due.",
    ),
    "P116": (
        "Raden {rule} bevarar men anger frist eller utlösande händelse. Bevaras ”i 2 år” skrivs som gallra.",
        "Rule {rule} preserves but states a period or trigger. Preserved “for 2 years” is written as gallra.",
    ),
    "P117": (
        "Raden {rule} anger urval men gallrar inte.",
        "Rule {rule} states a sample but does not cull.",
    ),
    "P118": (
        "Planen saknar beslut (mandate) och kan inte antas.",
        "The plan has no decision (mandate) and cannot be adopted.",
    ),
    "P119": (
        "Planen är ett exempel: den kan kontrolleras och prövas, men antas bara i ett övningshem.",
        "The plan is an example: it can be checked and tried, but adopted only in a home made for practice.",
    ),
    "P120": (
        "Kontot {value} i raden {rule} finns inte i kontoregistret.",
        "The account {value} in rule {rule} is not in the account register.",
    ),
    "P121": (
        "Raden {rule} nämner arkivbildaren {value}, som planen inte är beslutad för.",
        "Rule {rule} names the archive creator {value}, for which the plan is not decided.",
    ),
    "P122": (
        "Planen gäller {span} och är inte i kraft den {as_of}; ingenting gallras.",
        "The plan is valid {span} and not in force on {as_of}; nothing is culled.",
    ),
    "P123": (
        "Raden {rule} säger hur långt den räcker (reach), men bara bevaranderader räcker nedåt i tråden.",
        "Rule {rule} states a reach, but only preserving rules reach down the thread.",
    ),
    "P124": (
        "Beslutet är daterat {date}, efter den dag planen börjar gälla ({valid_from}).",
        "The decision is dated {date}, after the day the plan comes into force ({valid_from}).",
    ),
    "P125": (
        "Plattformen {value} i raden {rule} är inte känd.",
        "The platform {value} in rule {rule} is not known.",
    ),
    "P126": (
        "Raden {rule} kräver registrering innan något gallras, men säger inte med stöd av vad (legal).",
        "Rule {rule} requires registration before anything is culled, but does not say on what ground (legal).",
    ),
    "P127": (
        "Raden {rule} säger gallra, men {law} går före arkivlagen; ingenting gallras enligt raden.",
        "Rule {rule} says gallra, but {law} goes before the Archives Act; nothing is culled under the rule.",
    ),
    "P128": (
        (
            "Spärren mot att gallrade handlingar hämtas in igen upphör efter {suppression}; vad plattformen visar då "
            "kan komma tillbaka."
        ),
        (
            "What keeps culled records from being harvested again ends after {suppression}; what the platform shows "
            "then may come back."
        ),
    ),
}

SEVERITY: dict[str, Severity] = {
    "P101": "error",
    "P106": "error",
    "P107": "error",
    "P109": "error",
    "P110": "error",
    "P121": "error",
    "P118": "error",
    "P119": "info",
    "P126": "info",
    "P128": "info",
}
"""How serious each is; what is not named here is a warning. With an error a plan cannot be adopted."""


class _Gaps(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "–"


def sentence(code: str, lang: str = "sv", parameters: tuple[tuple[str, str | int], ...] = ()) -> str:
    """The sentence of a code with its parameters; an unknown code as itself."""
    if code not in TEXTS:
        return code
    swedish, english = TEXTS[code]
    return (swedish if lang == "sv" else english).format_map(_Gaps(parameters))
