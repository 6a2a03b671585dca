## Around every page

test-mode = Testmodus
skip-to-form = Zum Formular springen
back-to = Zurück zu { $name }
shop-links = Rechtliches und Hilfe
shop-terms = AGB
shop-privacy = Datenschutz
shop-refunds = Erstattungen
shop-support = Hilfe
optional = (optional)
update = Aktualisieren
remove = Entfernen

## How often

every-day = { $count ->
    [1] pro Tag
   *[other] alle { $count } Tage
}
every-week = { $count ->
    [1] pro Woche
   *[other] alle { $count } Wochen
}
every-month = { $count ->
    [1] pro Monat
   *[other] alle { $count } Monate
}
every-year = { $count ->
    [1] pro Jahr
   *[other] alle { $count } Jahre
}
price-per = { $price } { $interval }

## The offer

your-order = Ihre Bestellung
choose-option = Option wählen
show-option = Diese Option anzeigen
free = Kostenlos
you-choose = Sie entscheiden
from-price = Ab { $price }
pay-what-you-want = Zahlen Sie, was Sie möchten
original-price = Ursprünglicher Preis:
discounted-price = Jetzt:
plus-usage = zuzüglich Verbrauch
included = Das ist enthalten
pictures = Bilder von { $name }
picture = Bild { $number } von { $name }

name-your-price = Ihr Preis
update-total = Summe aktualisieren
amount-at-least = Mindestens { $least }
amount-between = Zwischen { $least } und { $most }
amount-nothing-or-at-least = Nichts oder mindestens { $least }
amount-nothing-or-between = Nichts oder zwischen { $least } und { $most }

## Seats

seats = Plätze
seats-fewer = Ein Platz weniger
seats-more = Ein Platz mehr
seats-count = { $count ->
    [one] { $count } Platz
   *[other] { $count } Plätze
}
seats-at-least = { $least ->
    [one] Mindestens { $least } Platz
   *[other] Mindestens { $least } Plätze
}
seats-between = Zwischen { $least } und { $most } Plätze
seats-exactly = { $count ->
    [one] Genau { $count } Platz
   *[other] Genau { $count } Plätze
}
per-seat = { $price } pro Platz
tiers = Preis pro Platz
tiers-volume = Die Zahl der Plätze bestimmt den Preis jedes Platzes.
tiers-graduated = Die Plätze jeder Stufe kosten den Preis dieser Stufe.
tier-range = { $from } bis { $to }
tier-open = Ab { $from }

## Usage

usage = Nach Verbrauch abgerechnet
usage-unit = { $price } pro Einheit
usage-per = { $price } pro { $unit }
usage-tokens = { $price } pro Million Tokens
usage-cap = höchstens { $price } pro Abrechnungszeitraum

## Trials

trial-days = { $count ->
    [one] { $count } Tag kostenlos
   *[other] { $count } Tage kostenlos
}
trial-weeks = { $count ->
    [one] { $count } Woche kostenlos
   *[other] { $count } Wochen kostenlos
}
trial-months = { $count ->
    [one] { $count } Monat kostenlos
   *[other] { $count } Monate kostenlos
}
trial-years = { $count ->
    [one] { $count } Jahr kostenlos
   *[other] { $count } Jahre kostenlos
}
trial-after = Danach { $price }
trial-first-charge = Die erste Abbuchung erfolgt am { $date }.
due-on = Fällig am { $date }
no-trial = Ohne Testphase fortfahren

## Discounts

discount-code = Rabattcode
apply = Einlösen
discount-remove = Rabatt { $name } entfernen
discount-named = Rabatt: { $name }
discount-once = auf die erste Zahlung
discount-months = { $count ->
    [one] für { $count } Monat
   *[other] für { $count } Monate
}
first-days = { $count ->
    [one] am ersten Tag
   *[other] in den ersten { $count } Tagen
}
first-weeks = { $count ->
    [one] in der ersten Woche
   *[other] in den ersten { $count } Wochen
}
first-months = { $count ->
    [one] im ersten Monat
   *[other] in den ersten { $count } Monaten
}
first-years = { $count ->
    [one] im ersten Jahr
   *[other] in den ersten { $count } Jahren
}
first-then = { $first }, danach { $full } { $interval }
now-then = { $first } { $now }, dann { $full } { $interval }

## Contact and card

