## Around every page

test-mode = Tryb testowy
skip-to-form = Przejdź do formularza
back-to = Wróć do { $name }
shop-links = Informacje prawne i pomoc
shop-terms = Regulamin
shop-privacy = Prywatność
shop-refunds = Zwroty
shop-support = Pomoc
optional = (opcjonalnie)
update = Zaktualizuj
remove = Usuń

## How often

every-day = { $count ->
    [1] dziennie
   *[other] co { $count } dni
}
every-week = { $count ->
    [1] tygodniowo
    [few] co { $count } tygodnie
   *[many] co { $count } tygodni
}
every-month = { $count ->
    [1] miesięcznie
    [few] co { $count } miesiące
   *[many] co { $count } miesięcy
}
every-year = { $count ->
    [1] rocznie
    [few] co { $count } lata
   *[many] co { $count } lat
}
price-per = { $price } { $interval }

## The offer

your-order = Twoje zamówienie
choose-option = Wybierz opcję
show-option = Pokaż tę opcję
free = Bezpłatnie
you-choose = Ty decydujesz
from-price = Od { $price }
pay-what-you-want = Zapłać, ile chcesz
original-price = Pierwotna cena:
discounted-price = Teraz:
plus-usage = plus zużycie
included = Co otrzymujesz
pictures = Zdjęcia: { $name }
picture = Zdjęcie { $number }: { $name }

name-your-price = Twoja cena
update-total = Zaktualizuj sumę
amount-at-least = Co najmniej { $least }
amount-between = Od { $least } do { $most }
amount-nothing-or-at-least = Nic albo co najmniej { $least }
amount-nothing-or-between = Nic albo od { $least } do { $most }

## Seats

seats = Stanowiska
seats-fewer = O jedno stanowisko mniej
seats-more = O jedno stanowisko więcej
seats-count = { $count ->
    [one] { $count } stanowisko
    [few] { $count } stanowiska
   *[many] { $count } stanowisk
}
seats-at-least = { $least ->
    [one] Co najmniej { $least } stanowisko
    [few] Co najmniej { $least } stanowiska
   *[many] Co najmniej { $least } stanowisk
}
seats-between = Od { $least } do { $most } stanowisk
seats-exactly = { $count ->
    [one] Dokładnie { $count } stanowisko
    [few] Dokładnie { $count } stanowiska
   *[many] Dokładnie { $count } stanowisk
}
per-seat = { $price } za stanowisko
tiers = Cena za stanowisko
tiers-volume = Liczba stanowisk decyduje o cenie każdego z nich.
tiers-graduated = Stanowiska z każdego progu kosztują tyle, ile wynosi cena tego progu.
tier-range = Od { $from } do { $to }
tier-open = { $from } lub więcej

## Usage

usage = Rozliczane według zużycia
usage-unit = { $price } za jednostkę
usage-per = { $price } za { $unit }
usage-tokens = { $price } za milion tokenów
usage-cap = najwyżej { $price } w okresie rozliczeniowym

## Trials

trial-days = { $count ->
    [one] { $count } dzień za darmo
    [few] { $count } dni za darmo
   *[many] { $count } dni za darmo
}
trial-weeks = { $count ->
    [one] { $count } tydzień za darmo
    [few] { $count } tygodnie za darmo
   *[many] { $count } tygodni za darmo
}
trial-months = { $count ->
    [one] { $count } miesiąc za darmo
    [few] { $count } miesiące za darmo
   *[many] { $count } miesięcy za darmo
}
trial-years = { $count ->
    [one] { $count } rok za darmo
    [few] { $count } lata za darmo
   *[many] { $count } lat za darmo
}
trial-after = Potem { $price }
trial-first-charge = Pierwsza opłata zostanie pobrana { $date }.
due-on = Do zapłaty { $date }
no-trial = Kontynuuj bez okresu próbnego

## Discounts

