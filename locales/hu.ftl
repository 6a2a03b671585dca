## Around every page

test-mode = Tesztüzem
skip-to-form = Ugrás az űrlaphoz
back-to = Vissza ide: { $name }
shop-links = Jogi tudnivalók és segítség
shop-terms = Feltételek
shop-privacy = Adatvédelem
shop-refunds = Visszatérítés
shop-support = Segítség
optional = (nem kötelező)
update = Frissítés
remove = Eltávolítás

## How often

every-day = { $count ->
    [1] naponta
   *[other] { $count } naponta
}
every-week = { $count ->
    [1] hetente
   *[other] { $count } hetente
}
every-month = { $count ->
    [1] havonta
   *[other] { $count } havonta
}
every-year = { $count ->
    [1] évente
   *[other] { $count } évente
}
price-per = { $interval } { $price }

## The offer

your-order = Az Ön rendelése
choose-option = Válasszon
show-option = Ennek megjelenítése
free = Ingyenes
you-choose = Ön dönt
from-price = Legalább { $price }
pay-what-you-want = Fizessen annyit, amennyit szeretne
original-price = Eredeti ár:
discounted-price = Most:
plus-usage = és a használat díja
included = Amit kap
pictures = Képek: { $name }
picture = { $number }. kép: { $name }

name-your-price = Az Ön ára
update-total = Végösszeg frissítése
amount-at-least = Legalább { $least }
amount-between = { $least } és { $most } között
amount-nothing-or-at-least = Semmi, vagy legalább { $least }
amount-nothing-or-between = Semmi, vagy { $least } és { $most } között

## Seats

seats = Licencek
seats-fewer = Eggyel kevesebb licenc
seats-more = Eggyel több licenc
seats-count = { $count ->
    [one] { $count } licenc
   *[other] { $count } licenc
}
seats-at-least = { $least ->
    [one] Legalább { $least } licenc
   *[other] Legalább { $least } licenc
}
seats-between = { $least } és { $most } licenc között
seats-exactly = { $count ->
    [one] Pontosan { $count } licenc
   *[other] Pontosan { $count } licenc
}
per-seat = { $price } licencenként
tiers = Licencenkénti ár
tiers-volume = A licencek száma határozza meg, mennyibe kerül mindegyik.
tiers-graduated = Az egyes sávok licencei az adott sáv árába kerülnek.
tier-range = { $from }–{ $to }
tier-open = { $from } vagy több

## Usage

usage = Használat szerint számlázva
usage-unit = { $price } egységenként
usage-per = { $price } / { $unit }
usage-tokens = { $price } millió tokenenként
usage-cap = számlázási időszakonként legfeljebb { $price }

## Trials

trial-days = { $count ->
    [one] { $count } nap ingyen
   *[other] { $count } nap ingyen
}
trial-weeks = { $count ->
    [one] { $count } hét ingyen
   *[other] { $count } hét ingyen
}
trial-months = { $count ->
    [one] { $count } hónap ingyen
   *[other] { $count } hónap ingyen
}
trial-years = { $count ->
    [one] { $count } év ingyen
   *[other] { $count } év ingyen
}
trial-after = Utána { $price }
trial-first-charge = Az első terhelés napja: { $date }
due-on = Fizetendő ekkor: { $date }
no-trial = Folytatás próbaidő nélkül

## Discounts

discount-code = Kedvezménykód
apply = Beváltás
discount-remove = A kedvezmény eltávolítása: { $name }
discount-named = Kedvezmény: { $name }
discount-once = az első fizetésre
discount-months = { $count ->
    [one] { $count } hónapig
   *[other] { $count } hónapig
}
first-days = { $count ->
    [one] az első napon
   *[other] az első { $count } napban
}
first-weeks = { $count ->
    [one] az első héten
   *[other] az első { $count } hétben
}
first-months = { $count ->
    [one] az első hónapban
   *[other] az első { $count } hónapban
}
first-years = { $count ->
    [one] az első évben
   *[other] az első { $count } évben
}
first-then = { $first }, utána { $interval } { $full }
now-then = { $first } { $now }, majd { $interval } { $full }

## Contact and card