your-details = Ihre Angaben
contact = Kontakt
email = E-Mail-Adresse
email-locked = Das ist die Adresse Ihres Kundenkontos.
full-name = Vollständiger Name
payment = Zahlung
test-warning = Testmodus: Verwenden Sie keine echte Karte.
test-card = Diese Karte funktioniert, mit beliebigem künftigem Datum und drei beliebigen Ziffern:
test-fill = Diese Karte eintragen
test-more = Weitere Testkarten
test-declined = wird abgelehnt
test-funds = ist nicht gedeckt
test-secure = verlangt 3-D Secure
test-later = wird angenommen, scheitert dann
card-number = Kartennummer
card-expiry = Gültig bis
card-expiry-form = MM / JJ
card-cvc = Prüfnummer
card-name = Name auf der Karte

## Address and business

billing-address = Rechnungsadresse
country = Land
choose-country = Bitte wählen
use-country = Dieses Land verwenden
line1 = Straße und Hausnummer
line2 = Adresszusatz
city = Ort
state = Bundesstaat
province = Provinz
region = Region
postal-code = Postleitzahl
zip-code = ZIP-Code
postcode = Postleitzahl
choose = Bitte wählen
is-business = Ich kaufe für ein Unternehmen
show-business = Felder für Unternehmen anzeigen
business-name = Name des Unternehmens
tax-id = USt-IdNr. oder Steuernummer
more-details = Weitere Angaben

## Amounts and the button

subtotal = Zwischensumme
tax = Steuer
tax-vat = USt.
tax-gst = GST
tax-hst = HST
tax-consumption = Verbrauchsteuer
tax-sales = Verkaufssteuer
tax-rated = { $tax } ({ $rate })
tax-included = Enthält { $tax }
tax-reverse = { $tax }: Sie führen die Steuer selbst ab (Reverse-Charge)
tax-later = abhängig von Ihrer Adresse
total = Gesamt
due-today = Heute fällig
amount-due = Zu zahlen
balance-used = Aus Ihrem Guthaben bezahlt
balance-owed = Übertrag von früher
order-keeps-card = Ihre Karte wird gespeichert, und die nächsten Zahlungen dieses Abonnements werden von ihr abgebucht.
pay = { $total } bezahlen
subscribe = Kostenpflichtig abonnieren
get-free = Kostenlos bestellen
start-trial = Testphase starten
processing = Wird verarbeitet …
terms-plain = Sie zahlen { $total } { $interval }, bis Sie kündigen.
terms-trial = Heute zahlen Sie nichts. Am { $date } zahlen Sie { $total }, danach denselben Betrag { $interval }, bis Sie kündigen.
terms-trial-discount = Heute zahlen Sie nichts. Ab dem { $date } zahlen Sie { $first } { $now }, danach { $full } { $interval }, bis Sie kündigen.
terms-discount = Sie zahlen { $first } { $now }, danach { $full } { $interval }, bis Sie kündigen.
terms-usage = Ihr Verbrauch wird { $interval } abgerechnet, bis Sie kündigen.
terms-card = Ihre Karte wird gespeichert und automatisch belastet.
plus-tax = { $amount } zuzüglich Steuer

## What is wrong

please-check = Bitte prüfen Sie:
error-field = Prüfen Sie dieses Feld.
error-product = Diese Option ist nicht verfügbar. Wählen Sie eine andere.
error-not-sold = Zu diesem Preis wird das nicht mehr verkauft. Beginnen Sie im Shop von vorn.
error-amount = Geben Sie einen Betrag ein, zum Beispiel { $example }.
error-seats = Geben Sie die Zahl der Plätze als ganze Zahl ein.
error-email-missing = Geben Sie Ihre E-Mail-Adresse ein.
error-email = Geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@example.com.
error-country = Wählen Sie Ihr Land.
error-line1 = Geben Sie Ihre Adresse ein.
error-city = Geben Sie Ihren Ort ein.
error-state = Wählen Sie einen Eintrag aus der Liste.
error-postal-code = Geben Sie Ihre Postleitzahl ein.
error-business-name = Geben Sie den Namen Ihres Unternehmens ein.
error-tax-id = Diese Nummer ist im gewählten Land nicht gültig. Prüfen Sie sie oder lassen Sie das Feld leer.
error-address-tax = Für diese Adresse lässt sich die Steuer nicht berechnen. Prüfen Sie sie.
error-discount = Dieser Code gilt hier nicht. Prüfen Sie ihn oder fahren Sie ohne ihn fort.
error-discount-limit = Sie haben diesen Rabatt so oft genutzt, wie es erlaubt ist. Entfernen Sie ihn, um fortzufahren.
error-discount-ended = Dieser Rabatt ist abgelaufen. Entfernen Sie ihn, um fortzufahren.

