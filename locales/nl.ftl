## Around every page

test-mode = Testmodus
skip-to-form = Naar het formulier
back-to = Terug naar { $name }
shop-links = Juridisch en hulp
shop-terms = Voorwaarden
shop-privacy = Privacy
shop-refunds = Terugbetalingen
shop-support = Hulp
optional = (optioneel)
update = Bijwerken
remove = Verwijderen

## How often

every-day = { $count ->
    [1] per dag
   *[other] per { $count } dagen
}
every-week = { $count ->
    [1] per week
   *[other] per { $count } weken
}
every-month = { $count ->
    [1] per maand
   *[other] per { $count } maanden
}
every-year = { $count ->
    [1] per jaar
   *[other] per { $count } jaar
}
price-per = { $price } { $interval }

## The offer

your-order = Je bestelling
choose-option = Kies een optie
show-option = Deze optie tonen
free = Gratis
you-choose = Jij bepaalt
from-price = Vanaf { $price }
pay-what-you-want = Betaal wat je wilt
original-price = Oorspronkelijke prijs:
discounted-price = Nu:
plus-usage = plus verbruik
included = Wat je krijgt
pictures = Afbeeldingen van { $name }
picture = Afbeelding { $number } van { $name }

name-your-price = Jouw prijs
update-total = Totaal bijwerken
amount-at-least = Minstens { $least }
amount-between = Tussen { $least } en { $most }
amount-nothing-or-at-least = Niets, of minstens { $least }
amount-nothing-or-between = Niets, of tussen { $least } en { $most }

## Seats

seats = Licenties
seats-fewer = Eén licentie minder
seats-more = Eén licentie meer
seats-count = { $count ->
    [one] { $count } licentie
   *[other] { $count } licenties
}
seats-at-least = { $least ->
    [one] Minstens { $least } licentie
   *[other] Minstens { $least } licenties
}
seats-between = Tussen { $least } en { $most } licenties
seats-exactly = { $count ->
    [one] Precies { $count } licentie
   *[other] Precies { $count } licenties
}
per-seat = { $price } per licentie
tiers = Prijs per licentie
tiers-volume = Het aantal licenties bepaalt wat elke licentie kost.
tiers-graduated = De licenties van elke staffel kosten de prijs van die staffel.
tier-range = { $from } tot en met { $to }
tier-open = { $from } of meer

## Usage

usage = Afgerekend naar verbruik
usage-unit = { $price } per eenheid
usage-per = { $price } per { $unit }
usage-tokens = { $price } per miljoen tokens
usage-cap = hoogstens { $price } per factuurperiode

## Trials

trial-days = { $count ->
    [one] { $count } dag gratis
   *[other] { $count } dagen gratis
}
trial-weeks = { $count ->
    [one] { $count } week gratis
   *[other] { $count } weken gratis
}
trial-months = { $count ->
    [one] { $count } maand gratis
   *[other] { $count } maanden gratis
}
trial-years = { $count ->
    [one] { $count } jaar gratis
   *[other] { $count } jaar gratis
}
trial-after = Daarna { $price }
trial-first-charge = De eerste afschrijving is op { $date }.
due-on = Te betalen op { $date }
no-trial = Doorgaan zonder proefperiode

## Discounts

discount-code = Kortingscode
apply = Toepassen
discount-remove = De korting { $name } verwijderen
discount-named = Korting: { $name }
discount-once = op de eerste betaling
discount-months = { $count ->
    [one] voor { $count } maand
   *[other] voor { $count } maanden
}
first-days = { $count ->
    [one] de eerste dag
   *[other] de eerste { $count } dagen
}
first-weeks = { $count ->
    [one] de eerste week
   *[other] de eerste { $count } weken
}
first-months = { $count ->
    [one] de eerste maand
   *[other] de eerste { $count } maanden
}
first-years = { $count ->
    [one] het eerste jaar
   *[other] de eerste { $count } jaar
}
first-then = { $first }, daarna { $full } { $interval }
now-then = { $first } { $now }, dan { $full } { $interval }

## Contact and card