your-details = Az Ön adatai
contact = Kapcsolat
email = E-mail-cím
email-locked = Ez az ügyfélfiókjának címe.
full-name = Teljes név
payment = Fizetés
test-warning = Tesztüzem: ne használjon valódi kártyát.
test-card = Ez fizet, bármilyen jövőbeli dátummal és bármely három számjeggyel:
test-fill = Kitöltés ezzel a kártyával
test-more = További tesztkártyák
test-declined = elutasítják
test-funds = nincs rajta elég pénz
test-secure = 3-D Secure hitelesítést kér
test-later = elfogadják, majd meghiúsul
card-number = Kártyaszám
card-expiry = Lejárat
card-expiry-form = HH / ÉÉ
card-cvc = Biztonsági kód
card-name = Név a kártyán

## Address and business

billing-address = Számlázási cím
country = Ország
choose-country = Válasszon országot
use-country = Ezt az országot választom
line1 = Utca, házszám
line2 = Emelet, ajtó
city = Település
state = Állam
province = Tartomány
region = Megye vagy régió
postal-code = Irányítószám
zip-code = ZIP-kód
postcode = Irányítószám
choose = Válasszon
is-business = Cég számára vásárolok
show-business = A céges mezők megjelenítése
business-name = Cégnév
tax-id = Adószám vagy közösségi adószám
more-details = További adatok

## Amounts and the button

subtotal = Részösszeg
tax = Adó
tax-vat = Áfa
tax-gst = GST
tax-hst = HST
tax-consumption = Fogyasztási adó
tax-sales = Forgalmi adó
tax-rated = { $tax } ({ $rate })
tax-included = Ebből { $tax }
tax-reverse = { $tax }: Ön fizeti meg (fordított adózás)
tax-later = a címe alapján
total = Összesen
due-today = Ma fizetendő
amount-due = Fizetendő
balance-used = Az egyenlegéből kifizetve
balance-owed = Korábbról áthozva
order-keeps-card = A kártyáját elmentjük, és az előfizetés következő díjait erről vonjuk le.
pay = Fizetés: { $total }
subscribe = Előfizetés
get-free = Ingyen megszerzem
start-trial = Próbaidő indítása
processing = Feldolgozás…
terms-plain = Amíg le nem mondja, { $interval } { $total } összeget fizet.
terms-trial = Ma nem fizet semmit. Az első fizetés napja: { $date }, összege { $total }, ezután { $interval } ugyanennyit fizet, amíg le nem mondja.
terms-trial-discount = Ma nem fizet semmit. Az első fizetés napja: { $date } Onnantól { $first } { $now }, utána { $interval } { $full } összeget fizet, amíg le nem mondja.
terms-discount = Amíg le nem mondja, { $first } { $now }, utána { $interval } { $full } összeget fizet.
terms-usage = A használatot { $interval } számlázzuk, amíg le nem mondja.
terms-card = A kártyáját elmentjük, és a díjakat automatikusan levonjuk róla.
plus-tax = { $amount } és az adó

## What is wrong

please-check = Kérjük, ellenőrizze:
error-field = Ellenőrizze ezt a mezőt.
error-product = Ez a lehetőség nem érhető el. Válasszon másikat.
error-not-sold = Ezen az áron ez már nem kapható. Kezdje újra a boltból.
error-amount = Adjon meg egy összeget, például: { $example }.
error-seats = Adjon meg egész számot.
error-email-missing = Adja meg az e-mail-címét.
error-email = Adjon meg teljes e-mail-címet, például: name@example.com.
error-country = Válassza ki az országát.
error-line1 = Adja meg a címét.
error-city = Adja meg a települést.
error-state = Válasszon egyet a listából.
error-postal-code = Adja meg az irányítószámot.
error-business-name = Adja meg a cége nevét.
error-tax-id = Ez az adószám a választott országban nem érvényes. Ellenőrizze, vagy hagyja üresen a mezőt.
error-address-tax = Erre a címre nem számítható ki az adó. Ellenőrizze.
error-discount = Ez a kód itt nem használható. Ellenőrizze, vagy folytassa nélküle.
error-discount-limit = Ezt a kedvezményt már annyiszor felhasználta, ahányszor lehet. A folytatáshoz távolítsa el.
error-discount-ended = Ez a kedvezmény lejárt. A folytatáshoz távolítsa el.