error-card-number-missing = Geben Sie Ihre Kartennummer ein.
error-card-number = Das ist keine Kartennummer. Prüfen Sie die Ziffern.
error-card-real = Dies ist eine Testumgebung: Sie nimmt nur Testkarten an, echte Karten dürfen hier nicht eingegeben werden. Verwenden Sie 4242 4242 4242 4242.
error-card-expiry = Geben Sie Monat und Jahr ein, zum Beispiel 12 / 34.
error-card-expired = Diese Karte ist abgelaufen. Prüfen Sie das Datum oder nehmen Sie eine andere Karte.
error-card-cvc = Geben Sie die drei Ziffern von der Rückseite der Karte ein.
error-card-cvc-front = Geben Sie die vier Ziffern von der Vorderseite der Karte ein.
error-card-unread = Die Karte konnte gerade nicht gelesen werden. Bitte versuchen Sie es noch einmal.
card-missing = Geben Sie Ihre Kartendaten ein. Wenn Sie keine Felder dafür sehen, laden Sie diese Seite neu.
card-needs-script = Kartenzahlungen brauchen JavaScript. Schalten Sie es in Ihrem Browser ein und laden Sie diese Seite neu.
card-unloaded = Das Zahlungsformular konnte nicht geladen werden. Es wurde nichts abgebucht. Prüfen Sie Ihre Verbindung und Ihren Inhaltsblocker.
load-again = Noch einmal laden

error-answer-missing = Diese Angabe wird benötigt.
error-answer-tick = Kreuzen Sie dieses Kästchen an, um fortzufahren.
error-answer-number = Geben Sie eine ganze Zahl ein.
error-answer-at-least = Geben Sie { $least } oder mehr ein.
error-answer-at-most = Geben Sie { $most } oder weniger ein.
error-answer-short = { $count ->
    [one] Schreiben Sie mindestens { $count } Zeichen.
   *[other] Schreiben Sie mindestens { $count } Zeichen.
}
error-answer-long = { $count ->
    [one] Schreiben Sie höchstens { $count } Zeichen.
   *[other] Schreiben Sie höchstens { $count } Zeichen.
}
error-answer-date = Geben Sie ein Datum ein.
error-answer-from = Wählen Sie den { $date } oder einen späteren Tag.
error-answer-until = Wählen Sie den { $date } oder einen früheren Tag.
error-answer-choice = Wählen Sie eine der Möglichkeiten.

declined = Ihre Karte wurde abgelehnt. Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte oder fragen Sie Ihre Bank.
declined-funds = Auf dieser Karte ist nicht genug Geld. Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte.
declined-expired = Diese Karte ist abgelaufen. Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte.
declined-cvc = Die Prüfnummer ist falsch. Es wurde nichts abgebucht. Prüfen Sie die Nummer auf Ihrer Karte und versuchen Sie es noch einmal.
declined-processing = Die Zahlung wurde wegen einer Störung abgelehnt. Es wurde nichts abgebucht. Versuchen Sie es gleich noch einmal.
declined-approval = Die Zahlung wurde bei Ihrer Bank nicht bestätigt. Es wurde nichts abgebucht. Versuchen Sie es noch einmal oder nehmen Sie eine andere Karte.
declined-number = Die Kartennummer ist falsch. Es wurde nichts abgebucht. Prüfen Sie die Nummer auf Ihrer Karte und versuchen Sie es noch einmal.
declined-unsupported = Diese Karte kann für diese Zahlung nicht verwendet werden. Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte.
declined-unfinished = Die Zahlung wurde nicht abgeschlossen. Es wurde nichts abgebucht. Versuchen Sie es noch einmal oder nehmen Sie eine andere Karte.

in-flight = Ihre Zahlung wird bereits verarbeitet. Warten Sie einen Moment und laden Sie dann diese Seite neu.
too-often = Zu viele Versuche. Versuchen Sie es gleich noch einmal.
too-many-codes = Zu viele Rabattcodes waren falsch. Warten Sie einige Sekunden und versuchen Sie es dann noch einmal, oder fahren Sie ohne Code fort.
too-many-declines = Zu viele Zahlungen wurden abgelehnt. Es wurde nichts berechnet. Warten Sie einige Minuten und versuchen Sie es dann noch einmal.
total-changed = Die Summe hat sich geändert. Es wurde nichts abgebucht. Prüfen Sie sie und bezahlen Sie dann.
discount-changed = Der Rabatt ist abgelaufen oder wurde geändert, deshalb hat sich die Summe geändert. Es wurde nichts abgebucht. Prüfen Sie sie und bezahlen Sie dann.
already-subscribed = Sie haben hier bereits ein laufendes Abonnement, deshalb wurde nichts abgebucht.
trial-used = Sie hatten hier schon einmal eine kostenlose Testphase. Sie können ohne sie fortfahren; dann ist die erste Zahlung heute fällig.
not-ready = Dieser Shop kann gerade keine Zahlungen annehmen. Es wurde nichts abgebucht.
other-error = Das hat nicht geklappt. Es wurde nichts abgebucht. Laden Sie diese Seite neu und versuchen Sie es noch einmal.
our-fault = Bei uns ist etwas schiefgegangen. Laden Sie diese Seite neu, um zu sehen, ob die Zahlung geklappt hat.
offline = Der Server war nicht zu erreichen. Laden Sie diese Seite neu, um zu sehen, ob Sie bezahlt haben.

