"""What platforms answer when something is to be taken away or hidden: W231-W242, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "W231": (
        "Plattformen svarar att det inte finns där längre, eller redan är gjort. Bevara slår upp hur det är.",
        "The platform says that it is not there any more, or is done already. Bevara looks up what is so.",
    ),
    "W232": (
        "Plattformen svarade inte, eller så att det inte går att säga om det blev gjort. Bevara slår upp hur det är; "
        "syns inlägget fortfarande kan du försöka igen.",
        "The platform did not answer, or in a way that does not tell whether it was done. Bevara looks up what is so; "
        "if the item is still shown you can try again.",
    ),
    "W233": (
        "Det går inte att göra genom plattformens gränssnitt. Följ länken och gör det för hand på plattformen.",
        "The platform's interface does not offer it. Follow the link and do it by hand on the platform.",
    ),
    "W234": (
        "Plattformen säger att nyckeln för moderering inte har behörighet till det. Ge den behörigheterna i kanalernas "
        "anvisning, eller gör det för hand på plattformen.",
        "The platform says that the moderating key lacks permission for it. Give it the permissions that the channels' "
        "guide names, or do it by hand on the platform.",
    ),
    "W235": (
        "Nyckeln för moderering gäller inte längre, eller hör till ett annat konto. Inget är gjort. Förnya den i "
        "miljövariabeln som kontofilen namnger (moderation_env).",
        "The moderating key is not valid any more, or belongs to another account. Nothing was done. Renew it in the "
        "environment variable that the account file names (moderation_env).",
    ),
    "W236": (
        "Plattformen tar inte emot fler anrop just nu. Inget är gjort. Försök igen senare, eller gör det för hand på "
        "plattformen.",
        "The platform takes no more requests at present. Nothing was done. Try again later, or do it by hand on the "
        "platform.",
    ),
    "W237": (
        "Plattformen gick inte att nå. Inget är gjort. Försök igen, eller gör det för hand på plattformen.",
        "The platform could not be reached. Nothing was done. Try again, or do it by hand on the platform.",
    ),
    "W238": (
        "Plattformen vill inte göra det med det här inlägget. Följ länken och gör det för hand på plattformen.",
        "The platform does not do that with this item. Follow the link and do it by hand on the platform.",
    ),
    "W239": (
        "Det går inte att se vem som har skrivit inlägget, och utan det kan det inte göras härifrån. Gör det för hand "
        "på plattformen.",
        "It cannot be seen who wrote the item, and without that it cannot be done from here. Do it by hand on the "
        "platform.",
    ),
    "W240": (
        "Plattformen tar inte emot något meddelande om det här inlägget: tiden är ute, det har redan fått ett svar, "
        "eller så kan skribenten inte nås. Skicka det på annat sätt, eller anteckna att det inte gick.",
        "The platform takes no message about this item: its time is over, it has been answered already, or its writer "
        "cannot be reached. Send it in another way, or note that it was not possible.",
    ),
    "W241": (
        "Tråden har redan så många dolda svar som plattformen tillåter. Visa något av dem igen, eller stäng tråden för "
        "svar på plattformen.",
        "The thread has as many hidden replies as the platform allows. Show one of them again, or close the thread for "
        "replies on the platform.",
    ),
    "W242": (
        "Bevara känner inte igen inläggets beteckning på plattformen. Inget är gjort. Gör det för hand på plattformen.",
        "Bevara does not recognise the item's id on the platform. Nothing was done. Do it by hand on the platform.",
    ),
}