error-card-number-missing = Adja meg a kártyaszámot.
error-card-number = Ez nem kártyaszám. Ellenőrizze a számjegyeket.
error-card-real = Ez tesztkörnyezet: csak tesztkártyát fogad el, valódi kártyát itt nem szabad megadni. Használja ezt: 4242 4242 4242 4242.
error-card-expiry = Adja meg a lejáratot hónappal és évvel, például: 12 / 34.
error-card-expired = Ez a kártya lejárt. Ellenőrizze a dátumot, vagy használjon másik kártyát.
error-card-cvc = Adja meg a kártya hátoldalán lévő háromjegyű biztonsági kódot.
error-card-cvc-front = Adja meg a kártya előoldalán lévő négyjegyű biztonsági kódot.
error-card-unread = A kártyát most nem sikerült beolvasni. Kérjük, próbálja újra.
card-missing = Adja meg a kártyája adatait. Ha nem lát mezőket ehhez, töltse be újra ezt az oldalt.
card-needs-script = A kártyás fizetéshez JavaScript szükséges. Kapcsolja be a böngészőjében, majd töltse be újra ezt az oldalt.
card-unloaded = A fizetési űrlapot nem sikerült betölteni. Nem történt terhelés. Ellenőrizze a kapcsolatát és a tartalomblokkolóját.
load-again = Betöltés újra

error-answer-missing = Ezt a mezőt ki kell tölteni.
error-answer-tick = A folytatáshoz jelölje be ezt a négyzetet.
error-answer-number = Adjon meg egész számot.
error-answer-at-least = Adjon meg legalább ennyit: { $least }.
error-answer-at-most = Adjon meg legfeljebb ennyit: { $most }.
error-answer-short = { $count ->
    [one] Írjon legalább { $count } karaktert.
   *[other] Írjon legalább { $count } karaktert.
}
error-answer-long = { $count ->
    [one] Írjon legfeljebb { $count } karaktert.
   *[other] Írjon legfeljebb { $count } karaktert.
}
error-answer-date = Adjon meg egy dátumot.
error-answer-from = Válasszon későbbi napot, legkorábban ezt: { $date }
error-answer-until = Válasszon korábbi napot, legkésőbb ezt: { $date }
error-answer-choice = Válasszon a lehetőségek közül.

declined = A kártyáját elutasították. Nem történt terhelés. Próbáljon másik kártyát, vagy kérdezze meg a bankját.
declined-funds = Nincs elég pénz ezen a kártyán. Nem történt terhelés. Próbáljon másik kártyát.
declined-expired = Ez a kártya lejárt. Nem történt terhelés. Próbáljon másik kártyát.
declined-cvc = A biztonsági kód hibás. Nem történt terhelés. Ellenőrizze a kódot a kártyáján, és próbálja újra.
declined-processing = A fizetést hiba miatt elutasították. Nem történt terhelés. Próbálja újra egy kicsit később.
declined-approval = A fizetést nem hagyták jóvá a bankjánál. Nem történt terhelés. Próbálja újra, vagy használjon másik kártyát.
declined-number = A kártyaszám hibás. Nem történt terhelés. Ellenőrizze a számot a kártyáján, és próbálja újra.
declined-unsupported = Ez a kártya nem használható ehhez a fizetéshez. Nem történt terhelés. Próbáljon másik kártyát.
declined-unfinished = A fizetés nem fejeződött be. Nem történt terhelés. Próbálja újra, vagy használjon másik kártyát.

in-flight = A fizetése feldolgozása már folyamatban van. Várjon egy kicsit, majd töltse újra ezt az oldalt.
too-often = Túl sok próbálkozás. Próbálja újra egy kicsit később.
too-many-codes = Túl sok kedvezménykód volt hibás. Várjon néhány másodpercet, majd próbálja újra, vagy folytassa kód nélkül.
too-many-declines = Túl sok fizetést utasítottak el. Semmit sem terheltünk. Várjon néhány percet, majd próbálja újra.
total-changed = A végösszeg megváltozott. Nem történt terhelés. Ellenőrizze az összeget, majd fizessen.
discount-changed = A kedvezmény lejárt vagy módosult, ezért a végösszeg megváltozott. Nem történt terhelés. Ellenőrizze az összeget, majd fizessen.
already-subscribed = Már van itt élő előfizetése, ezért nem történt terhelés.
trial-used = Itt már volt ingyenes próbaideje. Folytathatja nélküle; ekkor az első fizetés ma esedékes.
not-ready = Ez a bolt jelenleg nem tud fizetést fogadni. Nem történt terhelés.
other-error = Ez nem sikerült. Nem történt terhelés. Töltse újra ezt az oldalt, és próbálja meg ismét.
our-fault = Nálunk történt hiba. Töltse újra ezt az oldalt, hogy lássa, sikerült-e a fizetés.
offline = Nem értük el a kiszolgálót. Töltse újra ezt az oldalt, hogy lássa, fizetett-e.