## After paying

processing-title = Ihre Zahlung wird verarbeitet
processing-body = Das dauert ein paar Sekunden. Bitte lassen Sie diese Seite geöffnet; es geht automatisch weiter.
bank-title = Noch ein Schritt
bank-body = Ihre Bank möchte sicher sein, dass Sie es sind. Bestätigen Sie die Zahlung auf der nächsten Seite.
bank-continue = Weiter zu Ihrer Bank
bank-here = Ihre Bank möchte sicher sein, dass Sie es sind. Bestätigen Sie die Zahlung im Fenster Ihrer Bank.
another-card = Andere Karte verwenden
thanks-title = Vielen Dank für Ihre Bestellung
order-summary = Zusammenfassung der Bestellung
order-number = Bestellnummer
order-date = Datum
next-payment = Nächste Zahlung
paid = Bezahlt
renews = Ihr Abonnement verlängert sich für { $total } { $interval }.
renews-after-trial = Ihre Testphase endet am { $date }. Danach zahlen Sie { $total } { $interval }, bis Sie kündigen.
return-to = Zurück zu { $name }
reopened-title = Die Zahlung hat nicht geklappt
try-again = Noch einmal versuchen
order-paid-title = Diese Bestellung ist bezahlt
order-paid-body = Es ist nichts mehr zu zahlen.
failed-title = Die Zahlung ist fehlgeschlagen
failed-body = Es wurde nichts abgebucht. Gehen Sie zurück zum Shop und beginnen Sie dort von vorn.

## Other pages

unknown-title = Wir finden diesen Bezahlvorgang nicht
unknown-body = Der Link ist vielleicht unvollständig oder nicht mehr gültig. Gehen Sie zurück zum Shop und beginnen Sie dort von vorn. Es wurde nichts abgebucht.
no-order-title = Wir finden diese Bestellung nicht
no-order-body = Der Link ist vielleicht unvollständig oder nicht mehr gültig. Öffnen Sie ihn genau so, wie Sie ihn erhalten haben, oder bitten Sie den Shop um einen neuen.
order-void-title = Diese Bestellung wurde storniert
order-void-body = Sie müssen sie nicht bezahlen.
order-not-due-title = Diese Bestellung kann noch nicht bezahlt werden
order-not-due-body = Der Shop hat diese Zahlung nicht angefordert. Fragen Sie den Shop, wenn Sie zahlen sollten.
order-attempts-spent-title = Diese Bestellung kann hier nicht mehr bezahlt werden
order-attempts-spent-body = Es wurde zu oft versucht, sie zu bezahlen. Wenden Sie sich an den Shop.
no-link-title = Dieser Link funktioniert nicht mehr
no-link-body = Er ist vielleicht unvollständig, oder der Shop hat ihn zurückgezogen. Bitten Sie den Shop um einen neuen.
not-here-title = Dieser Bezahlvorgang kann hier nicht angezeigt werden
not-here-body = Der Shop erlaubt der Website, von der Sie kommen, nicht, seinen Bezahlvorgang zu zeigen. Öffnen Sie ihn im Shop selbst.
unsigned-title = Dieser Link ist unvollständig
unsigned-body = Ein Teil seiner Adresse fehlt oder wurde verändert. Öffnen Sie ihn genau so, wie Sie ihn erhalten haben, oder bitten Sie den Shop um einen neuen.
not-for-sale-title = Das ist gerade nicht im Verkauf
not-for-sale-body = Der Shop hat den Verkauf über diesen Link ausgesetzt oder verkauft nicht in Ihr Land. Es wurde nichts abgebucht.
close-checkout = Schließen
front-title = Till läuft
front-body = Dies ist die Adresse eines Bezahlservers. Programme nutzen seine API unter /v1; Käufer kommen über den Link ihres Bezahlvorgangs hierher.
front-demo = Testkauf ausprobieren
front-dashboard = Dashboard
front-reference = API-Referenz
nowhere-title = Seite nicht gefunden
nowhere-body = Prüfen Sie die Adresse oder gehen Sie zur vorigen Seite zurück.
expired-title = Dieser Bezahlvorgang ist abgelaufen
expired-body = Zu Ihrer Sicherheit bleibt ein Bezahlvorgang nur begrenzte Zeit offen. Gehen Sie zurück zum Shop und beginnen Sie dort von vorn.
too-often-title = Zu viele Anfragen
too-often-body = Aus Ihrem Netzwerk kamen zu viele Anfragen. Warten Sie einen Moment und laden Sie diese Seite dann neu.
trouble-title = Bei uns ist etwas schiefgegangen
trouble-body = Laden Sie diese Seite gleich noch einmal. Falls Sie gerade bezahlt haben, zeigt sie, ob die Zahlung geklappt hat.
reference = Wenn Sie um Hilfe bitten, nennen Sie diese Nummer:

## The test bank

test-bank = Testbank
test-bank-title = Zahlung bestätigen
test-bank-ask = Sind Sie das?
test-bank-body = Diese Seite steht für die Ihrer Bank, auf der Sie eine Zahlung bestätigen (3‑D Secure). Es fließt kein Geld.
merchant = Händler
card = Karte
amount = Betrag
purpose = Zweck
save-card = Karte speichern
approve = Bestätigen
refuse = Ablehnen

## The customer portal

portal-skip = Zum Inhalt springen
portal-pages = Seiten
portal-open = Ihr Konto öffnen
portal-overview = Übersicht
portal-orders = Bestellungen
portal-subscriptions = Abonnements
portal-cards = Zahlungsmittel
portal-details = Rechnungsdaten
portal-signed-in = Angemeldet als { $email }
portal-sign-out = Abmelden
portal-sign-in = Anmelden
portal-sign-in-body = Geben Sie die E-Mail-Adresse ein, mit der Sie gekauft haben. Sie erhalten einen Code, mit dem Sie sich anmelden.
portal-send-code = Code senden
portal-code-title = Sehen Sie in Ihr Postfach
portal-code-body = Wenn mit { $email } hier gekauft wurde, ist ein Code dorthin unterwegs. Er gilt einmal und 30 Minuten lang.
portal-code = Code
portal-code-again = Neuen Code senden
portal-other-email = Andere E-Mail-Adresse verwenden
portal-code-missing = Geben Sie die sechs Buchstaben und Ziffern des Codes ein.
portal-code-wrong = Dieser Code ist falsch oder gilt nicht mehr. Prüfen Sie ihn oder fordern Sie einen neuen an.
portal-no-mail = Dieser Shop versendet keine E-Mails, deshalb können Sie sich hier nicht anmelden. Öffnen Sie diese Seite aus dem Shop.
portal-test-mail = Testmodus: Der Shop findet Codes in seinem Dashboard unter „Mail“.
portal-signed-out = Sie sind abgemeldet, oder Ihr Link gilt nicht mehr. Melden Sie sich an, um fortzufahren.
portal-choose = Konto auswählen
portal-account = Konto
portal-foreign-title = Nichts wurde geändert
portal-foreign-body = Dieses Formular kam nicht von einer Seite dieses Servers. Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal.
portal-saved = Gespeichert.
portal-changed = Ihr Abonnement wurde geändert.
portal-moved = Seit diese Seite angezeigt wurde, hat sich etwas geändert. Prüfen Sie es und entscheiden Sie neu.
portal-not-possible = Das ist beim jetzigen Stand des Abonnements nicht möglich.
portal-state = Status
portal-save = Speichern
portal-latest = Letzte Bestellungen
portal-all-orders = Alle Bestellungen
portal-newer = Neuere
portal-older = Ältere
portal-no-orders = Es gibt noch keine Bestellungen.
portal-no-subscriptions = Es gibt kein Abonnement.
portal-benefits = Leistungen
portal-no-benefits = Es gibt noch keine Leistungen.
portal-all-benefits = Alle Leistungen
portal-files = Dateien: { $count }
portal-key = Lizenzschlüssel
portal-key-expires = Gültig bis
portal-key-used = Verwendet
portal-key-usage = { $used } von { $total }
portal-key-expired = Abgelaufen
portal-key-blocked = Vom Shop gesperrt
portal-key-activations = Aktivierungen
portal-key-not-activated = Er ist nirgends aktiviert.
portal-key-activated-on = Aktiviert am { $date }
portal-key-deactivated = Die Aktivierung wurde entfernt.
portal-downloads = Downloads
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Verbrauch
portal-no-usage = Bisher wurde nichts verbraucht.
portal-usage-used = Verbraucht
portal-usage-credited = Gutgeschrieben
portal-usage-balance = Verbleibend
portal-usage-charge = Verbrauch bisher
portal-usage-more = Was bis dahin verbraucht wird, kommt hinzu.
portal-no-cards = Es ist keine Karte gespeichert.
portal-order-due = Zahlung offen
portal-order-void = Storniert
portal-order-refunded = Erstattet
portal-order-partly-refunded = Teilweise erstattet
portal-pay-order = { $total } für „{ $name }“ zahlen
portal-invoice = Rechnung herunterladen
portal-receipt = Quittung herunterladen
portal-invoice-needs = Eine Rechnung braucht Ihren Namen und Ihre Adresse. Tragen Sie beides unten ein.
portal-billed-to = Rechnung an
portal-billing-name = Name auf Rechnungen
portal-country-fixed = Das lässt sich nicht mehr ändern, weil die Steuer davon abhängt.
portal-active = Aktiv
portal-trialing = Kostenlose Testphase
portal-past-due = Zahlung fehlgeschlagen
portal-past-due-body = Die letzte Zahlung ist fehlgeschlagen. Zahlen Sie jetzt, damit das Abonnement weiterläuft.
portal-paused = Pausiert
portal-ended = Beendet
portal-ended-on = Beendet am { $date }
portal-ends-on = Endet am { $date }
portal-renews-on = Verlängert sich am { $date }
portal-trial-until = Kostenlos bis { $date }
portal-pauses-on = Pausiert ab { $date }
portal-resumes-on = Pausiert bis { $date }
portal-price = Preis
portal-since = Seit
portal-pending = Am { $date } wird eine Änderung wirksam.
portal-pending-plan = Der Tarif wechselt am { $date } zu „{ $name }“.
portal-pending-seats = Plätze ab { $date }: { $count }
portal-plan = Tarif
portal-plan-now = Ihr jetziger Tarif
portal-plan-change = Tarif wechseln
portal-plan-choose = Wählen Sie einen anderen Tarif als Ihren jetzigen.
portal-plan-unavailable = Das ist für Ihr Abonnement nicht wählbar.
portal-plan-by-seat = Dieser Tarif wird nach Plätzen verkauft. Sie können nicht selbst dazu wechseln. Wenden Sie sich an den Shop.
portal-seats-change = Plätze ändern
portal-seats-same = So viele Plätze haben Sie schon.
portal-seats-bounds = Diese Zahl von Plätzen ist nicht möglich.
portal-preview = Kosten anzeigen
portal-confirm = Änderung bestätigen
portal-leave-it = Alles lassen, wie es ist
portal-due-now = Jetzt fällig
portal-nothing-now = Jetzt wird nichts abgebucht.
portal-next-on = Nächste Zahlung am { $date }
portal-applies-on = Die Änderung gilt ab { $date }.
portal-card-charged = Ihre gespeicherte Karte wird belastet. Bis Sie bestätigen, kann sich der Betrag noch um wenige Cent ändern.
portal-card-missing = Es ist keine Karte gespeichert, deshalb kann nichts abgebucht werden. Fügen Sie zuerst eine Karte hinzu.
portal-charge-failed = Die Abbuchung ist fehlgeschlagen, deshalb hat sich nichts geändert. Prüfen Sie Ihre Karte oder fügen Sie eine andere hinzu.
portal-credited = Ihrem Guthaben gutgeschrieben
portal-cancel = Abonnement kündigen
portal-cancel-body = Das Abonnement läuft bis { $date } und verlängert sich danach nicht. Bis dahin können Sie es sich anders überlegen.
portal-cancel-why = Warum kündigen Sie?
portal-cancel-comment = Möchten Sie dem Shop mehr dazu sagen?
portal-why-service = Der Kundendienst war nicht gut genug
portal-why-quality = Die Qualität war nicht gut genug
portal-why-features = Etwas fehlt, das ich brauche
portal-why-switched = Ich nutze etwas anderes
portal-why-complex = Es ist zu kompliziert
portal-why-expensive = Es ist zu teuer
portal-why-unused = Ich nutze es zu wenig
portal-why-other = Ein anderer Grund
portal-uncancel = Kündigung zurücknehmen
portal-pause = Abonnement pausieren
portal-pause-body = Das Abonnement läuft bis { $date }. Danach wird nichts abgebucht, bis es fortgesetzt wird.
portal-pause-until = Von selbst fortsetzen am
portal-date-after = Wählen Sie einen Tag nach dem { $date }.
portal-unpause = Nicht pausieren
portal-resume = Abonnement fortsetzen
portal-resume-body = Ein neuer Zeitraum beginnt jetzt und wird abgebucht.
portal-discard = Änderung zurücknehmen
portal-discard-body = Das Abonnement bleibt zu Beginn des nächsten Zeitraums, wie es ist.
portal-add-card = Karte hinzufügen
portal-save-card = Karte speichern
portal-card-added = Die Karte ist gespeichert.
portal-card-removed = Die Karte ist entfernt.
portal-card-kept = Jetzt wird nichts abgebucht. Die nächsten Zahlungen Ihrer Abonnements können von dieser Karte abgebucht werden.
portal-card-ends = Gültig bis { $date }
portal-card-needed = Diese Karte wird für ein Abonnement gebraucht. Fügen Sie zuerst eine andere hinzu.
portal-default = Standard
portal-make-default = Als Standard verwenden
portal-offline = Der Server war nicht erreichbar. Laden Sie diese Seite neu, um zu sehen, ob die Karte gespeichert wurde.
portal-details-body = Diese Angaben stehen auf Ihren nächsten Rechnungen. Frühere bleiben, wie sie sind.
portal-email-body = Ihr Konto verwendet { $email }. An die neue Adresse senden wir einen Link, der die Änderung bestätigt.
portal-email-new = Neue E-Mail-Adresse
portal-email-send = Link senden
portal-email-sent = Ein Link ist unterwegs an die neue Adresse. Öffnen Sie ihn, um die Änderung zu bestätigen.
portal-email-same = Das ist bereits Ihre E-Mail-Adresse.
portal-email-confirm = E-Mail-Adresse bestätigen
portal-email-confirm-body = Ihr Konto bei { $shop } verwendet von nun an { $email }.
portal-email-use = Diese Adresse verwenden
portal-email-changed = Ihre E-Mail-Adresse wurde geändert.
portal-email-gone = Dieser Link wurde schon verwendet oder gilt nicht mehr. Fordern Sie in Ihrem Konto einen neuen an.
portal-email-taken = Ein anderes Konto bei diesem Shop verwendet diese Adresse bereits. Nichts wurde geändert.
portal-data = Meine Daten und Dokumente herunterladen
portal-seats-used = Plätze: { $used } von { $total } vergeben
portal-no-seats = Noch hat niemand einen Platz.
portal-seat-pending = Eingeladen
portal-seat-held = Angenommen
portal-seat-again = Einladung noch einmal senden
portal-seat-revoke = Platz zurücknehmen
portal-seat-invite = Jemanden einladen
portal-seat-invite-body = Die Person erhält eine E-Mail mit einem Link, über den sie den Platz annimmt.
portal-seat-send = Einladung senden
portal-seat-invited = Die Einladung ist unterwegs.
portal-seat-free = Der Platz ist wieder frei.
portal-seats-full = Alle Plätze sind vergeben.
portal-seat-taken = Diese Person hat schon einen Platz oder ist dazu eingeladen.
portal-seat-changed = Der Platz hat sich inzwischen geändert. Sehen Sie ihn noch einmal an.
portal-seat-claim = Platz annehmen
portal-seat-claim-body = Ein Platz für { $product } bei { $shop } ist für { $email } reserviert.
portal-seat-claimed = Der Platz gehört Ihnen.
portal-seat-gone = Diese Einladung wurde schon verwendet oder gilt nicht mehr. Bitten Sie die Person, die Sie eingeladen hat, um eine neue.

