## Around every page

test-mode = Testläge
skip-to-form = Gå till formuläret
back-to = Tillbaka till { $name }
shop-links = Juridik och hjälp
shop-terms = Villkor
shop-privacy = Integritet
shop-refunds = Återbetalningar
shop-support = Hjälp
optional = (valfritt)
update = Uppdatera
remove = Ta bort

## How often

every-day = { $count ->
    [1] per dag
    [2] varannan dag
   *[other] var { $count }:{ NUMBER($count, type: "ordinal") ->
        [one] a
       *[other] e
    } dag
}
every-week = { $count ->
    [1] per vecka
    [2] varannan vecka
   *[other] var { $count }:{ NUMBER($count, type: "ordinal") ->
        [one] a
       *[other] e
    } vecka
}
every-month = { $count ->
    [1] per månad
    [2] varannan månad
   *[other] var { $count }:{ NUMBER($count, type: "ordinal") ->
        [one] a
       *[other] e
    } månad
}
every-year = { $count ->
    [1] per år
    [2] vartannat år
   *[other] vart { $count }:{ NUMBER($count, type: "ordinal") ->
        [one] a
       *[other] e
    } år
}
price-per = { $price } { $interval }

## The offer

your-order = Din beställning
choose-option = Välj ett alternativ
show-option = Visa det här alternativet
free = Gratis
you-choose = Du väljer
from-price = Från { $price }
pay-what-you-want = Betala vad du vill
original-price = Ursprungligt pris:
discounted-price = Nu:
plus-usage = plus förbrukning
included = Det här får du
pictures = Bilder på { $name }
picture = Bild { $number } på { $name }

name-your-price = Ditt pris
update-total = Uppdatera summan
amount-at-least = Minst { $least }
amount-between = Mellan { $least } och { $most }
amount-nothing-or-at-least = Ingenting, eller minst { $least }
amount-nothing-or-between = Ingenting, eller mellan { $least } och { $most }

## Seats

seats = Platser
seats-fewer = En plats färre
seats-more = En plats till
seats-count = { $count ->
    [one] { $count } plats
   *[other] { $count } platser
}
seats-at-least = { $least ->
    [one] Minst { $least } plats
   *[other] Minst { $least } platser
}
seats-between = Mellan { $least } och { $most } platser
seats-exactly = { $count ->
    [one] Exakt { $count } plats
   *[other] Exakt { $count } platser
}
per-seat = { $price } per plats
tiers = Pris per plats
tiers-volume = Antalet platser avgör vad varje plats kostar.
tiers-graduated = Platserna i varje steg kostar det stegets pris.
tier-range = { $from } till { $to }
tier-open = { $from } eller fler

## Usage

usage = Debiteras efter förbrukning
usage-unit = { $price } per enhet
usage-per = { $price } per { $unit }
usage-tokens = { $price } per miljon tokens
usage-cap = högst { $price } per faktureringsperiod

## Trials

trial-days = { $count ->
    [one] { $count } dag gratis
   *[other] { $count } dagar gratis
}
trial-weeks = { $count ->
    [one] { $count } vecka gratis
   *[other] { $count } veckor gratis
}
trial-months = { $count ->
    [one] { $count } månad gratis
   *[other] { $count } månader gratis
}
trial-years = { $count ->
    [one] { $count } år gratis
   *[other] { $count } år gratis
}
trial-after = Sedan { $price }
trial-first-charge = Den första debiteringen sker den { $date }.
due-on = Att betala den { $date }
no-trial = Fortsätt utan provperiod

## Discounts