your-details = Je gegevens
contact = Contact
email = E-mailadres
email-locked = Dit is het adres van je klantaccount.
full-name = Volledige naam
payment = Betaling
test-warning = Testmodus: gebruik geen echte kaart.
test-card = Deze betaalt, met een willekeurige datum in de toekomst en drie willekeurige cijfers:
test-fill = Deze kaart invullen
test-more = Meer testkaarten
test-declined = wordt geweigerd
test-funds = heeft onvoldoende saldo
test-secure = vraagt om 3-D Secure
test-later = wordt geaccepteerd, maar mislukt daarna
card-number = Kaartnummer
card-expiry = Vervaldatum
card-expiry-form = MM / JJ
card-cvc = Beveiligingscode
card-name = Naam op de kaart

## Address and business

billing-address = Factuuradres
country = Land
choose-country = Kies een land
use-country = Dit land gebruiken
line1 = Adres
line2 = Toevoeging
city = Plaats
state = Staat
province = Provincie
region = Regio
postal-code = Postcode
zip-code = ZIP-code
postcode = Postcode
choose = Kies
is-business = Ik koop voor een bedrijf
show-business = De velden voor bedrijven tonen
business-name = Bedrijfsnaam
tax-id = Btw-nummer
more-details = Meer gegevens

## Amounts and the button

subtotal = Subtotaal
tax = Belasting
tax-vat = Btw
tax-gst = GST
tax-hst = HST
tax-consumption = Verbruiksbelasting
tax-sales = Verkoopbelasting (sales tax)
tax-rated = { $tax } ({ $rate })
tax-included = Inclusief { $tax }
tax-reverse = { $tax }: je draagt die zelf af (btw verlegd)
tax-later = op basis van je adres
total = Totaal
due-today = Vandaag te betalen
amount-due = Te betalen
balance-used = Betaald uit je tegoed
balance-owed = Openstaand van eerder
order-keeps-card = Je kaart wordt bewaard, en de volgende betalingen van dit abonnement worden ervan afgeschreven.
pay = { $total } betalen
subscribe = Abonneren
get-free = Gratis ophalen
start-trial = Proefperiode starten
processing = Bezig…
terms-plain = Je betaalt { $total } { $interval } tot je opzegt.
terms-trial = Je betaalt vandaag niets. Op { $date } betaal je { $total }, daarna hetzelfde bedrag { $interval } tot je opzegt.
terms-trial-discount = Je betaalt vandaag niets. Vanaf { $date } betaal je { $first } { $now }, daarna { $full } { $interval } tot je opzegt.
terms-discount = Je betaalt { $first } { $now }, daarna { $full } { $interval } tot je opzegt.
terms-usage = Je verbruik wordt { $interval } afgerekend tot je opzegt.
terms-card = Je kaart wordt bewaard en de bedragen worden automatisch afgeschreven.
plus-tax = { $amount } plus belasting

## What is wrong

please-check = Controleer:
error-field = Controleer dit veld.
error-product = Deze optie is niet beschikbaar. Kies een andere.
error-not-sold = Dit wordt niet meer voor deze prijs verkocht. Begin opnieuw in de winkel.
error-amount = Vul een bedrag in, zoals { $example }.
error-seats = Vul een heel aantal licenties in.
error-email-missing = Vul je e-mailadres in.
error-email = Vul een volledig e-mailadres in, zoals name@example.com.
error-country = Kies je land.
error-line1 = Vul je adres in.
error-city = Vul je plaats in.
error-state = Kies er een uit de lijst.
error-postal-code = Vul je postcode in.
error-business-name = Vul de naam van je bedrijf in.
error-tax-id = Dit btw-nummer is niet geldig in het gekozen land. Controleer het of laat het veld leeg.
error-address-tax = Voor dit adres kan de belasting niet worden berekend. Controleer het.
error-discount = Deze code werkt hier niet. Controleer hem of ga zonder verder.
error-discount-limit = Je hebt deze korting zo vaak gebruikt als mag. Verwijder hem om door te gaan.
error-discount-ended = Deze korting is afgelopen. Verwijder hem om door te gaan.