## Letters

mail-order-subject = Ihre Bestellung bei { $shop }
mail-order-body = Vielen Dank für Ihre Bestellung. Hier ist die Übersicht.
mail-subscribed-subject = Ihr Abonnement „{ $product }“
mail-subscribed-body = Vielen Dank. Ihr Abonnement hat begonnen.
mail-trial-body = Ihre kostenlose Testphase hat begonnen. Sie endet am { $date }; danach wird das Abonnement kostenpflichtig, sofern Sie nicht vorher kündigen.
mail-renewed-subject = Ihr Abonnement „{ $product }“ wurde verlängert
mail-renewed-body = Ihr Abonnement wurde verlängert und ist bis { $date } bezahlt.
mail-converted-subject = Aus Ihrem Test von „{ $product }“ ist ein Abonnement geworden
mail-converted-body = Ihre Testphase ist zu Ende. Ihr Abonnement ist bis { $date } bezahlt.
mail-past-due-subject = Die Zahlung für „{ $product }“ ist fehlgeschlagen
mail-past-due-body = Wir konnten Ihre Karte für den laufenden Zeitraum nicht belasten. Bitte zahlen Sie jetzt, damit Ihr Abonnement weiterläuft.
mail-usage-unpaid-body = Wir konnten Ihre Karte für Ihren Verbrauch nicht belasten. Bitte zahlen Sie jetzt.
mail-canceled-subject = Ihr Abonnement „{ $product }“ wurde gekündigt
mail-canceled-body = Ihr Abonnement läuft noch bis { $date } und verlängert sich danach nicht.
mail-uncanceled-subject = Ihr Abonnement „{ $product }“ läuft weiter
mail-uncanceled-body = Die Kündigung wurde zurückgenommen; Ihr Abonnement verlängert sich wie bisher.
mail-revoked-subject = Ihr Abonnement „{ $product }“ ist beendet
mail-revoked-body = Ihr Abonnement ist beendet und verlängert sich nicht mehr.
mail-paused-subject = Ihr Abonnement „{ $product }“ pausiert
mail-paused-body = Solange Ihr Abonnement pausiert, wird nichts abgebucht.
mail-paused-until-body = Solange Ihr Abonnement pausiert, wird nichts abgebucht. Es läuft ab { $date } weiter.
mail-resumed-subject = Ihr Abonnement „{ $product }“ läuft wieder
mail-resumed-body = Ihr Abonnement ist wieder aktiv.
mail-updated-subject = Ihr Abonnement „{ $product }“ wurde geändert
mail-updated-body = Die Änderung gilt ab sofort.
mail-renewal-subject = Ihr Abonnement „{ $product }“ verlängert sich bald
mail-renewal-body = Ihr Abonnement verlängert sich am { $date }. Bis dahin können Sie es ändern oder kündigen.
mail-trial-ends-subject = Ihr Test von „{ $product }“ endet bald
mail-trial-ends-body = Ihre kostenlose Testphase endet am { $date }; danach wird das Abonnement kostenpflichtig, sofern Sie nicht vorher kündigen.
mail-card-subject = Ihre Karte läuft bald ab
mail-card-body = Die Karte, mit der Sie Ihr Abonnement bei { $shop } bezahlen, läuft bald ab. Bitte fügen Sie eine andere hinzu, damit Ihr Abonnement weiterläuft.
mail-discount = Rabatt
mail-code-subject = Ihr Code für { $shop }
mail-code-body = Geben Sie diesen Code ein, um sich anzumelden. Er funktioniert nur einmal und ist { $count } Minuten gültig.
mail-code-ignore = Wenn Sie diesen Code nicht angefordert haben, beachten Sie diese E-Mail nicht. Geben Sie den Code niemandem weiter.
mail-email-subject = Bestätigen Sie Ihre neue E-Mail-Adresse für { $shop }
mail-email-body = Jemand möchte diese Adresse für ein Konto verwenden. Öffnen Sie den Link, um sie zu bestätigen. Er funktioniert nur einmal und ist { $count } Minuten gültig.
mail-email-ignore = Wenn Sie das nicht angefordert haben, beachten Sie diese E-Mail nicht. Es ändert sich dann nichts.
mail-email-changed-subject = Ihre E-Mail-Adresse bei { $shop } wurde geändert
mail-email-changed-body = E-Mails und Codes für Ihr Konto bei { $shop } gehen nun an eine andere Adresse.
mail-email-changed-warning = Wenn Sie das nicht waren, wenden Sie sich sofort an den Shop.
mail-seat-subject = Ihr Platz für { $product } bei { $shop }
mail-seat-body = Sie sind eingeladen, { $product } von { $shop } zu verwenden. Öffnen Sie den Link, um Ihren Platz anzunehmen.
mail-seat-life = Der Link funktioniert nur einmal und ist { $count } Stunden gültig.
mail-seat-ignore = Wenn Sie damit nicht gerechnet haben, beachten Sie diese E-Mail nicht. Es ändert sich dann nichts.
mail-questions = Haben Sie eine Frage? Antworten Sie einfach auf diese E-Mail.
mail-footer = Sie erhalten diese E-Mail, weil Sie bei { $shop } etwas gekauft haben.

## Invoices, receipts and credit notes

doc-invoice = Rechnung
doc-receipt = Beleg
doc-credit-note = Gutschrift
doc-invoice-number = Rechnungsnummer
doc-receipt-number = Belegnummer
doc-credit-note-number = Gutschriftsnummer
doc-issued = Ausstellungsdatum
doc-paid-date = Zahlungsdatum
doc-bill-to = Rechnung an
doc-due = { $total } fällig
doc-paid = { $total } bezahlt am { $date }
doc-refunded = { $total } erstattet am { $date }
doc-description = Beschreibung
doc-quantity = Menge
doc-unit-price = Einzelpreis
doc-amount = Betrag
doc-discount = Rabatt
doc-net = Summe ohne Steuern
doc-tax-total = Steuern gesamt
doc-reverse-charge = Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge).
doc-payments = Zahlungen
doc-method = Zahlungsart
doc-date = Datum
doc-amount-paid = Gezahlter Betrag
doc-refunds = Erstattungen
doc-amount-refunded = Erstatteter Betrag
doc-total-refunded = Erstattet gesamt
doc-balance = Kundenguthaben
doc-refund-of = Erstattung zu Rechnung { $number }
doc-page = Seite { $page } von { $pages }