## After paying

processing-title = A fizetés feldolgozása
processing-body = Ez néhány másodpercig tart. Hagyja nyitva ezt az oldalt; magától továbblép.
bank-title = Még egy lépés
bank-body = A bankja szeretne meggyőződni arról, hogy Ön az. Hagyja jóvá a fizetést a következő oldalon.
bank-continue = Tovább a bankhoz
bank-here = A bankja szeretne meggyőződni arról, hogy Ön az. Hagyja jóvá a fizetést a bank ablakában.
another-card = Másik kártya használata
thanks-title = Köszönjük a rendelését
order-summary = A rendelés összesítése
order-number = Rendelésszám
order-date = Dátum
next-payment = Következő fizetés
paid = Kifizetve
renews = Az előfizetése { $interval } { $total } összegért megújul.
renews-after-trial = A próbaidő vége: { $date } Utána { $interval } { $total } összeget fizet, amíg le nem mondja.
return-to = Vissza ide: { $name }
reopened-title = A fizetés nem sikerült
try-again = Próbálja újra
order-paid-title = Ez a rendelés ki van fizetve
order-paid-body = Nincs több fizetnivaló.
failed-title = A fizetés meghiúsult
failed-body = Nem történt terhelés. Menjen vissza a boltba, és kezdje onnan újra.

## Other pages

unknown-title = Nem találjuk ezt a fizetést
unknown-body = A link talán hiányos vagy már nem érvényes. Menjen vissza a boltba, és kezdje onnan újra. Nem történt terhelés.
no-order-title = Nem találjuk ezt a rendelést
no-order-body = A link talán hiányos vagy már nem érvényes. Nyissa meg pontosan úgy, ahogyan kapta, vagy kérjen újat a bolttól.
order-void-title = Ezt a rendelést törölték
order-void-body = Nem kell kifizetnie.
order-not-due-title = Ez a rendelés még nem fizethető ki
order-not-due-body = A bolt nem kérte ezt a fizetést. Kérdezze meg a boltot, ha fizetésre számított.
order-attempts-spent-title = Ez a rendelés itt már nem fizethető ki
order-attempts-spent-body = Túl sokszor próbálták kifizetni. Forduljon a bolthoz.
no-link-title = Ez a link már nem működik
no-link-body = Lehet, hogy hiányos, vagy a bolt visszavonta. Kérjen újat a bolttól.
not-here-title = Ez a fizetés itt nem jeleníthető meg
not-here-body = A bolt nem engedi, hogy az a webhely, ahonnan jött, megjelenítse a fizetését. Nyissa meg magából a boltból.
unsigned-title = Ez a link hiányos
unsigned-body = A cím egy része hiányzik vagy megváltozott. Nyissa meg pontosan úgy, ahogyan kapta, vagy kérjen újat a bolttól.
not-for-sale-title = Ez jelenleg nem eladó
not-for-sale-body = A bolt szünetelteti, amit ez a link árul, vagy az Ön országában nem árulja. Nem történt terhelés.
close-checkout = Bezárás
front-title = A Till működik
front-body = Ez egy fizetési kiszolgáló címe. A programok az API-ját a /v1 alatt használják; a vásárlók a fizetésük linkjén jutnak ide.
front-demo = Próbavásárlás
front-dashboard = Irányítópult
front-reference = API-referencia
nowhere-title = Az oldal nem található
nowhere-body = Ellenőrizze a címet, vagy menjen vissza oda, ahonnan jött.
expired-title = Ez a fizetés lejárt
expired-body = Az Ön biztonsága érdekében egy fizetés csak korlátozott ideig marad nyitva. Menjen vissza a boltba, és kezdje onnan újra.
too-often-title = Túl sok kérés
too-often-body = Túl sok kérés érkezett az Ön hálózatából. Várjon egy kicsit, majd töltse be újra ezt az oldalt.
trouble-title = Nálunk történt hiba
trouble-body = Töltse újra ezt az oldalt egy kicsit később. Ha éppen fizetett, megmutatja, hogy sikerült-e.
reference = Ha segítséget kér, adja meg ezt a számot:

## The test bank

test-bank = Tesztbank
test-bank-title = Hagyja jóvá a fizetést
test-bank-ask = Ön az?
test-bank-body = Ez az oldal azt helyettesíti, ahol a bank megkérdezi az ügyfelét (3‑D Secure). Pénz nem mozog.
merchant = Kereskedő
card = Kártya
amount = Összeg
purpose = Cél
save-card = A kártya mentése
approve = Jóváhagyás
refuse = Elutasítás

## The customer portal

portal-skip = Ugrás a tartalomra
portal-pages = Oldalak
portal-open = Fiók megnyitása
portal-overview = Áttekintés
portal-orders = Rendelések
portal-subscriptions = Előfizetések
portal-cards = Fizetési módok
portal-details = Számlázási adatok
portal-signed-in = Bejelentkezve: { $email }
portal-sign-out = Kijelentkezés
portal-sign-in = Bejelentkezés
portal-sign-in-body = Adja meg azt az e-mail-címet, amellyel vásárolt. Kap egy kódot, amellyel bejelentkezhet.
portal-send-code = Kód küldése
portal-code-title = Nézze meg a postafiókját
portal-code-body = Ha itt vásároltak ezzel a címmel: { $email }, egy kód úton van oda. Egyszer használható, 30 percig.
portal-code = Kód
portal-code-again = Új kód küldése
portal-other-email = Másik e-mail-cím használata
portal-code-missing = Adja meg a kód hat betűjét és számjegyét.
portal-code-wrong = Ez a kód hibás vagy már nem érvényes. Ellenőrizze, vagy kérjen újat.
portal-no-mail = Ez a bolt nem küld e-mailt, ezért itt nem tud bejelentkezni. Nyissa meg ezt az oldalt a boltból.
portal-test-mail = Tesztmód: a bolt a kódokat az irányítópultján, a „Mail” alatt találja.
portal-signed-out = Kijelentkeztettük, vagy a linkje már nem érvényes. A folytatáshoz jelentkezzen be.
portal-choose = Válasszon fiókot
portal-account = Fiók
portal-foreign-title = Nem történt változás
portal-foreign-body = Ez az űrlap nem ennek a kiszolgálónak az oldaláról érkezett. Lépjen vissza, töltse be újra az oldalt, és küldje el még egyszer.
portal-saved = Elmentve.
portal-changed = Az előfizetése megváltozott.
portal-moved = Az oldal megjelenítése óta valami megváltozott. Ellenőrizze, majd döntsön újra.
portal-not-possible = Ez az előfizetés jelenlegi állapotában nem lehetséges.
portal-state = Állapot
portal-save = Mentés
portal-latest = Legutóbbi rendelések
portal-all-orders = Minden rendelés
portal-newer = Újabbak
portal-older = Régebbiek
portal-no-orders = Még nincsenek rendelések.
portal-no-subscriptions = Nincs előfizetés.
portal-benefits = Juttatások
portal-no-benefits = Még nincsenek juttatások.
portal-all-benefits = Minden juttatás
portal-files = Fájlok: { $count }
portal-key = Licenckulcs
portal-key-expires = Érvényes eddig
portal-key-used = Felhasználva
portal-key-usage = { $used } / { $total }
portal-key-expired = Lejárt
portal-key-blocked = Az üzlet letiltotta
portal-key-activations = Aktiválások
portal-key-not-activated = Sehol sincs aktiválva.
portal-key-activated-on = Aktiválva: { $date }
portal-key-deactivated = Az aktiválás törölve.
portal-downloads = Letöltések
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Felhasználás
portal-no-usage = Még nem volt felhasználás.
portal-usage-used = Felhasznált
portal-usage-credited = Jóváírt
portal-usage-balance = Egyenleg
portal-usage-charge = Eddigi felhasználás
portal-usage-more = Az addigi további felhasználás ehhez hozzáadódik.
portal-no-cards = Nincs mentett kártya.
portal-order-due = Fizetendő
portal-order-void = Törölve
portal-order-refunded = Visszatérítve
portal-order-partly-refunded = Részben visszatérítve
portal-pay-order = { $total } kifizetése: { $name }
portal-invoice = Számla letöltése
portal-receipt = Nyugta letöltése
portal-invoice-needs = A számlához szükség van a nevére és a címére. Töltse ki lent.
portal-billed-to = Számlázási név és cím
portal-billing-name = Név a számlákon
portal-country-fixed = Ez már nem módosítható, mert az adó ettől függ.
portal-active = Aktív
portal-trialing = Ingyenes próbaidő
portal-past-due = Sikertelen fizetés
portal-past-due-body = Az utolsó fizetés sikertelen volt. Fizessen most, hogy az előfizetés folytatódjon.
portal-paused = Szünetel
portal-ended = Véget ért
portal-ended-on = Vége: { $date }
portal-ends-on = Vége: { $date }
portal-renews-on = Megújul: { $date }
portal-trial-until = Ingyenes eddig: { $date }
portal-pauses-on = Szünetel ettől: { $date }
portal-resumes-on = Szünetel eddig: { $date }
portal-price = Ár
portal-since = Kezdete
portal-pending = Változás lép életbe: { $date }
portal-pending-plan = A csomag erre változik: { $name }. Időpont: { $date }
portal-pending-seats = Licencek száma ettől: { $date } – { $count }
portal-plan = Csomag
portal-plan-now = Jelenlegi csomagja
portal-plan-change = Csomagváltás
portal-plan-choose = Válasszon a mostanitól eltérő csomagot.
portal-plan-unavailable = Ez az előfizetéséhez nem választható.
portal-plan-by-seat = Ezt a csomagot licencenként értékesítik, ezért erre saját maga nem válthat. Forduljon az üzlethez.
portal-seats-change = Licencek módosítása
portal-seats-same = Most is ennyi licence van.
portal-seats-bounds = Ennyi licence nem lehetséges.
portal-preview = Költség megjelenítése
portal-confirm = Módosítás megerősítése
portal-leave-it = Maradjon így
portal-due-now = Most fizetendő
portal-nothing-now = Most nem történik terhelés.
portal-next-on = Következő fizetés: { $date }
portal-applies-on = A változás életbe lép: { $date }
portal-card-charged = A mentett kártyáját terheljük meg. A megerősítésig az összeg néhány egységgel még változhat.
portal-card-missing = Nincs mentett kártya, ezért ez nem terhelhető. Először adjon hozzá egy kártyát.
portal-charge-failed = A terhelés sikertelen volt, így semmi sem változott. Ellenőrizze a kártyáját, vagy adjon hozzá másikat.
portal-credited = Jóváírva az egyenlegén
portal-cancel = Előfizetés lemondása
portal-cancel-body = Az előfizetés eddig marad aktív: { $date } Utána nem újul meg. Addig meggondolhatja magát.
portal-cancel-why = Miért mondja le?
portal-cancel-comment = Szeretne többet mondani a boltnak?
portal-why-service = Nem volt elég jó az ügyfélszolgálat
portal-why-quality = Nem volt elég jó a minőség
portal-why-features = Hiányzik valami, amire szükségem van
portal-why-switched = Mást használok
portal-why-complex = Túl bonyolult
portal-why-expensive = Túl drága
portal-why-unused = Nem használom eleget
portal-why-other = Más ok
portal-uncancel = Előfizetés folytatása
portal-pause = Előfizetés szüneteltetése
portal-pause-body = Az előfizetés eddig marad aktív: { $date } Utána a folytatásig nem történik terhelés.
portal-pause-until = Automatikus folytatás napja
portal-date-after = Válasszon ennél későbbi napot: { $date }
portal-unpause = Ne szüneteljen
portal-resume = Előfizetés újraindítása
portal-resume-body = Most új időszak kezdődik, és megtörténik a terhelés.
portal-discard = Módosítás visszavonása
portal-discard-body = Az előfizetés a következő időszak kezdetén is változatlan marad.
portal-add-card = Kártya hozzáadása
portal-save-card = Kártya mentése
portal-card-added = A kártya mentve.
portal-card-removed = A kártya eltávolítva.
portal-card-kept = Most nem történik terhelés. Előfizetéseinek következő díjait erről a kártyáról vonhatjuk le.
portal-card-ends = Lejárat: { $date }
portal-card-needed = Ez a kártya egy előfizetéshez kell. Először adjon hozzá másikat.
portal-default = Alapértelmezett
portal-make-default = Legyen alapértelmezett
portal-offline = A kiszolgáló nem érhető el. Töltse be újra ezt az oldalt, hogy lássa, elmentettük-e a kártyát.
portal-details-body = Ezek az adatok a következő számláin szerepelnek. A korábbiak nem változnak.
portal-email-body = A fiókja ezt a címet használja: { $email }. Az új címre küldünk egy linket, amely megerősíti a módosítást.
portal-email-new = Új e-mail-cím
portal-email-send = Link küldése
portal-email-sent = Egy link úton van az új címre. Nyissa meg a módosítás megerősítéséhez.
portal-email-same = Ez már az Ön e-mail-címe.
portal-email-confirm = Erősítse meg az e-mail-címét
portal-email-confirm-body = Fiókja ({ $shop }) mostantól ezt a címet használja: { $email }
portal-email-use = E cím használata
portal-email-changed = Az e-mail-címe megváltozott.
portal-email-gone = Ezt a linket már felhasználták, vagy már nem érvényes. Kérjen újat a fiókjában.
portal-email-taken = Ebben a boltban már egy másik fiók használja ezt a címet. Semmi sem változott.
portal-data = Adataim és dokumentumaim letöltése
portal-seats-used = Licencek: { $used } / { $total } használatban
portal-no-seats = Még senkinek sincs licence.
portal-seat-pending = Meghívva
portal-seat-held = Elfogadva
portal-seat-again = Meghívó újraküldése
portal-seat-revoke = Licenc visszavétele
portal-seat-invite = Személy meghívása
portal-seat-invite-body = E-mailt kap egy linkkel, amellyel elfogadhatja a licencet.
portal-seat-send = Meghívó küldése
portal-seat-invited = A meghívó úton van.
portal-seat-free = A licenc újra szabad.
portal-seats-full = Minden licenc használatban van.
portal-seat-taken = Ennek a személynek már van licence, vagy már meghívták.
portal-seat-changed = A licenc közben megváltozott. Nézze meg újra.
portal-seat-claim = Licenc elfogadása
portal-seat-claim-body = Egy { $product } licenc várja itt: { $shop }. Címzett: { $email }.
portal-seat-claimed = A licenc az Öné.
portal-seat-gone = Ezt a meghívót már felhasználták, vagy már nem érvényes. Kérjen újat attól, aki meghívta.