discount-code = Rabattkod
apply = Använd
discount-remove = Ta bort rabatten { $name }
discount-named = Rabatt: { $name }
discount-once = på den första betalningen
discount-months = { $count ->
    [one] i { $count } månad
   *[other] i { $count } månader
}
first-days = { $count ->
    [one] den första dagen
   *[other] de första { $count } dagarna
}
first-weeks = { $count ->
    [one] den första veckan
   *[other] de första { $count } veckorna
}
first-months = { $count ->
    [one] den första månaden
   *[other] de första { $count } månaderna
}
first-years = { $count ->
    [one] det första året
   *[other] de första { $count } åren
}
first-then = { $first }, sedan { $full } { $interval }
now-then = { $now } { $first }, sedan { $full } { $interval }

## Contact and card

your-details = Dina uppgifter
contact = Kontakt
email = E-postadress
email-locked = Det här är adressen till ditt kundkonto.
full-name = Fullständigt namn
payment = Betalning
test-warning = Testläge: använd inget riktigt kort.
test-card = Det här betalar, med vilket framtida datum och vilka tre siffror som helst:
test-fill = Fyll i det här kortet
test-more = Fler testkort
test-declined = nekas
test-funds = saknar täckning
test-secure = kräver 3-D Secure
test-later = godtas, men misslyckas sedan
card-number = Kortnummer
card-expiry = Giltigt till
card-expiry-form = MM / ÅÅ
card-cvc = Säkerhetskod
card-name = Namn på kortet

## Address and business

billing-address = Faktureringsadress
country = Land
choose-country = Välj ett land
use-country = Använd det här landet
line1 = Adress
line2 = Lägenhet, c/o
city = Ort
state = Delstat
province = Provins
region = Region
postal-code = Postnummer
zip-code = ZIP-kod
postcode = Postnummer
choose = Välj
is-business = Jag köper för ett företag
show-business = Visa fälten för företag
business-name = Företagets namn
tax-id = Momsregistreringsnummer
more-details = Fler uppgifter

## Amounts and the button

subtotal = Delsumma
tax = Skatt
tax-vat = Moms
tax-gst = GST
tax-hst = HST
tax-consumption = Konsumtionsskatt
tax-sales = Försäljningsskatt
tax-rated = { $tax } ({ $rate })
tax-included = Varav { $tax }
tax-reverse = { $tax }: du redovisar den själv (omvänd skattskyldighet)
tax-later = utifrån din adress
total = Summa
due-today = Att betala i dag
amount-due = Att betala
balance-used = Betalt från ditt saldo
balance-owed = Kvar från tidigare
order-keeps-card = Ditt kort sparas, och de kommande betalningarna för den här prenumerationen dras från det.
pay = Betala { $total }
subscribe = Prenumerera
get-free = Hämta gratis
start-trial = Starta provperioden
processing = Behandlas…
terms-plain = Du betalar { $total } { $interval } tills du säger upp.
terms-trial = Du betalar ingenting i dag. Den { $date } betalar du { $total }, sedan samma belopp { $interval } tills du säger upp.
terms-trial-discount = Du betalar ingenting i dag. Från den { $date } betalar du { $now } { $first }, sedan { $full } { $interval } tills du säger upp.
terms-discount = Du betalar { $now } { $first }, sedan { $full } { $interval } tills du säger upp.
terms-usage = Din förbrukning debiteras { $interval } tills du säger upp.
terms-card = Ditt kort sparas och debiteras automatiskt.
plus-tax = { $amount } plus skatt

## What is wrong

please-check = Kontrollera:
error-field = Kontrollera det här fältet.
error-product = Det här alternativet är inte tillgängligt. Välj ett annat.
error-not-sold = Det här säljs inte längre till det priset. Börja om från butiken.
error-amount = Ange ett belopp, till exempel { $example }.
error-seats = Ange ett helt antal platser.
error-email-missing = Ange din e-postadress.
error-email = Ange en fullständig e-postadress, till exempel name@example.com.
error-country = Välj ditt land.
error-line1 = Ange din adress.
error-city = Ange din ort.
error-state = Välj ett alternativ i listan.
error-postal-code = Ange ditt postnummer.
error-business-name = Ange företagets namn.
error-tax-id = Numret är inte giltigt i det valda landet. Kontrollera det eller lämna fältet tomt.
error-address-tax = Skatten kan inte beräknas för den här adressen. Kontrollera den.
error-discount = Koden fungerar inte här. Kontrollera den eller fortsätt utan.
error-discount-limit = Du har använt den här rabatten så många gånger som det går. Ta bort den för att fortsätta.
error-discount-ended = Den här rabatten är slut. Ta bort den för att fortsätta.