discount-code = Kod rabatowy
apply = Zastosuj
discount-remove = Usuń rabat { $name }
discount-named = Rabat: { $name }
discount-once = na pierwszą płatność
discount-months = { $count ->
    [one] przez { $count } miesiąc
    [few] przez { $count } miesiące
   *[many] przez { $count } miesięcy
}
first-days = { $count ->
    [one] przez pierwszy dzień
    [few] przez pierwsze { $count } dni
   *[many] przez pierwszych { $count } dni
}
first-weeks = { $count ->
    [one] przez pierwszy tydzień
    [few] przez pierwsze { $count } tygodnie
   *[many] przez pierwszych { $count } tygodni
}
first-months = { $count ->
    [one] przez pierwszy miesiąc
    [few] przez pierwsze { $count } miesiące
   *[many] przez pierwszych { $count } miesięcy
}
first-years = { $count ->
    [one] przez pierwszy rok
    [few] przez pierwsze { $count } lata
   *[many] przez pierwszych { $count } lat
}
first-then = { $first }, potem { $full } { $interval }
now-then = { $now } { $first }, a następnie { $full } { $interval }

## Contact and card

your-details = Twoje dane
contact = Kontakt
email = Adres e-mail
email-locked = To adres Twojego konta klienta.
full-name = Imię i nazwisko
payment = Płatność
test-warning = Tryb testowy: nie używaj prawdziwej karty.
test-card = Ta płaci, z dowolną przyszłą datą i dowolnymi trzema cyframi:
test-fill = Wypełnij danymi tej karty
test-more = Więcej kart testowych
test-declined = zostaje odrzucona
test-funds = nie ma wystarczających środków
test-secure = wymaga 3-D Secure
test-later = zostaje przyjęta, a potem płatność się nie udaje
card-number = Numer karty
card-expiry = Data ważności
card-expiry-form = MM / RR
card-cvc = Kod zabezpieczający
card-name = Imię i nazwisko na karcie

## Address and business

billing-address = Adres rozliczeniowy
country = Kraj
choose-country = Wybierz kraj
use-country = Użyj tego kraju
line1 = Ulica i numer
line2 = Lokal
city = Miejscowość
state = Stan
province = Prowincja
region = Region
postal-code = Kod pocztowy
zip-code = Kod ZIP
postcode = Kod pocztowy
choose = Wybierz
is-business = Kupuję dla firmy
show-business = Pokaż pola dla firm
business-name = Nazwa firmy
tax-id = Numer VAT (z prefiksem, np. PL) lub NIP
more-details = Dodatkowe dane

## Amounts and the button

subtotal = Suma częściowa
tax = Podatek
tax-vat = VAT
tax-gst = GST
tax-hst = HST
tax-consumption = Podatek konsumpcyjny
tax-sales = Podatek od sprzedaży
tax-rated = { $tax } ({ $rate })
tax-included = W tym { $tax }
tax-reverse = { $tax }: rozliczasz go samodzielnie (odwrotne obciążenie)
tax-later = na podstawie adresu
total = Razem
due-today = Do zapłaty dziś
amount-due = Do zapłaty
balance-used = Zapłacono z Twojego salda
balance-owed = Przeniesione z wcześniej
order-keeps-card = Twoja karta zostanie zapisana, a kolejne płatności tej subskrypcji będą z niej pobierane.
pay = Zapłać { $total }
subscribe = Subskrybuj
get-free = Odbierz za darmo
start-trial = Rozpocznij okres próbny
processing = Przetwarzanie…
terms-plain = Płacisz { $total } { $interval } do czasu rezygnacji.
terms-trial = Dziś nic nie płacisz. Dnia { $date } płacisz { $total }, potem tyle samo { $interval } do czasu rezygnacji.
terms-trial-discount = Dziś nic nie płacisz. Od { $date } płacisz { $now } { $first }, a potem { $full } { $interval } do czasu rezygnacji.
terms-discount = Płacisz { $now } { $first }, a potem { $full } { $interval } do czasu rezygnacji.
terms-usage = Zużycie jest rozliczane { $interval } do czasu rezygnacji.
terms-card = Twoja karta zostanie zapisana, a płatności będą pobierane automatycznie.
plus-tax = { $amount } plus podatek

## What is wrong

please-check = Sprawdź:
error-field = Sprawdź to pole.
error-product = Ta opcja jest niedostępna. Wybierz inną.
error-not-sold = W tej cenie nie jest to już sprzedawane. Zacznij od nowa w sklepie.
error-amount = Podaj kwotę, na przykład { $example }.
error-seats = Podaj całkowitą liczbę stanowisk.
error-email-missing = Podaj swój adres e-mail.
error-email = Podaj pełny adres e-mail, na przykład name@example.com.
error-country = Wybierz swój kraj.
error-line1 = Podaj swój adres.
error-city = Podaj miejscowość.
error-state = Wybierz pozycję z listy.
error-postal-code = Podaj kod pocztowy.
error-business-name = Podaj nazwę swojej firmy.
error-tax-id = Ten numer podatkowy jest nieprawidłowy w wybranym kraju. Sprawdź go albo zostaw pole puste.
error-address-tax = Nie można obliczyć podatku dla tego adresu. Sprawdź go.
error-discount = Ten kod tutaj nie działa. Sprawdź go albo kontynuuj bez niego.
error-discount-limit = Ten rabat został przez Ciebie wykorzystany już tyle razy, ile można. Usuń go, aby kontynuować.
error-discount-ended = Ten rabat się zakończył. Usuń go, aby kontynuować.