error-card-number-missing = Vul je kaartnummer in.
error-card-number = Dit is geen kaartnummer. Controleer de cijfers.
error-card-real = Dit is een testomgeving: er worden alleen testkaarten aangenomen en je mag hier geen echte kaart invullen. Gebruik 4242 4242 4242 4242.
error-card-expiry = Vul de vervaldatum in als maand en jaar, zoals 12 / 34.
error-card-expired = Deze kaart is verlopen. Controleer de datum of gebruik een andere kaart.
error-card-cvc = Vul de drie cijfers van de beveiligingscode op de achterkant van de kaart in.
error-card-cvc-front = Vul de vier cijfers van de beveiligingscode op de voorkant van de kaart in.
error-card-unread = De kaart kon nu niet worden gelezen. Probeer het opnieuw.
card-missing = Vul je kaartgegevens in. Zie je er geen velden voor, laad deze pagina dan opnieuw.
card-needs-script = Voor betalen met een kaart is JavaScript nodig. Zet het aan in je browser en laad deze pagina opnieuw.
card-unloaded = Het betaalformulier kon niet worden geladen. Er is niets afgeschreven. Controleer je verbinding en je contentblokkering.
load-again = Opnieuw laden

error-answer-missing = Dit veld is verplicht.
error-answer-tick = Vink dit vakje aan om door te gaan.
error-answer-number = Vul een heel getal in.
error-answer-at-least = Vul { $least } of meer in.
error-answer-at-most = Vul { $most } of minder in.
error-answer-short = { $count ->
    [one] Schrijf minstens { $count } teken.
   *[other] Schrijf minstens { $count } tekens.
}
error-answer-long = { $count ->
    [one] Schrijf hoogstens { $count } teken.
   *[other] Schrijf hoogstens { $count } tekens.
}
error-answer-date = Vul een datum in.
error-answer-from = Kies { $date } of later.
error-answer-until = Kies { $date } of eerder.
error-answer-choice = Kies een van de opties.

declined = Je kaart is geweigerd. Er is niets afgeschreven. Probeer een andere kaart of vraag het je bank.
declined-funds = Er staat niet genoeg geld op deze kaart. Er is niets afgeschreven. Probeer een andere kaart.
declined-expired = Deze kaart is verlopen. Er is niets afgeschreven. Probeer een andere kaart.
declined-cvc = De beveiligingscode klopt niet. Er is niets afgeschreven. Controleer de code op je kaart en probeer het opnieuw.
declined-processing = De betaling is door een storing geweigerd. Er is niets afgeschreven. Probeer het zo opnieuw.
declined-approval = De betaling is niet goedgekeurd bij je bank. Er is niets afgeschreven. Probeer het opnieuw of gebruik een andere kaart.
declined-number = Het kaartnummer klopt niet. Er is niets afgeschreven. Controleer het nummer op je kaart en probeer het opnieuw.
declined-unsupported = Deze kaart kan niet voor deze betaling worden gebruikt. Er is niets afgeschreven. Probeer een andere kaart.
declined-unfinished = De betaling is niet afgerond. Er is niets afgeschreven. Probeer het opnieuw of gebruik een andere kaart.

in-flight = Je betaling wordt al verwerkt. Wacht even en laad deze pagina dan opnieuw.
too-often = Te veel pogingen. Probeer het zo opnieuw.
too-many-codes = Te veel kortingscodes waren onjuist. Wacht een paar seconden en probeer het dan opnieuw, of ga verder zonder code.
too-many-declines = Te veel betalingen zijn geweigerd. Er is niets afgeschreven. Wacht een paar minuten en probeer het dan opnieuw.
total-changed = Het totaal is veranderd. Er is niets afgeschreven. Controleer het en betaal dan.
discount-changed = De korting is afgelopen of gewijzigd, dus het totaal is veranderd. Er is niets afgeschreven. Controleer het en betaal daarna.
already-subscribed = Je hebt hier al een lopend abonnement, dus er is niets afgeschreven.
trial-used = Je hebt hier al eens een gratis proefperiode gehad. Je kunt zonder doorgaan; dan is de eerste betaling vandaag.
not-ready = Deze winkel kan nu geen betalingen aannemen. Er is niets afgeschreven.
other-error = Dat lukte niet. Er is niets afgeschreven. Laad deze pagina opnieuw en probeer het nog eens.
our-fault = Er ging bij ons iets mis. Laad deze pagina opnieuw om te zien of de betaling is gelukt.
offline = We konden de server niet bereiken. Laad deze pagina opnieuw om te zien of je hebt betaald.