error-card-number-missing = Ange ditt kortnummer.
error-card-number = Det här är inget kortnummer. Kontrollera siffrorna.
error-card-real = Det här är en testmiljö: bara testkort tas emot och inget riktigt kort får anges här. Använd 4242 4242 4242 4242.
error-card-expiry = Ange giltighetstiden som månad och år, till exempel 12 / 34.
error-card-expired = Kortet har gått ut. Kontrollera datumet eller använd ett annat kort.
error-card-cvc = Ange de tre siffrorna i säkerhetskoden på kortets baksida.
error-card-cvc-front = Ange de fyra siffrorna i säkerhetskoden på kortets framsida.
error-card-unread = Kortet kunde inte läsas just nu. Försök igen.
card-missing = Ange dina kortuppgifter. Om du inte ser några fält för dem, ladda om sidan.
card-needs-script = Kortbetalningar kräver JavaScript. Slå på det i webbläsaren och ladda om sidan.
card-unloaded = Betalningsformuläret kunde inte laddas. Inget har debiterats. Kontrollera din anslutning och din innehållsblockerare.
load-again = Ladda igen

error-answer-missing = Fältet är obligatoriskt.
error-answer-tick = Kryssa i rutan för att fortsätta.
error-answer-number = Ange ett heltal.
error-answer-at-least = Ange { $least } eller mer.
error-answer-at-most = Ange { $most } eller mindre.
error-answer-short = { $count ->
    [one] Skriv minst { $count } tecken.
   *[other] Skriv minst { $count } tecken.
}
error-answer-long = { $count ->
    [one] Skriv högst { $count } tecken.
   *[other] Skriv högst { $count } tecken.
}
error-answer-date = Ange ett datum.
error-answer-from = Välj { $date } eller senare.
error-answer-until = Välj { $date } eller tidigare.
error-answer-choice = Välj ett av alternativen.

declined = Ditt kort nekades. Inget har debiterats. Prova ett annat kort eller fråga din bank.
declined-funds = Det finns inte tillräckligt med pengar på kortet. Inget har debiterats. Prova ett annat kort.
declined-expired = Kortet har gått ut. Inget har debiterats. Prova ett annat kort.
declined-cvc = Säkerhetskoden är fel. Inget har debiterats. Kontrollera koden på kortet och försök igen.
declined-processing = Betalningen nekades på grund av ett fel. Inget har debiterats. Försök igen om en stund.
declined-approval = Betalningen godkändes inte hos din bank. Inget har debiterats. Försök igen eller använd ett annat kort.
declined-number = Kortnumret är fel. Inget har debiterats. Kontrollera numret på kortet och försök igen.
declined-unsupported = Kortet kan inte användas för den här betalningen. Inget har debiterats. Prova ett annat kort.
declined-unfinished = Betalningen slutfördes inte. Inget har debiterats. Försök igen eller använd ett annat kort.