error-card-number-missing = Podaj numer karty.
error-card-number = To nie jest numer karty. Sprawdź cyfry.
error-card-real = To środowisko testowe: przyjmuje tylko karty testowe i nie wolno tu wpisywać prawdziwej karty. Użyj 4242 4242 4242 4242.
error-card-expiry = Podaj datę ważności jako miesiąc i rok, na przykład 12 / 34.
error-card-expired = Ta karta straciła ważność. Sprawdź datę albo użyj innej karty.
error-card-cvc = Podaj trzy cyfry kodu zabezpieczającego z tyłu karty.
error-card-cvc-front = Podaj cztery cyfry kodu zabezpieczającego z przodu karty.
error-card-unread = Nie udało się teraz odczytać karty. Spróbuj ponownie.
card-missing = Podaj dane karty. Jeśli nie widzisz pól na nie, wczytaj tę stronę ponownie.
card-needs-script = Płatności kartą wymagają JavaScriptu. Włącz go w przeglądarce, a potem wczytaj tę stronę ponownie.
card-unloaded = Nie udało się wczytać formularza płatności. Nic nie pobrano. Sprawdź połączenie i blokowanie treści.
load-again = Wczytaj ponownie

error-answer-missing = To pole jest wymagane.
error-answer-tick = Zaznacz to pole, aby kontynuować.
error-answer-number = Podaj liczbę całkowitą.
error-answer-at-least = Podaj { $least } lub więcej.
error-answer-at-most = Podaj { $most } lub mniej.
error-answer-short = { $count ->
    [one] Wpisz co najmniej { $count } znak.
    [few] Wpisz co najmniej { $count } znaki.
   *[many] Wpisz co najmniej { $count } znaków.
}
error-answer-long = { $count ->
    [one] Wpisz najwyżej { $count } znak.
    [few] Wpisz najwyżej { $count } znaki.
   *[many] Wpisz najwyżej { $count } znaków.
}
error-answer-date = Podaj datę.
error-answer-from = Wybierz { $date } lub później.
error-answer-until = Wybierz { $date } lub wcześniej.
error-answer-choice = Wybierz jedną z opcji.

declined = Twoja karta została odrzucona. Nic nie pobrano. Spróbuj innej karty albo zapytaj swój bank.
declined-funds = Na tej karcie nie ma wystarczających środków. Nic nie pobrano. Spróbuj innej karty.
declined-expired = Ta karta straciła ważność. Nic nie pobrano. Spróbuj innej karty.
declined-cvc = Kod zabezpieczający jest nieprawidłowy. Nic nie pobrano. Sprawdź kod na karcie i spróbuj ponownie.
declined-processing = Płatność została odrzucona z powodu usterki. Nic nie pobrano. Spróbuj ponownie za chwilę.
declined-approval = Płatność nie została zatwierdzona w Twoim banku. Nic nie pobrano. Spróbuj ponownie albo użyj innej karty.
declined-number = Numer karty jest nieprawidłowy. Nic nie pobrano. Sprawdź numer na karcie i spróbuj ponownie.
declined-unsupported = Tej karty nie można użyć do tej płatności. Nic nie pobrano. Spróbuj innej karty.
declined-unfinished = Płatność nie została dokończona. Nic nie pobrano. Spróbuj ponownie albo użyj innej karty.