## Letters

mail-order-subject = Rendelése itt: { $shop }
mail-order-body = Köszönjük a rendelését. Íme az összesítő.
mail-subscribed-subject = Előfizetése: { $product }
mail-subscribed-body = Köszönjük. Előfizetése elindult.
mail-trial-body = Ingyenes próbaideje elindult. A vége: { $date } Ezután fizetős előfizetéssé válik, ha előtte nem mondja le.
mail-renewed-subject = Előfizetése megújult: { $product }
mail-renewed-body = Előfizetése megújult. Eddig van kifizetve: { $date }
mail-converted-subject = A próbaidőből előfizetés lett: { $product }
mail-converted-body = A próbaidő véget ért. Előfizetése eddig van kifizetve: { $date }
mail-past-due-subject = Sikertelen fizetés: { $product }
mail-past-due-body = Nem tudtuk megterhelni a kártyáját az aktuális időszakért. Kérjük, fizessen most, hogy az előfizetése folytatódjon.
mail-usage-unpaid-body = Nem tudtuk megterhelni a kártyáját a felhasználásért. Kérjük, fizessen most.
mail-canceled-subject = Előfizetését lemondták: { $product }
mail-canceled-body = Előfizetése eddig marad aktív: { $date } Ezután nem újul meg.
mail-uncanceled-subject = Előfizetése folytatódik: { $product }
mail-uncanceled-body = A lemondást visszavonták, az előfizetés a korábbiak szerint megújul.
mail-revoked-subject = Előfizetése véget ért: { $product }
mail-revoked-body = Előfizetése véget ért, és többé nem újul meg.
mail-paused-subject = Előfizetése szünetel: { $product }
mail-paused-body = Amíg az előfizetése szünetel, nem történik terhelés.
mail-paused-until-body = Amíg az előfizetése szünetel, nem történik terhelés. A folytatás napja: { $date }
mail-resumed-subject = Előfizetése újraindult: { $product }
mail-resumed-body = Előfizetése ismét aktív.
mail-updated-subject = Előfizetése megváltozott: { $product }
mail-updated-body = A változás mostantól érvényes.
mail-renewal-subject = Előfizetése hamarosan megújul: { $product }
mail-renewal-body = Előfizetése ekkor újul meg: { $date } Addig módosíthatja vagy lemondhatja.
mail-trial-ends-subject = Próbaideje hamarosan véget ér: { $product }
mail-trial-ends-body = Ingyenes próbaidejének vége: { $date } Ezután fizetős előfizetéssé válik, ha előtte nem mondja le.
mail-card-subject = Kártyája hamarosan lejár
mail-card-body = Hamarosan lejár a kártya, amellyel előfizetését fizeti itt: { $shop }. Kérjük, adjon hozzá másikat, hogy az előfizetése folytatódjon.
mail-discount = Kedvezmény
mail-code-subject = Az Ön kódja: { $shop }
mail-code-body = A bejelentkezéshez adja meg ezt a kódot. Egyszer használható, { $count } percig.
mail-code-ignore = Ha nem Ön kérte ezt a kódot, hagyja figyelmen kívül ezt az e-mailt, és a kódot ne adja meg senkinek.
mail-email-subject = Erősítse meg az új e-mail-címét: { $shop }
mail-email-body = Valaki ezt a címet szeretné használni egy fiókhoz. A megerősítéshez nyissa meg a linket. Egyszer használható, { $count } percig.
mail-email-ignore = Ha nem Ön kérte, hagyja figyelmen kívül ezt az e-mailt. Ekkor semmi sem változik.
mail-email-changed-subject = Az e-mail-címe megváltozott: { $shop }
mail-email-changed-body = A fiókjához ({ $shop }) tartozó levelek és kódok mostantól másik címre érkeznek.
mail-email-changed-warning = Ha nem Ön változtatta meg, azonnal jelezze a boltnak.
mail-seat-subject = { $product }: az Ön licence itt: { $shop }
mail-seat-body = Meghívták a következő használatára: { $product } ({ $shop }). A licenc elfogadásához nyissa meg a linket.
mail-seat-life = A link egyszer használható, { $count } órán át.
mail-seat-ignore = Ha nem számított erre, hagyja figyelmen kívül ezt az e-mailt. Ekkor semmi sem változik.
mail-questions = Kérdése van? Válaszoljon erre az e-mailre.
mail-footer = Azért kapja ezt az e-mailt, mert vásárolt itt: { $shop }