in-flight = Din betalning behandlas redan. Vänta en stund och ladda sedan om sidan.
too-often = För många försök. Försök igen om en stund.
too-many-codes = För många rabattkoder var felaktiga. Vänta några sekunder och försök sedan igen, eller fortsätt utan kod.
too-many-declines = För många betalningar nekades. Inget har debiterats. Vänta några minuter och försök sedan igen.
total-changed = Summan har ändrats. Inget har debiterats. Kontrollera den och betala sedan.
discount-changed = Rabatten är slut eller har ändrats, så summan är en annan. Inget har debiterats. Kontrollera den och betala sedan.
already-subscribed = Du har redan en aktiv prenumeration här, så inget har debiterats.
trial-used = Du har redan haft en gratis provperiod här. Du kan fortsätta utan; då sker den första betalningen i dag.
not-ready = Butiken kan inte ta emot betalningar just nu. Inget har debiterats.
other-error = Det gick inte. Inget har debiterats. Ladda om sidan och försök igen.
our-fault = Något gick fel hos oss. Ladda om sidan för att se om betalningen gick igenom.
offline = Vi kunde inte nå servern. Ladda om sidan för att se om du har betalat.

## After paying

processing-title = Din betalning behandlas
processing-body = Det tar några sekunder. Håll sidan öppen; den går vidare av sig själv.
bank-title = Ett steg till
bank-body = Din bank vill vara säker på att det är du. Godkänn betalningen på nästa sida.
bank-continue = Fortsätt till din bank
bank-here = Din bank vill vara säker på att det är du. Godkänn betalningen i bankens fönster.
another-card = Använd ett annat kort
thanks-title = Tack för din beställning
order-summary = Sammanfattning av beställningen
order-number = Ordernummer
order-date = Datum
next-payment = Nästa betalning
paid = Betalt
renews = Din prenumeration förnyas för { $total } { $interval }.
renews-after-trial = Din provperiod slutar den { $date }. Sedan betalar du { $total } { $interval } tills du säger upp.
return-to = Tillbaka till { $name }
reopened-title = Betalningen gick inte igenom
try-again = Försök igen
order-paid-title = Den här beställningen är betald
order-paid-body = Det finns inget kvar att betala.
failed-title = Betalningen misslyckades
failed-body = Inget har debiterats. Gå tillbaka till butiken och börja om därifrån.

## Other pages

unknown-title = Vi hittar inte den här betalningen
unknown-body = Länken kan vara ofullständig eller inte längre giltig. Gå tillbaka till butiken och börja om därifrån. Inget har debiterats.
no-order-title = Vi hittar inte den här beställningen
no-order-body = Länken kan vara ofullständig eller inte längre giltig. Öppna den precis som du fick den, eller be butiken om en ny.
order-void-title = Den här beställningen har avbrutits
order-void-body = Du behöver inte betala den.
order-not-due-title = Den här beställningen kan inte betalas ännu
order-not-due-body = Butiken har inte begärt den här betalningen. Fråga butiken om du väntade dig att betala.
order-attempts-spent-title = Den här beställningen kan inte längre betalas här
order-attempts-spent-body = Det har gjorts för många försök att betala den. Kontakta butiken.
no-link-title = Den här länken fungerar inte längre
no-link-body = Den kan vara ofullständig, eller så har butiken dragit tillbaka den. Be butiken om en ny.
not-here-title = Den här betalningen kan inte visas här
not-here-body = Butiken tillåter inte webbplatsen som du kom från att visa dess betalning. Öppna den från butiken själv.
unsigned-title = Den här länken är ofullständig
unsigned-body = En del av adressen saknas eller har ändrats. Öppna den precis som du fick den, eller be butiken om en ny.
not-for-sale-title = Det här är inte till salu just nu
not-for-sale-body = Butiken har pausat det som länken säljer, eller säljer det inte i ditt land. Inget har debiterats.
close-checkout = Stäng
front-title = Till är i gång
front-body = Det här är adressen till en betalserver. Program använder dess API under /v1; köpare kommer hit via länken till sin betalning.
front-demo = Prova ett demoköp
front-dashboard = Kontrollpanel
front-reference = API-referens
nowhere-title = Sidan hittades inte
nowhere-body = Kontrollera adressen, eller gå tillbaka dit du kom ifrån.
expired-title = Den här betalningen har gått ut
expired-body = För din säkerhet är en betalning bara öppen en begränsad tid. Gå tillbaka till butiken och börja om därifrån.
too-often-title = För många förfrågningar
too-often-body = För många förfrågningar kom från ditt nätverk. Vänta en stund och ladda sedan om sidan.
trouble-title = Något gick fel hos oss
trouble-body = Ladda om sidan om en stund. Om du höll på att betala visar den om betalningen gick igenom.
reference = Om du ber om hjälp, uppge det här numret:

## The test bank

test-bank = Testbank
test-bank-title = Godkänn din betalning
test-bank-ask = Är det du?
test-bank-body = Den här sidan står för den där en bank frågar sin kund (3‑D Secure). Inga pengar flyttas.
merchant = Butik
card = Kort
amount = Belopp
purpose = Ändamål
save-card = Spara kortet
approve = Godkänn
refuse = Neka

## The customer portal

portal-skip = Hoppa till innehållet
portal-pages = Sidor
portal-open = Öppna ditt konto
portal-overview = Översikt
portal-orders = Beställningar
portal-subscriptions = Prenumerationer
portal-cards = Betalningssätt
portal-details = Faktureringsuppgifter
portal-signed-in = Inloggad som { $email }
portal-sign-out = Logga ut
portal-sign-in = Logga in
portal-sign-in-body = Ange e-postadressen som du handlade med. Du får en kod att logga in med.
portal-send-code = Skicka koden
portal-code-title = Kolla din e-post
portal-code-body = Om någon har handlat här med { $email } är en kod på väg dit. Den fungerar en gång, i 30 minuter.
portal-code = Kod
portal-code-again = Skicka en ny kod
portal-other-email = Använd en annan e-postadress
portal-code-missing = Ange kodens sex bokstäver och siffror.
portal-code-wrong = Koden är fel eller gäller inte längre. Kontrollera den eller be om en ny.
portal-no-mail = Butiken skickar ingen e-post, så du kan inte logga in här. Öppna sidan från butiken i stället.
portal-test-mail = Testläge: butiken hittar koder på sin översikt, under ”Mail”.
portal-signed-out = Du är utloggad, eller så gäller din länk inte längre. Logga in för att fortsätta.
portal-choose = Välj ett konto
portal-account = Konto
portal-foreign-title = Inget har ändrats
portal-foreign-body = Formuläret kom inte från en sida på den här servern. Gå tillbaka, ladda om sidan och skicka det igen.
portal-saved = Sparat.
portal-changed = Din prenumeration har ändrats.
portal-moved = Något har ändrats sedan sidan visades. Kontrollera och bestäm dig igen.
portal-not-possible = Det går inte som prenumerationen ser ut nu.
portal-state = Status
portal-save = Spara
portal-latest = Senaste beställningarna
portal-all-orders = Alla beställningar
portal-newer = Nyare
portal-older = Äldre
portal-no-orders = Det finns inga beställningar än.
portal-no-subscriptions = Det finns ingen prenumeration.
portal-benefits = Förmåner
portal-no-benefits = Det finns inga förmåner än.
portal-all-benefits = Alla förmåner
portal-files = Filer: { $count }
portal-key = Licensnyckel
portal-key-expires = Giltig till
portal-key-used = Använd
portal-key-usage = { $used } av { $total }
portal-key-expired = Har löpt ut
portal-key-blocked = Spärrad av butiken
portal-key-activations = Aktiveringar
portal-key-not-activated = Den är inte aktiverad någonstans.
portal-key-activated-on = Aktiverad { $date }
portal-key-deactivated = Aktiveringen togs bort.
portal-downloads = Nedladdningar
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Användning
portal-no-usage = Inget har använts ännu.
portal-usage-used = Använt
portal-usage-credited = Tillgodofört
portal-usage-balance = Saldo
portal-usage-charge = Användning hittills
portal-usage-more = Det som används fram till dess läggs till.
portal-no-cards = Inget kort är sparat.
portal-order-due = Att betala
portal-order-void = Annullerad
portal-order-refunded = Återbetald
portal-order-partly-refunded = Delvis återbetald
portal-pay-order = Betala { $total } för { $name }
portal-invoice = Ladda ner fakturan
portal-receipt = Ladda ner kvittot
portal-invoice-needs = En faktura behöver ditt namn och din adress. Fyll i dem nedan.
portal-billed-to = Faktureras till
portal-billing-name = Namn på fakturor
portal-country-fixed = Det kan inte längre ändras, eftersom skatten beror på det.
portal-active = Aktiv
portal-trialing = Gratis provperiod
portal-past-due = Betalningen misslyckades
portal-past-due-body = Den senaste betalningen misslyckades. Betala nu så att prenumerationen fortsätter.
portal-paused = Pausad
portal-ended = Avslutad
portal-ended-on = Avslutades den { $date }
portal-ends-on = Slutar den { $date }
portal-renews-on = Förnyas den { $date }
portal-trial-until = Gratis till den { $date }
portal-pauses-on = Pausas den { $date }
portal-resumes-on = Pausad till den { $date }
portal-price = Pris
portal-since = Sedan
portal-pending = En ändring börjar gälla den { $date }.
portal-pending-plan = Planen ändras till { $name } den { $date }.
portal-pending-seats = Antal platser från den { $date }: { $count }
portal-plan = Plan
portal-plan-now = Din nuvarande plan
portal-plan-change = Byt plan
portal-plan-choose = Välj en annan plan än den du har.
portal-plan-unavailable = Det kan inte väljas för din prenumeration.
portal-plan-by-seat = Den här planen säljs per plats och du kan inte själv byta till den. Kontakta butiken.
portal-seats-change = Ändra antalet platser
portal-seats-same = Så många platser har du redan.
portal-seats-bounds = Det antalet platser är inte möjligt.
portal-preview = Visa vad det kostar
portal-confirm = Bekräfta ändringen
portal-leave-it = Låt det vara
portal-due-now = Att betala nu
portal-nothing-now = Inget debiteras nu.
portal-next-on = Nästa betalning den { $date }
portal-applies-on = Ändringen börjar gälla den { $date }.
portal-card-charged = Ditt sparade kort debiteras. Beloppet kan ändras med några ören tills du bekräftar.
portal-card-missing = Inget kort är sparat, så inget kan debiteras. Lägg till ett kort först.
portal-charge-failed = Debiteringen misslyckades, så inget har ändrats. Kontrollera ditt kort eller lägg till ett annat.
portal-credited = Läggs till ditt saldo
portal-cancel = Avsluta prenumerationen
portal-cancel-body = Prenumerationen är aktiv till den { $date } och förnyas inte därefter. Fram till dess kan du ändra dig.
portal-cancel-why = Varför avslutar du?
portal-cancel-comment = Vill du berätta mer för butiken?
portal-why-service = Supporten var inte tillräckligt bra
portal-why-quality = Kvaliteten var inte tillräckligt bra
portal-why-features = Något som jag behöver saknas
portal-why-switched = Jag använder något annat
portal-why-complex = Det är för krångligt
portal-why-expensive = Det är för dyrt
portal-why-unused = Jag använder det för lite
portal-why-other = En annan anledning
portal-uncancel = Fortsätt prenumerationen
portal-pause = Pausa prenumerationen
portal-pause-body = Prenumerationen är aktiv till den { $date }. Därefter debiteras inget förrän den återupptas.
portal-pause-until = Återuppta automatiskt den
portal-date-after = Välj en dag efter den { $date }.
portal-unpause = Pausa inte
portal-resume = Återuppta prenumerationen
portal-resume-body = En ny period börjar nu och debiteras.
portal-discard = Ta tillbaka ändringen
portal-discard-body = Prenumerationen förblir som den är när nästa period börjar.
portal-add-card = Lägg till ett kort
portal-save-card = Spara kortet
portal-card-added = Kortet är sparat.
portal-card-removed = Kortet är borttaget.
portal-card-kept = Inget debiteras nu. Kommande betalningar för dina prenumerationer kan dras från det här kortet.
portal-card-ends = Giltigt till { $date }
portal-card-needed = Kortet behövs för en prenumeration. Lägg till ett annat först.
portal-default = Standard
portal-make-default = Gör till standard
portal-offline = Servern kunde inte nås. Ladda om sidan för att se om kortet sparades.
portal-details-body = Uppgifterna står på dina kommande fakturor. Tidigare fakturor ändras inte.
portal-email-body = Ditt konto använder { $email }. Vi skickar en länk till den nya adressen som bekräftar ändringen.
portal-email-new = Ny e-postadress
portal-email-send = Skicka länken
portal-email-sent = En länk är på väg till den nya adressen. Öppna den för att bekräfta ändringen.
portal-email-same = Det är redan din e-postadress.
portal-email-confirm = Bekräfta din e-postadress
portal-email-confirm-body = Ditt konto hos { $shop } använder { $email } från och med nu.
portal-email-use = Använd den här adressen
portal-email-changed = Din e-postadress har ändrats.
portal-email-gone = Länken har redan använts eller gäller inte längre. Be om en ny i ditt konto.
portal-email-taken = Ett annat konto hos butiken har redan den här adressen. Inget har ändrats.
portal-data = Ladda ner mina uppgifter och dokument
portal-seats-used = Platser: { $used } av { $total } används
portal-no-seats = Ingen har en plats ännu.
portal-seat-pending = Inbjuden
portal-seat-held = Accepterad
portal-seat-again = Skicka inbjudan igen
portal-seat-revoke = Ta tillbaka platsen
portal-seat-invite = Bjud in någon
portal-seat-invite-body = Personen får ett mejl med en länk för att acceptera platsen.
portal-seat-send = Skicka inbjudan
portal-seat-invited = Inbjudan är på väg.
portal-seat-free = Platsen är ledig igen.
portal-seats-full = Alla platser används.
portal-seat-taken = Personen har redan en plats eller är inbjuden.
portal-seat-changed = Platsen har ändrats under tiden. Titta på den igen.
portal-seat-claim = Acceptera platsen
portal-seat-claim-body = En plats för { $product } hos { $shop } väntar på { $email }.
portal-seat-claimed = Platsen är din.
portal-seat-gone = Inbjudan har redan använts eller gäller inte längre. Be den som bjöd in dig om en ny.