in-flight = Twoja płatność jest już przetwarzana. Poczekaj chwilę, a potem odśwież tę stronę.
too-often = Zbyt wiele prób. Spróbuj ponownie za chwilę.
too-many-codes = Zbyt wiele kodów rabatowych było błędnych. Poczekaj kilka sekund i spróbuj ponownie lub kontynuuj bez kodu.
too-many-declines = Zbyt wiele płatności zostało odrzuconych. Niczego nie pobrano. Poczekaj kilka minut, a potem spróbuj ponownie.
total-changed = Suma się zmieniła. Nic nie pobrano. Sprawdź ją, a potem zapłać.
discount-changed = Rabat się zakończył lub został zmieniony, dlatego suma się zmieniła. Nic nie pobrano. Sprawdź ją, a potem zapłać.
already-subscribed = Masz tu już aktywną subskrypcję, więc nic nie pobrano.
trial-used = Okres próbny został tu już przez Ciebie wykorzystany. Możesz kontynuować bez niego; wtedy pierwsza płatność jest dziś.
not-ready = Ten sklep nie może teraz przyjmować płatności. Nic nie pobrano.
other-error = To się nie udało. Nic nie pobrano. Odśwież tę stronę i spróbuj ponownie.
our-fault = Coś poszło nie tak po naszej stronie. Odśwież tę stronę, aby zobaczyć, czy płatność się powiodła.
offline = Nie udało się połączyć z serwerem. Odśwież tę stronę, aby zobaczyć, czy płatność się powiodła.

## After paying

processing-title = Przetwarzanie płatności
processing-body = To potrwa kilka sekund. Nie zamykaj tej strony; sama przejdzie dalej.
bank-title = Jeszcze jeden krok
bank-body = Twój bank chce się upewnić, że to Ty. Zatwierdź płatność na następnej stronie.
bank-continue = Przejdź do banku
bank-here = Twój bank chce się upewnić, że to Ty. Zatwierdź płatność w oknie banku.
another-card = Użyj innej karty
thanks-title = Dziękujemy za zamówienie
order-summary = Podsumowanie zamówienia
order-number = Numer zamówienia
order-date = Data
next-payment = Następna płatność
paid = Zapłacono
renews = Twoja subskrypcja odnawia się za { $total } { $interval }.
renews-after-trial = Okres próbny kończy się { $date }. Potem płacisz { $total } { $interval } do czasu rezygnacji.
return-to = Wróć do { $name }
reopened-title = Płatność nie doszła do skutku
try-again = Spróbuj ponownie
order-paid-title = To zamówienie jest opłacone
order-paid-body = Nie ma już nic do zapłaty.
failed-title = Płatność się nie powiodła
failed-body = Nic nie pobrano. Wróć do sklepu i zacznij tam od nowa.

## Other pages

unknown-title = Nie możemy znaleźć tej płatności
unknown-body = Link może być niepełny albo już nieważny. Wróć do sklepu i zacznij tam od nowa. Nic nie pobrano.
no-order-title = Nie możemy znaleźć tego zamówienia
no-order-body = Link może być niepełny albo już nieważny. Otwórz go dokładnie w takiej postaci, w jakiej przyszedł, albo poproś sklep o nowy.
order-void-title = To zamówienie zostało anulowane
order-void-body = Nie musisz go opłacać.
order-not-due-title = Tego zamówienia nie można jeszcze opłacić
order-not-due-body = Sklep nie poprosił o tę płatność. Zapytaj sklep, jeśli płatność była oczekiwana.
order-attempts-spent-title = Tego zamówienia nie można już tutaj opłacić
order-attempts-spent-body = Było zbyt wiele prób płatności. Skontaktuj się ze sklepem.
no-link-title = Ten link już nie działa
no-link-body = Może być niepełny albo sklep go wycofał. Poproś sklep o nowy.
not-here-title = Tej płatności nie można tutaj wyświetlić
not-here-body = Sklep nie pozwala witrynie, z której przychodzisz, wyświetlać swojej płatności. Otwórz ją w samym sklepie.
unsigned-title = Ten link jest niepełny
unsigned-body = Brakuje części adresu albo została zmieniona. Otwórz link dokładnie w takiej postaci, w jakiej przyszedł, albo poproś sklep o nowy.
not-for-sale-title = To nie jest teraz w sprzedaży
not-for-sale-body = Sklep wstrzymał sprzedaż przez ten link albo nie sprzedaje w Twoim kraju. Nic nie pobrano.
close-checkout = Zamknij
front-title = Till działa
front-body = To adres serwera płatności. Programy używają jego API pod /v1; kupujący trafiają tu przez link do swojej płatności.
front-demo = Wypróbuj zakup demonstracyjny
front-dashboard = Panel
front-reference = Dokumentacja API
nowhere-title = Nie znaleziono strony
nowhere-body = Sprawdź adres albo wróć tam, skąd przychodzisz.
expired-title = Ta płatność wygasła
expired-body = Dla Twojego bezpieczeństwa płatność jest otwarta tylko przez ograniczony czas. Wróć do sklepu i zacznij tam od nowa.
too-often-title = Zbyt wiele żądań
too-often-body = Z Twojej sieci przyszło zbyt wiele żądań. Poczekaj chwilę, a potem wczytaj tę stronę ponownie.
trouble-title = Coś poszło nie tak po naszej stronie
trouble-body = Odśwież tę stronę za chwilę. Jeśli trwała płatność, zobaczysz, czy się powiodła.
reference = Prosząc o pomoc, podaj ten numer:

## The test bank

test-bank = Bank testowy
test-bank-title = Zatwierdź płatność
test-bank-ask = Czy to Ty?
test-bank-body = Ta strona zastępuje tę, na której bank pyta swojego klienta (3‑D Secure). Żadne pieniądze nie są przekazywane.
merchant = Sprzedawca
card = Karta
amount = Kwota
purpose = Cel
save-card = Zapisanie karty
approve = Zatwierdź
refuse = Odrzuć

## The customer portal

portal-skip = Przejdź do treści
portal-pages = Strony
portal-open = Otwórz swoje konto
portal-overview = Przegląd
portal-orders = Zamówienia
portal-subscriptions = Subskrypcje
portal-cards = Metody płatności
portal-details = Dane do faktury
portal-signed-in = Zalogowano jako { $email }
portal-sign-out = Wyloguj się
portal-sign-in = Zaloguj się
portal-sign-in-body = Podaj adres e-mail, z którego kupiono. Otrzymasz kod do zalogowania.
portal-send-code = Wyślij kod
portal-code-title = Sprawdź pocztę
portal-code-body = Jeśli kupowano tu z adresu { $email }, kod jest już w drodze na ten adres. Działa raz, przez 30 minut.
portal-code = Kod
portal-code-again = Wyślij nowy kod
portal-other-email = Użyj innego adresu e-mail
portal-code-missing = Podaj sześć liter i cyfr kodu.
portal-code-wrong = Ten kod jest błędny albo już nie działa. Sprawdź go albo poproś o nowy.
portal-no-mail = Ten sklep nie wysyła e-maili, więc nie można się tu zalogować. Otwórz tę stronę ze sklepu.
portal-test-mail = Tryb testowy: sklep znajdzie kody w swoim panelu, w zakładce „Mail”.
portal-signed-out = Nastąpiło wylogowanie albo link już nie działa. Zaloguj się, aby kontynuować.
portal-choose = Wybierz konto
portal-account = Konto
portal-foreign-title = Nic nie zmieniono
portal-foreign-body = Ten formularz nie pochodzi ze strony tego serwera. Wróć, wczytaj stronę ponownie i wyślij go jeszcze raz.
portal-saved = Zapisano.
portal-changed = Twoja subskrypcja została zmieniona.
portal-moved = Od wyświetlenia tej strony coś się zmieniło. Sprawdź i zdecyduj ponownie.
portal-not-possible = Nie jest to możliwe przy obecnym stanie subskrypcji.
portal-state = Stan
portal-save = Zapisz
portal-latest = Ostatnie zamówienia
portal-all-orders = Wszystkie zamówienia
portal-newer = Nowsze
portal-older = Starsze
portal-no-orders = Nie ma jeszcze zamówień.
portal-no-subscriptions = Nie ma żadnej subskrypcji.
portal-benefits = Korzyści
portal-no-benefits = Nie ma jeszcze korzyści.
portal-all-benefits = Wszystkie korzyści
portal-files = Pliki: { $count }
portal-key = Klucz licencyjny
portal-key-expires = Ważny do
portal-key-used = Użycia
portal-key-usage = { $used } z { $total }
portal-key-expired = Wygasł
portal-key-blocked = Zablokowany przez sklep
portal-key-activations = Aktywacje
portal-key-not-activated = Nie jest nigdzie aktywowany.
portal-key-activated-on = Aktywowano { $date }
portal-key-deactivated = Aktywacja została usunięta.
portal-downloads = Pliki do pobrania
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Zużycie
portal-no-usage = Nic jeszcze nie zużyto.
portal-usage-used = Zużyto
portal-usage-credited = Przyznano
portal-usage-balance = Saldo
portal-usage-charge = Dotychczasowe zużycie
portal-usage-more = Zostanie doliczone to, co zostanie zużyte do tego czasu.
portal-no-cards = Nie ma zapisanej karty.
portal-order-due = Do zapłaty
portal-order-void = Anulowane
portal-order-refunded = Zwrócone
portal-order-partly-refunded = Częściowo zwrócone
portal-pay-order = Zapłać { $total }: { $name }
portal-invoice = Pobierz fakturę
portal-receipt = Pobierz potwierdzenie
portal-invoice-needs = Faktura wymaga nazwy i adresu. Uzupełnij je poniżej.
portal-billed-to = Nabywca
portal-billing-name = Nazwa na fakturach
portal-country-fixed = Tego nie można już zmienić, bo zależy od tego podatek.
portal-active = Aktywna
portal-trialing = Bezpłatny okres próbny
portal-past-due = Płatność nieudana
portal-past-due-body = Ostatnia płatność się nie powiodła. Zapłać teraz, aby subskrypcja trwała dalej.
portal-paused = Wstrzymana
portal-ended = Zakończona
portal-ended-on = Zakończona: { $date }
portal-ends-on = Kończy się: { $date }
portal-renews-on = Odnawia się: { $date }
portal-trial-until = Za darmo do { $date }
portal-pauses-on = Zostanie wstrzymana: { $date }
portal-resumes-on = Wstrzymana do { $date }
portal-price = Cena
portal-since = Od
portal-pending = Zmiana zacznie obowiązywać: { $date }.
portal-pending-plan = Plan zmieni się na { $name }: { $date }.
portal-pending-seats = Liczba stanowisk od { $date }: { $count }
portal-plan = Plan
portal-plan-now = Twój obecny plan
portal-plan-change = Zmień plan
portal-plan-choose = Wybierz inny plan niż obecny.
portal-plan-unavailable = Tego nie można wybrać dla Twojej subskrypcji.
portal-plan-by-seat = Ten plan jest sprzedawany na stanowiska i nie możesz przejść na niego samodzielnie. Skontaktuj się ze sklepem.
portal-seats-change = Zmień liczbę stanowisk
portal-seats-same = Tyle stanowisk już masz.
portal-seats-bounds = Taka liczba stanowisk nie jest możliwa.
portal-preview = Pokaż koszt
portal-confirm = Potwierdź zmianę
portal-leave-it = Zostaw bez zmian
portal-due-now = Do zapłaty teraz
portal-nothing-now = Teraz nic nie zostanie pobrane.
portal-next-on = Następna płatność: { $date }
portal-applies-on = Zmiana zacznie obowiązywać: { $date }.
portal-card-charged = Obciążona zostanie zapisana karta. Do potwierdzenia kwota może się jeszcze zmienić o kilka groszy.
portal-card-missing = Nie ma zapisanej karty, więc nie można pobrać opłaty. Najpierw dodaj kartę.
portal-charge-failed = Pobranie opłaty się nie powiodło, więc nic się nie zmieniło. Sprawdź kartę albo dodaj inną.
portal-credited = Dopisano do Twojego salda
portal-cancel = Anuluj subskrypcję
portal-cancel-body = Subskrypcja pozostaje aktywna do { $date } i potem się nie odnowi. Do tego czasu możesz zmienić zdanie.
portal-cancel-why = Dlaczego rezygnujesz?
portal-cancel-comment = Czy chcesz przekazać sklepowi coś więcej?
portal-why-service = Obsługa nie była wystarczająco dobra
portal-why-quality = Jakość nie była wystarczająco dobra
portal-why-features = Brakuje czegoś, czego potrzebuję
portal-why-switched = Korzystam z czegoś innego
portal-why-complex = To zbyt skomplikowane
portal-why-expensive = To za drogie
portal-why-unused = Za rzadko z tego korzystam
portal-why-other = Inny powód
portal-uncancel = Kontynuuj subskrypcję
portal-pause = Wstrzymaj subskrypcję
portal-pause-body = Subskrypcja pozostaje aktywna do { $date }. Potem do wznowienia nic nie będzie pobierane.
portal-pause-until = Wznów samoczynnie dnia
portal-date-after = Wybierz dzień po { $date }.
portal-unpause = Nie wstrzymuj
portal-resume = Wznów subskrypcję
portal-resume-body = Teraz zaczyna się nowy okres i zostanie pobrana opłata.
portal-discard = Wycofaj zmianę
portal-discard-body = Subskrypcja pozostanie bez zmian, gdy zacznie się następny okres.
portal-add-card = Dodaj kartę
portal-save-card = Zapisz kartę
portal-card-added = Karta została zapisana.
portal-card-removed = Karta została usunięta.
portal-card-kept = Teraz nic nie zostanie pobrane. Kolejne płatności za Twoje subskrypcje mogą obciążać tę kartę.
portal-card-ends = Ważna do { $date }
portal-card-needed = Ta karta jest potrzebna do subskrypcji. Najpierw dodaj inną.
portal-default = Domyślna
portal-make-default = Ustaw jako domyślną
portal-offline = Nie udało się połączyć z serwerem. Wczytaj tę stronę ponownie, aby zobaczyć, czy karta została zapisana.
portal-details-body = Te dane znajdą się na kolejnych fakturach. Wcześniejsze pozostają bez zmian.
portal-email-body = Twoje konto używa adresu { $email }. Na nowy adres wyślemy link, który potwierdzi zmianę.
portal-email-new = Nowy adres e-mail
portal-email-send = Wyślij link
portal-email-sent = Link jest już w drodze na nowy adres. Otwórz go, aby potwierdzić zmianę.
portal-email-same = To już jest Twój adres e-mail.
portal-email-confirm = Potwierdź swój adres e-mail
portal-email-confirm-body = Twoje konto w { $shop } będzie odtąd używać adresu { $email }.
portal-email-use = Użyj tego adresu
portal-email-changed = Twój adres e-mail został zmieniony.
portal-email-gone = Ten link został już użyty albo już nie działa. Poproś o nowy na swoim koncie.
portal-email-taken = Inne konto w tym sklepie ma już ten adres. Nic nie zostało zmienione.
portal-data = Pobierz moje dane i dokumenty
portal-seats-used = Stanowiska: zajęte { $used } z { $total }
portal-no-seats = Nikt nie ma jeszcze stanowiska.
portal-seat-pending = Zaproszenie wysłane
portal-seat-held = Przyjęte
portal-seat-again = Wyślij zaproszenie ponownie
portal-seat-revoke = Odbierz stanowisko
portal-seat-invite = Zaproś kogoś
portal-seat-invite-body = Ta osoba dostanie wiadomość z linkiem, którym przyjmie stanowisko.
portal-seat-send = Wyślij zaproszenie
portal-seat-invited = Zaproszenie jest już w drodze.
portal-seat-free = Stanowisko jest znów wolne.
portal-seats-full = Wszystkie stanowiska są zajęte.
portal-seat-taken = Ta osoba ma już stanowisko albo zaproszenie.
portal-seat-changed = Stanowisko zmieniło się w międzyczasie. Sprawdź je jeszcze raz.
portal-seat-claim = Przyjmij stanowisko
portal-seat-claim-body = Stanowisko w { $product } od { $shop } czeka na { $email }.
portal-seat-claimed = Stanowisko należy do Ciebie.
portal-seat-gone = To zaproszenie zostało już użyte albo już nie działa. Poproś o nowe osobę, która Cię zaprosiła.