## Invoices, receipts and credit notes

doc-invoice = Számla
doc-receipt = Nyugta
doc-credit-note = Jóváíró számla
doc-invoice-number = Számlaszám
doc-receipt-number = Nyugtaszám
doc-credit-note-number = Jóváíró számla száma
doc-issued = Kiállítás dátuma
doc-paid-date = Fizetés dátuma
doc-bill-to = Vevő
doc-due = Fizetendő: { $total }
doc-paid = { $total } kifizetve: { $date }
doc-refunded = { $total } visszatérítve: { $date }
doc-description = Megnevezés
doc-quantity = Menny.
doc-unit-price = Egységár
doc-amount = Összeg
doc-discount = Kedvezmény
doc-net = Adó nélküli összeg
doc-tax-total = Adó összesen
doc-reverse-charge = Fordított adózás: az adót a vevő fizeti.
doc-payments = Fizetések
doc-method = Fizetési mód
doc-date = Dátum
doc-amount-paid = Kifizetett összeg
doc-refunds = Visszatérítések
doc-amount-refunded = Visszatérített összeg
doc-total-refunded = Visszatérítve összesen
doc-balance = Ügyfél egyenlege
doc-refund-of = A(z) { $number } számla visszatérítése
doc-page = { $page }. oldal, összesen { $pages }