## After paying

processing-title = Je betaling wordt verwerkt
processing-body = Dit duurt een paar seconden. Houd deze pagina open; je gaat vanzelf verder.
bank-title = Nog één stap
bank-body = Je bank wil zeker weten dat jij het bent. Keur de betaling op de volgende pagina goed.
bank-continue = Verder naar je bank
bank-here = Je bank wil zeker weten dat jij het bent. Keur de betaling goed in het venster van je bank.
another-card = Andere kaart gebruiken
thanks-title = Bedankt voor je bestelling
order-summary = Overzicht van de bestelling
order-number = Bestelnummer
order-date = Datum
next-payment = Volgende betaling
paid = Betaald
renews = Je abonnement wordt verlengd voor { $total } { $interval }.
renews-after-trial = Je proefperiode eindigt op { $date }. Daarna betaal je { $total } { $interval } tot je opzegt.
return-to = Terug naar { $name }
reopened-title = De betaling is niet gelukt
try-again = Opnieuw proberen
order-paid-title = Deze bestelling is betaald
order-paid-body = Er is niets meer te betalen.
failed-title = De betaling is mislukt
failed-body = Er is niets afgeschreven. Ga terug naar de winkel en begin daar opnieuw.

## Other pages

unknown-title = We kunnen deze betaling niet vinden
unknown-body = De link is misschien onvolledig of niet meer geldig. Ga terug naar de winkel en begin daar opnieuw. Er is niets afgeschreven.
no-order-title = We kunnen deze bestelling niet vinden
no-order-body = De link is misschien onvolledig of niet meer geldig. Open hem precies zoals je hem kreeg, of vraag de winkel om een nieuwe.
order-void-title = Deze bestelling is geannuleerd
order-void-body = Je hoeft haar niet te betalen.
order-not-due-title = Deze bestelling kan nog niet worden betaald
order-not-due-body = De winkel heeft niet om deze betaling gevraagd. Vraag het de winkel als je verwachtte te betalen.
order-attempts-spent-title = Deze bestelling kan hier niet meer worden betaald
order-attempts-spent-body = Er is te vaak geprobeerd haar te betalen. Neem contact op met de winkel.
no-link-title = Deze link werkt niet meer
no-link-body = Misschien is hij onvolledig, of heeft de winkel hem ingetrokken. Vraag de winkel om een nieuwe.
not-here-title = Deze betaling kan hier niet worden getoond
not-here-body = De winkel staat niet toe dat de website waar je vandaan komt haar betaling toont. Open de betaling vanuit de winkel zelf.
unsigned-title = Deze link is onvolledig
unsigned-body = Een deel van het adres ontbreekt of is veranderd. Open hem precies zoals je hem kreeg, of vraag de winkel om een nieuwe.
not-for-sale-title = Dit is nu niet te koop
not-for-sale-body = De winkel heeft de verkoop via deze link gepauzeerd, of verkoopt het niet in jouw land. Er is niets afgeschreven.
close-checkout = Sluiten
front-title = Till draait
front-body = Dit is het adres van een betaalserver. Programma’s gebruiken de API onder /v1; kopers komen hier via de link van hun betaling.
front-demo = Probeer een proefaankoop
front-dashboard = Dashboard
front-reference = API-referentie
nowhere-title = Pagina niet gevonden
nowhere-body = Controleer het adres, of ga terug naar waar je vandaan kwam.
expired-title = Deze betaling is verlopen
expired-body = Voor je veiligheid blijft een betaling maar een beperkte tijd open. Ga terug naar de winkel en begin daar opnieuw.
too-often-title = Te veel verzoeken
too-often-body = Er kwamen te veel verzoeken van je netwerk. Wacht even en laad deze pagina dan opnieuw.
trouble-title = Er ging bij ons iets mis
trouble-body = Laad deze pagina zo opnieuw. Als je aan het betalen was, zie je dan of de betaling is gelukt.
reference = Geef dit nummer als je om hulp vraagt:

## The test bank

test-bank = Testbank
test-bank-title = Keur je betaling goed
test-bank-ask = Ben jij dit?
test-bank-body = Deze pagina staat voor die waarop een bank haar klant iets vraagt (3‑D Secure). Er gaat geen geld om.
merchant = Winkel
card = Kaart
amount = Bedrag
purpose = Doel
save-card = De kaart bewaren
approve = Goedkeuren
refuse = Weigeren

## The customer portal

portal-skip = Naar de inhoud
portal-pages = Pagina’s
portal-open = Open je account
portal-overview = Overzicht
portal-orders = Bestellingen
portal-subscriptions = Abonnementen
portal-cards = Betaalmethoden
portal-details = Factuurgegevens
portal-signed-in = Ingelogd als { $email }
portal-sign-out = Uitloggen
portal-sign-in = Inloggen
portal-sign-in-body = Vul het e-mailadres in waarmee je hebt gekocht. Je krijgt een code om in te loggen.
portal-send-code = Code versturen
portal-code-title = Bekijk je e-mail
portal-code-body = Als er hier met { $email } is gekocht, is er een code onderweg naar dat adres. Die werkt één keer, 30 minuten lang.
portal-code = Code
portal-code-again = Nieuwe code versturen
portal-other-email = Een ander e-mailadres gebruiken
portal-code-missing = Vul de zes letters en cijfers van de code in.
portal-code-wrong = Deze code is onjuist of werkt niet meer. Controleer hem of vraag een nieuwe aan.
portal-no-mail = Deze winkel verstuurt geen e-mail, dus je kunt hier niet inloggen. Open deze pagina vanuit de winkel.
portal-test-mail = Testmodus: de winkel vindt codes in het dashboard onder ‘Mail’.
portal-signed-out = Je bent uitgelogd, of je link werkt niet meer. Log in om verder te gaan.
portal-choose = Kies een account
portal-account = Account
portal-foreign-title = Er is niets gewijzigd
portal-foreign-body = Dit formulier kwam niet van een pagina van deze server. Ga terug, laad de pagina opnieuw en verstuur het nog eens.
portal-saved = Opgeslagen.
portal-changed = Je abonnement is gewijzigd.
portal-moved = Er is iets veranderd sinds deze pagina werd getoond. Controleer het en beslis opnieuw.
portal-not-possible = Dat kan niet zoals het abonnement er nu voor staat.
portal-state = Status
portal-save = Opslaan
portal-latest = Laatste bestellingen
portal-all-orders = Alle bestellingen
portal-newer = Nieuwere
portal-older = Oudere
portal-no-orders = Er zijn nog geen bestellingen.
portal-no-subscriptions = Er is geen abonnement.
portal-benefits = Voordelen
portal-no-benefits = Er zijn nog geen voordelen.
portal-all-benefits = Alle voordelen
portal-files = Bestanden: { $count }
portal-key = Licentiesleutel
portal-key-expires = Geldig tot
portal-key-used = Gebruikt
portal-key-usage = { $used } van { $total }
portal-key-expired = Verlopen
portal-key-blocked = Geblokkeerd door de winkel
portal-key-activations = Activeringen
portal-key-not-activated = De sleutel is nergens geactiveerd.
portal-key-activated-on = Geactiveerd op { $date }
portal-key-deactivated = De activering is verwijderd.
portal-downloads = Downloads
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Verbruik
portal-no-usage = Er is nog niets verbruikt.
portal-usage-used = Verbruikt
portal-usage-credited = Bijgeschreven
portal-usage-balance = Saldo
portal-usage-charge = Verbruik tot nu toe
portal-usage-more = Wat tot dan wordt verbruikt, komt erbij.
portal-no-cards = Er is geen kaart opgeslagen.
portal-order-due = Te betalen
portal-order-void = Geannuleerd
portal-order-refunded = Terugbetaald
portal-order-partly-refunded = Deels terugbetaald
portal-pay-order = { $total } betalen voor { $name }
portal-invoice = Factuur downloaden
portal-receipt = Betalingsbewijs downloaden
portal-invoice-needs = Voor een factuur zijn je naam en adres nodig. Vul ze hieronder in.
portal-billed-to = Factuur aan
portal-billing-name = Naam op facturen
portal-country-fixed = Dit kan niet meer worden gewijzigd, omdat de belasting ervan afhangt.
portal-active = Actief
portal-trialing = Gratis proefperiode
portal-past-due = Betaling mislukt
portal-past-due-body = De laatste betaling is mislukt. Betaal nu zodat het abonnement doorloopt.
portal-paused = Gepauzeerd
portal-ended = Beëindigd
portal-ended-on = Beëindigd op { $date }
portal-ends-on = Eindigt op { $date }
portal-renews-on = Wordt verlengd op { $date }
portal-trial-until = Gratis tot { $date }
portal-pauses-on = Pauzeert op { $date }
portal-resumes-on = Gepauzeerd tot { $date }
portal-price = Prijs
portal-since = Sinds
portal-pending = Op { $date } gaat een wijziging in.
portal-pending-plan = Het abonnement wordt { $name } op { $date }.
portal-pending-seats = Aantal licenties vanaf { $date }: { $count }
portal-plan = Abonnement
portal-plan-now = Je huidige abonnement
portal-plan-change = Abonnement wijzigen
portal-plan-choose = Kies een ander abonnement dan je nu hebt.
portal-plan-unavailable = Dit kan niet worden gekozen voor je abonnement.
portal-plan-by-seat = Dit abonnement wordt per licentie verkocht en je kunt er niet zelf naar overstappen. Neem contact op met de winkel.
portal-seats-change = Licenties wijzigen
portal-seats-same = Dat is het aantal licenties dat je al hebt.
portal-seats-bounds = Dit aantal licenties is niet mogelijk.
portal-preview = Kosten tonen
portal-confirm = Wijziging bevestigen
portal-leave-it = Laten zoals het is
portal-due-now = Nu te betalen
portal-nothing-now = Er wordt nu niets afgeschreven.
portal-next-on = Volgende betaling op { $date }
portal-applies-on = De wijziging gaat in op { $date }.
portal-card-charged = Je opgeslagen kaart wordt belast. Tot je bevestigt kan het bedrag nog een paar cent veranderen.
portal-card-missing = Er is geen kaart opgeslagen, dus dit kan niet worden afgeschreven. Voeg eerst een kaart toe.
portal-charge-failed = De afschrijving is mislukt, dus er is niets gewijzigd. Controleer je kaart of voeg een andere toe.
portal-credited = Bijgeschreven op je tegoed
portal-cancel = Abonnement opzeggen
portal-cancel-body = Het abonnement blijft actief tot { $date } en wordt daarna niet verlengd. Tot dan kun je van gedachten veranderen.
portal-cancel-why = Waarom zeg je op?
portal-cancel-comment = Wil je de winkel meer vertellen?
portal-why-service = De service was niet goed genoeg
portal-why-quality = De kwaliteit was niet goed genoeg
portal-why-features = Er ontbreekt iets dat ik nodig heb
portal-why-switched = Ik gebruik iets anders
portal-why-complex = Het is te ingewikkeld
portal-why-expensive = Het is te duur
portal-why-unused = Ik gebruik het te weinig
portal-why-other = Een andere reden
portal-uncancel = Opzegging intrekken
portal-pause = Abonnement pauzeren
portal-pause-body = Het abonnement blijft actief tot { $date }. Daarna wordt er niets afgeschreven tot het wordt hervat.
portal-pause-until = Vanzelf hervatten op
portal-date-after = Kies een dag na { $date }.
portal-unpause = Niet pauzeren
portal-resume = Abonnement hervatten
portal-resume-body = Er begint nu een nieuwe periode, die wordt afgeschreven.
portal-discard = Wijziging intrekken
portal-discard-body = Het abonnement blijft zoals het is wanneer de volgende periode begint.
portal-add-card = Kaart toevoegen
portal-save-card = Kaart opslaan
portal-card-added = De kaart is opgeslagen.
portal-card-removed = De kaart is verwijderd.
portal-card-kept = Er wordt nu niets afgeschreven. De volgende betalingen van je abonnementen kunnen van deze kaart worden afgeschreven.
portal-card-ends = Geldig tot { $date }
portal-card-needed = Deze kaart is nodig voor een abonnement. Voeg eerst een andere toe.
portal-default = Standaard
portal-make-default = Standaard maken
portal-offline = De server was niet bereikbaar. Laad deze pagina opnieuw om te zien of de kaart is opgeslagen.
portal-details-body = Deze gegevens staan op je volgende facturen. Eerdere blijven zoals ze zijn.
portal-email-body = Je account gebruikt { $email }. We sturen een link naar het nieuwe adres, die de wijziging bevestigt.
portal-email-new = Nieuw e-mailadres
portal-email-send = Link versturen
portal-email-sent = Er is een link onderweg naar het nieuwe adres. Open hem om de wijziging te bevestigen.
portal-email-same = Dat is al je e-mailadres.
portal-email-confirm = Bevestig je e-mailadres
portal-email-confirm-body = Je account bij { $shop } gebruikt vanaf nu { $email }.
portal-email-use = Dit adres gebruiken
portal-email-changed = Je e-mailadres is gewijzigd.
portal-email-gone = Deze link is al gebruikt of werkt niet meer. Vraag een nieuwe aan in je account.
portal-email-taken = Een ander account bij deze winkel heeft dit adres al. Er is niets gewijzigd.
portal-data = Mijn gegevens en documenten downloaden
portal-seats-used = Licenties: { $used } van { $total } in gebruik
portal-no-seats = Nog niemand heeft een licentie.
portal-seat-pending = Uitgenodigd
portal-seat-held = Aanvaard
portal-seat-again = Uitnodiging opnieuw sturen
portal-seat-revoke = Licentie intrekken
portal-seat-invite = Iemand uitnodigen
portal-seat-invite-body = Diegene krijgt een e-mail met een link om de licentie te aanvaarden.
portal-seat-send = Uitnodiging sturen
portal-seat-invited = De uitnodiging is onderweg.
portal-seat-free = De licentie is weer vrij.
portal-seats-full = Alle licenties zijn in gebruik.
portal-seat-taken = Deze persoon heeft al een licentie of is al uitgenodigd.
portal-seat-changed = De licentie is intussen gewijzigd. Bekijk haar opnieuw.
portal-seat-claim = Licentie aanvaarden
portal-seat-claim-body = Een licentie voor { $product } bij { $shop } staat klaar voor { $email }.
portal-seat-claimed = De licentie is van jou.
portal-seat-gone = Deze uitnodiging is al gebruikt of werkt niet meer. Vraag een nieuwe aan wie je heeft uitgenodigd.