## Letters

mail-order-subject = Zamówienie w { $shop }
mail-order-body = Dziękujemy za zamówienie. Oto podsumowanie.
mail-subscribed-subject = Twoja subskrypcja: { $product }
mail-subscribed-body = Dziękujemy. Twoja subskrypcja się rozpoczęła.
mail-trial-body = Bezpłatny okres próbny się rozpoczął. Kończy się { $date }; potem staje się płatną subskrypcją, chyba że wcześniej z niej zrezygnujesz.
mail-renewed-subject = Subskrypcja odnowiona: { $product }
mail-renewed-body = Twoja subskrypcja została odnowiona i opłacona do { $date }.
mail-converted-subject = Okres próbny stał się subskrypcją: { $product }
mail-converted-body = Okres próbny się skończył. Subskrypcja jest opłacona do { $date }.
mail-past-due-subject = Płatność nie powiodła się: { $product }
mail-past-due-body = Nie udało się obciążyć Twojej karty za bieżący okres. Zapłać teraz, aby subskrypcja trwała dalej.
mail-usage-unpaid-body = Nie udało się obciążyć Twojej karty za zużycie. Zapłać teraz.
mail-canceled-subject = Subskrypcja anulowana: { $product }
mail-canceled-body = Twoja subskrypcja pozostaje aktywna do { $date }. Potem się nie odnowi.
mail-uncanceled-subject = Subskrypcja trwa dalej: { $product }
mail-uncanceled-body = Rezygnacja została wycofana, a subskrypcja odnawia się jak dotąd.
mail-revoked-subject = Subskrypcja zakończona: { $product }
mail-revoked-body = Twoja subskrypcja się zakończyła i już się nie odnowi.
mail-paused-subject = Subskrypcja wstrzymana: { $product }
mail-paused-body = Gdy subskrypcja jest wstrzymana, nic nie jest pobierane.
mail-paused-until-body = Gdy subskrypcja jest wstrzymana, nic nie jest pobierane. Wznowienie nastąpi { $date }.
mail-resumed-subject = Subskrypcja wznowiona: { $product }
mail-resumed-body = Twoja subskrypcja jest znowu aktywna.
mail-updated-subject = Subskrypcja zmieniona: { $product }
mail-updated-body = Zmiana obowiązuje od teraz.
mail-renewal-subject = Subskrypcja wkrótce się odnowi: { $product }
mail-renewal-body = Twoja subskrypcja odnowi się { $date }. Do tego czasu możesz ją zmienić lub anulować.
mail-trial-ends-subject = Okres próbny wkrótce się kończy: { $product }
mail-trial-ends-body = Bezpłatny okres próbny kończy się { $date }; potem staje się płatną subskrypcją, chyba że wcześniej z niej zrezygnujesz.
mail-card-subject = Twoja karta wkrótce straci ważność
mail-card-body = Karta, którą opłacasz subskrypcję w { $shop }, wkrótce straci ważność. Dodaj inną, aby subskrypcja trwała dalej.
mail-discount = Rabat
mail-code-subject = Twój kod: { $shop }
mail-code-body = Podaj ten kod, aby się zalogować. Działa raz, przez { $count } minut.
mail-code-ignore = Jeśli nie prosisz o ten kod, zignoruj tę wiadomość i nikomu nie podawaj kodu.
mail-email-subject = Potwierdź nowy adres e-mail: { $shop }
mail-email-body = Poproszono o używanie tego adresu dla konta. Otwórz link, aby go potwierdzić. Działa raz, przez { $count } minut.
mail-email-ignore = Jeśli to nie Ty, zignoruj tę wiadomość. Nic się wtedy nie zmieni.
mail-email-changed-subject = Twój adres e-mail został zmieniony: { $shop }
mail-email-changed-body = Wiadomości i kody do Twojego konta w { $shop } są teraz wysyłane na inny adres.
mail-email-changed-warning = Jeśli to nie Ty, natychmiast powiadom sklep.
mail-seat-subject = Twoje stanowisko w { $product } od { $shop }
mail-seat-body = Masz zaproszenie do korzystania z { $product } od { $shop }. Otwórz link, aby przyjąć stanowisko.
mail-seat-life = Link działa raz, przez { $count } godziny.
mail-seat-ignore = Jeśli się tego nie spodziewasz, zignoruj tę wiadomość. Nic się wtedy nie zmieni.
mail-questions = Masz pytanie? Odpowiedz na tę wiadomość.
mail-footer = Otrzymujesz tę wiadomość, ponieważ dokonano zakupu w { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Faktura
doc-receipt = Potwierdzenie płatności
doc-credit-note = Faktura korygująca
doc-invoice-number = Numer faktury
doc-receipt-number = Numer potwierdzenia
doc-credit-note-number = Numer korekty
doc-issued = Data wystawienia
doc-paid-date = Data płatności
doc-bill-to = Nabywca
doc-due = Do zapłaty: { $total }
doc-paid = Zapłacono { $total } dnia { $date }
doc-refunded = Zwrócono { $total } dnia { $date }
doc-description = Opis
doc-quantity = Ilość
doc-unit-price = Cena jednostkowa
doc-amount = Kwota
doc-discount = Rabat
doc-net = Suma bez podatku
doc-tax-total = Podatek razem
doc-reverse-charge = Odwrotne obciążenie: podatek rozlicza nabywca.
doc-payments = Historia płatności
doc-method = Metoda płatności
doc-date = Data
doc-amount-paid = Zapłacona kwota
doc-refunds = Zwroty
doc-amount-refunded = Zwrócona kwota
doc-total-refunded = Zwrócono łącznie
doc-balance = Saldo klienta
doc-refund-of = Zwrot do faktury { $number }
doc-page = Strona { $page } z { $pages }