## Letters

mail-order-subject = Din beställning hos { $shop }
mail-order-body = Tack för din beställning. Här är en sammanfattning.
mail-subscribed-subject = Din prenumeration på { $product }
mail-subscribed-body = Tack. Din prenumeration har börjat.
mail-trial-body = Din kostnadsfria provperiod har börjat. Den slutar den { $date }; sedan blir den en betald prenumeration om du inte säger upp den innan dess.
mail-renewed-subject = Din prenumeration på { $product } har förnyats
mail-renewed-body = Din prenumeration har förnyats och är betald till den { $date }.
mail-converted-subject = Din provperiod för { $product } har blivit en prenumeration
mail-converted-body = Din provperiod är slut. Din prenumeration är betald till den { $date }.
mail-past-due-subject = Betalningen för { $product } misslyckades
mail-past-due-body = Vi kunde inte debitera ditt kort för den aktuella perioden. Betala nu så att din prenumeration fortsätter.
mail-usage-unpaid-body = Vi kunde inte debitera ditt kort för din förbrukning. Betala nu.
mail-canceled-subject = Din prenumeration på { $product } har sagts upp
mail-canceled-body = Din prenumeration är aktiv till den { $date } och förnyas inte därefter.
mail-uncanceled-subject = Din prenumeration på { $product } fortsätter
mail-uncanceled-body = Uppsägningen har tagits tillbaka och din prenumeration förnyas som tidigare.
mail-revoked-subject = Din prenumeration på { $product } har avslutats
mail-revoked-body = Din prenumeration har avslutats och förnyas inte längre.
mail-paused-subject = Din prenumeration på { $product } är pausad
mail-paused-body = Inget debiteras medan din prenumeration är pausad.
mail-paused-until-body = Inget debiteras medan din prenumeration är pausad. Den återupptas den { $date }.
mail-resumed-subject = Din prenumeration på { $product } har återupptagits
mail-resumed-body = Din prenumeration är aktiv igen.
mail-updated-subject = Din prenumeration på { $product } har ändrats
mail-updated-body = Ändringen gäller från och med nu.
mail-renewal-subject = Din prenumeration på { $product } förnyas snart
mail-renewal-body = Din prenumeration förnyas den { $date }. Fram till dess kan du ändra den eller säga upp den.
mail-trial-ends-subject = Din provperiod för { $product } slutar snart
mail-trial-ends-body = Din kostnadsfria provperiod slutar den { $date }; sedan blir den en betald prenumeration om du inte säger upp den innan dess.
mail-card-subject = Ditt kort går snart ut
mail-card-body = Kortet som betalar din prenumeration hos { $shop } går snart ut. Lägg till ett annat så att din prenumeration fortsätter.
mail-discount = Rabatt
mail-code-subject = Din kod för { $shop }
mail-code-body = Ange koden för att logga in. Den fungerar en gång, i { $count } minuter.
mail-code-ignore = Om du inte har bett om koden kan du bortse från mejlet. Ge inte koden till någon.
mail-email-subject = Bekräfta din nya e-postadress för { $shop }
mail-email-body = Någon vill använda den här adressen för ett konto. Öppna länken för att bekräfta den. Den fungerar en gång, i { $count } minuter.
mail-email-ignore = Om du inte har bett om detta kan du bortse från mejlet. Då ändras inget.
mail-email-changed-subject = Din e-postadress hos { $shop } har ändrats
mail-email-changed-body = Mejl och koder för ditt konto hos { $shop } går nu till en annan adress.
mail-email-changed-warning = Om det inte var du, kontakta butiken genast.
mail-seat-subject = Din plats för { $product } hos { $shop }
mail-seat-body = Du är inbjuden att använda { $product } från { $shop }. Öppna länken för att acceptera din plats.
mail-seat-life = Länken fungerar en gång, i { $count } timmar.
mail-seat-ignore = Om du inte väntade dig detta kan du bortse från mejlet. Då ändras inget.
mail-questions = Har du en fråga? Svara på det här mejlet.
mail-footer = Du får det här mejlet eftersom du har köpt något hos { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Faktura
doc-receipt = Kvitto
doc-credit-note = Kreditfaktura
doc-invoice-number = Fakturanummer
doc-receipt-number = Kvittonummer
doc-credit-note-number = Kreditfakturanummer
doc-issued = Fakturadatum
doc-paid-date = Betalningsdatum
doc-bill-to = Faktureras till
doc-due = { $total } att betala
doc-paid = { $total } betalt { $date }
doc-refunded = { $total } återbetalt { $date }
doc-description = Beskrivning
doc-quantity = Antal
doc-unit-price = Styckpris
doc-amount = Belopp
doc-discount = Rabatt
doc-net = Summa exklusive skatt
doc-tax-total = Skatt totalt
doc-reverse-charge = Omvänd betalningsskyldighet: kunden redovisar skatten.
doc-payments = Betalningar
doc-method = Betalningssätt
doc-date = Datum
doc-amount-paid = Betalt belopp
doc-refunds = Återbetalningar
doc-amount-refunded = Återbetalt belopp
doc-total-refunded = Återbetalt totalt
doc-balance = Kundens tillgodohavande
doc-refund-of = Återbetalning av faktura { $number }
doc-page = Sida { $page } av { $pages }