## Letters

mail-order-subject = Je bestelling bij { $shop }
mail-order-body = Bedankt voor je bestelling. Hier is het overzicht.
mail-subscribed-subject = Je abonnement op { $product }
mail-subscribed-body = Bedankt. Je abonnement is begonnen.
mail-trial-body = Je gratis proefperiode is begonnen. Die eindigt op { $date }; daarna wordt het een betaald abonnement, tenzij je eerder opzegt.
mail-renewed-subject = Je abonnement op { $product } is verlengd
mail-renewed-body = Je abonnement is verlengd en betaald tot { $date }.
mail-converted-subject = Je proefperiode van { $product } is een abonnement geworden
mail-converted-body = Je proefperiode is voorbij. Je abonnement is betaald tot { $date }.
mail-past-due-subject = De betaling voor { $product } is mislukt
mail-past-due-body = We konden de huidige periode niet van je kaart afschrijven. Betaal nu, zodat je abonnement doorloopt.
mail-usage-unpaid-body = We konden je verbruik niet van je kaart afschrijven. Betaal nu.
mail-canceled-subject = Je abonnement op { $product } is opgezegd
mail-canceled-body = Je abonnement blijft actief tot { $date } en wordt daarna niet verlengd.
mail-uncanceled-subject = Je abonnement op { $product } loopt door
mail-uncanceled-body = De opzegging is ingetrokken en je abonnement wordt verlengd zoals voorheen.
mail-revoked-subject = Je abonnement op { $product } is beëindigd
mail-revoked-body = Je abonnement is beëindigd en wordt niet meer verlengd.
mail-paused-subject = Je abonnement op { $product } is gepauzeerd
mail-paused-body = Zolang je abonnement gepauzeerd is, wordt er niets afgeschreven.
mail-paused-until-body = Zolang je abonnement gepauzeerd is, wordt er niets afgeschreven. Het gaat verder op { $date }.
mail-resumed-subject = Je abonnement op { $product } is hervat
mail-resumed-body = Je abonnement is weer actief.
mail-updated-subject = Je abonnement op { $product } is gewijzigd
mail-updated-body = De wijziging geldt vanaf nu.
mail-renewal-subject = Je abonnement op { $product } wordt binnenkort verlengd
mail-renewal-body = Je abonnement wordt verlengd op { $date }. Tot dan kun je het wijzigen of opzeggen.
mail-trial-ends-subject = Je proefperiode van { $product } eindigt binnenkort
mail-trial-ends-body = Je gratis proefperiode eindigt op { $date }; daarna wordt het een betaald abonnement, tenzij je eerder opzegt.
mail-card-subject = Je kaart verloopt binnenkort
mail-card-body = De kaart waarmee je je abonnement bij { $shop } betaalt, verloopt binnenkort. Voeg een andere toe, zodat je abonnement doorloopt.
mail-discount = Korting
mail-code-subject = Je code voor { $shop }
mail-code-body = Vul deze code in om in te loggen. Hij werkt één keer, { $count } minuten lang.
mail-code-ignore = Heb je deze code niet aangevraagd, negeer deze e-mail dan en geef de code aan niemand.
mail-email-subject = Bevestig je nieuwe e-mailadres voor { $shop }
mail-email-body = Iemand wil dit adres voor een account gebruiken. Open de link om het te bevestigen. Die werkt één keer, { $count } minuten lang.
mail-email-ignore = Heb je dit niet aangevraagd, negeer deze e-mail dan. Er wordt dan niets gewijzigd.
mail-email-changed-subject = Je e-mailadres bij { $shop } is gewijzigd
mail-email-changed-body = E-mails en codes voor je account bij { $shop } gaan nu naar een ander adres.
mail-email-changed-warning = Heb jij dit niet gewijzigd, laat het de winkel dan meteen weten.
mail-seat-subject = Je licentie voor { $product } bij { $shop }
mail-seat-body = Je bent uitgenodigd om { $product } van { $shop } te gebruiken. Open de link om je licentie te aanvaarden.
mail-seat-life = De link werkt één keer, { $count } uur lang.
mail-seat-ignore = Had je dit niet verwacht, negeer deze e-mail dan. Er wordt dan niets gewijzigd.
mail-questions = Heb je een vraag? Beantwoord deze e-mail.
mail-footer = Je krijgt deze e-mail omdat je iets hebt gekocht bij { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Factuur
doc-receipt = Betalingsbewijs
doc-credit-note = Creditnota
doc-invoice-number = Factuurnummer
doc-receipt-number = Nummer betalingsbewijs
doc-credit-note-number = Creditnotanummer
doc-issued = Factuurdatum
doc-paid-date = Betaald op
doc-bill-to = Factuur aan
doc-due = { $total } te betalen
doc-paid = { $total } betaald op { $date }
doc-refunded = { $total } terugbetaald op { $date }
doc-description = Omschrijving
doc-quantity = Aantal
doc-unit-price = Stukprijs
doc-amount = Bedrag
doc-discount = Korting
doc-net = Totaal exclusief belasting
doc-tax-total = Totaal belasting
doc-reverse-charge = Btw verlegd: de klant draagt de belasting af.
doc-payments = Betalingen
doc-method = Betaalmethode
doc-date = Datum
doc-amount-paid = Betaald bedrag
doc-refunds = Terugbetalingen
doc-amount-refunded = Terugbetaald bedrag
doc-total-refunded = Totaal terugbetaald
doc-balance = Klanttegoed
doc-refund-of = Terugbetaling van factuur { $number }
doc-page = Pagina { $page } van { $pages }
