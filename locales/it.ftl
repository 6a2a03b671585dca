## Around every page

test-mode = Modalità di prova
skip-to-form = Vai al modulo
back-to = Torna a { $name }
shop-links = Note legali e assistenza
shop-terms = Condizioni
shop-privacy = Privacy
shop-refunds = Rimborsi
shop-support = Assistenza
optional = (facoltativo)
update = Aggiorna
remove = Rimuovi

## How often

every-day = { $count ->
    [1] al giorno
   *[other] ogni { $count } giorni
}
every-week = { $count ->
    [1] a settimana
   *[other] ogni { $count } settimane
}
every-month = { $count ->
    [1] al mese
   *[other] ogni { $count } mesi
}
every-year = { $count ->
    [1] all’anno
   *[other] ogni { $count } anni
}
price-per = { $price } { $interval }

## The offer

your-order = Il tuo ordine
choose-option = Scegli un’opzione
show-option = Mostra questa opzione
free = Gratis
you-choose = Scegli tu
from-price = Da { $price }
pay-what-you-want = Paga quanto vuoi
original-price = Prezzo originale:
discounted-price = Ora:
plus-usage = più il consumo
included = Cosa è incluso
pictures = Immagini di { $name }
picture = Immagine { $number } di { $name }

name-your-price = Il tuo prezzo
update-total = Aggiorna il totale
amount-at-least = Almeno { $least }
amount-between = Tra { $least } e { $most }
amount-nothing-or-at-least = Niente, oppure almeno { $least }
amount-nothing-or-between = Niente, oppure tra { $least } e { $most }

## Seats

seats = Postazioni
seats-fewer = Una postazione in meno
seats-more = Una postazione in più
seats-count = { $count ->
    [one] { $count } postazione
   *[other] { $count } postazioni
}
seats-at-least = { $least ->
    [one] Almeno { $least } postazione
   *[other] Almeno { $least } postazioni
}
seats-between = Tra { $least } e { $most } postazioni
seats-exactly = { $count ->
    [one] Esattamente { $count } postazione
   *[other] Esattamente { $count } postazioni
}
per-seat = { $price } per postazione
tiers = Prezzo per postazione
tiers-volume = Il numero di postazioni decide quanto costa ciascuna.
tiers-graduated = Le postazioni di ogni fascia costano il prezzo di quella fascia.
tier-range = Da { $from } a { $to }
tier-open = { $from } o più

## Usage

usage = Fatturato a consumo
usage-unit = { $price } per unità
usage-per = { $price } per { $unit }
usage-tokens = { $price } per milione di token
usage-cap = al massimo { $price } per periodo di fatturazione

## Trials

trial-days = { $count ->
    [one] { $count } giorno gratis
   *[other] { $count } giorni gratis
}
trial-weeks = { $count ->
    [one] { $count } settimana gratis
   *[other] { $count } settimane gratis
}
trial-months = { $count ->
    [one] { $count } mese gratis
   *[other] { $count } mesi gratis
}
trial-years = { $count ->
    [one] { $count } anno gratis
   *[other] { $count } anni gratis
}
trial-after = Poi { $price }
trial-first-charge = Il primo addebito è il { $date }.
due-on = Da pagare il { $date }
no-trial = Continua senza prova

## Discounts

discount-code = Codice sconto
apply = Applica
discount-remove = Rimuovi lo sconto { $name }
discount-named = Sconto: { $name }
discount-once = sul primo pagamento
discount-months = { $count ->
    [one] per { $count } mese
   *[other] per { $count } mesi
}
first-days = { $count ->
    [one] per il primo giorno
   *[other] per i primi { $count } giorni
}
first-weeks = { $count ->
    [one] per la prima settimana
   *[other] per le prime { $count } settimane
}
first-months = { $count ->
    [one] per il primo mese
   *[other] per i primi { $count } mesi
}
first-years = { $count ->
    [one] per il primo anno
   *[other] per i primi { $count } anni
}
first-then = { $first }, poi { $full } { $interval }
now-then = { $now } { $first }, poi { $full } { $interval }

## Contact and card

your-details = I tuoi dati
contact = Contatto
email = E-mail
email-locked = È l’indirizzo del tuo account cliente.
full-name = Nome e cognome
payment = Pagamento
test-warning = Modalità di prova: non usare una carta vera.
test-card = Questa paga, con qualsiasi data futura e tre cifre qualsiasi:
test-fill = Compila con questa carta
test-more = Altre carte di prova
test-declined = viene rifiutata
test-funds = non ha fondi sufficienti
test-secure = richiede 3-D Secure
test-later = viene accettata, poi fallisce
card-number = Numero di carta
card-expiry = Data di scadenza
card-expiry-form = MM / AA
card-cvc = Codice di sicurezza
card-name = Nome sulla carta

## Address and business

billing-address = Indirizzo di fatturazione
country = Paese
choose-country = Scegli un paese
use-country = Usa questo paese
line1 = Indirizzo
line2 = Interno, scala
city = Città
state = Stato
province = Provincia
region = Regione
postal-code = Codice postale
zip-code = Codice ZIP
postcode = Codice postale
choose = Scegli
is-business = Acquisto per un’azienda
show-business = Mostra i campi per le aziende
business-name = Nome dell’azienda
tax-id = Partita IVA
more-details = Altri dati

## Amounts and the button

subtotal = Subtotale
tax = Imposte
tax-vat = IVA
tax-gst = GST
tax-hst = HST
tax-consumption = Imposta sui consumi
tax-sales = Imposta sulle vendite
tax-rated = { $tax } ({ $rate })
tax-included = Di cui { $tax }
tax-reverse = { $tax }: la versi tu (inversione contabile)
tax-later = in base al tuo indirizzo
total = Totale
due-today = Da pagare oggi
amount-due = Importo dovuto
balance-used = Pagato con il tuo saldo
balance-owed = Riportato da prima
order-keeps-card = La tua carta viene salvata e i prossimi pagamenti di questo abbonamento saranno addebitati su di essa.
pay = Paga { $total }
subscribe = Abbonati
get-free = Ottieni gratis
start-trial = Inizia la prova
processing = Elaborazione…
terms-plain = Paghi { $total } { $interval } finché non disdici.
terms-trial = Oggi non paghi nulla. Il { $date } paghi { $total }, poi lo stesso importo { $interval } finché non disdici.
terms-trial-discount = Oggi non paghi nulla. A partire dal { $date } paghi { $now } { $first }, poi { $full } { $interval } finché non disdici.
terms-discount = Paghi { $now } { $first }, poi { $full } { $interval } finché non disdici.
terms-usage = Il consumo viene fatturato { $interval } finché non disdici.
terms-card = La tua carta viene salvata e i pagamenti vengono addebitati automaticamente.
plus-tax = { $amount } più imposte

## What is wrong

please-check = Controlla:
error-field = Controlla questo campo.
error-product = Questa opzione non è disponibile. Scegline un’altra.
error-not-sold = Questo prodotto non è più in vendita a questo prezzo. Ricomincia dal negozio.
error-amount = Inserisci un importo, ad esempio { $example }.
error-seats = Inserisci un numero intero di postazioni.
error-email-missing = Inserisci il tuo indirizzo e-mail.
error-email = Inserisci un indirizzo e-mail completo, come name@example.com.
error-country = Scegli il tuo paese.
error-line1 = Inserisci il tuo indirizzo.
error-city = Inserisci la tua città.
error-state = Scegli una voce dall’elenco.
error-postal-code = Inserisci il tuo codice postale.
error-business-name = Inserisci il nome della tua azienda.
error-tax-id = Questa partita IVA non è valida nel paese scelto. Controllala o lascia vuoto il campo.
error-address-tax = Non è possibile calcolare le imposte per questo indirizzo. Controllalo.
error-discount = Questo codice qui non funziona. Controllalo o continua senza.
error-discount-limit = Hai già usato questo sconto tutte le volte possibili. Rimuovilo per continuare.
error-discount-ended = Questo sconto è terminato. Rimuovilo per continuare.

error-card-number-missing = Inserisci il numero della tua carta.
error-card-number = Questo non è un numero di carta. Controlla le cifre.
error-card-real = Questo è un ambiente di prova: accetta solo carte di prova e qui non va inserita nessuna carta vera. Usa 4242 4242 4242 4242.
error-card-expiry = Inserisci la scadenza come mese e anno, ad esempio 12 / 34.
error-card-expired = Questa carta è scaduta. Controlla la data o usa un’altra carta.
error-card-cvc = Inserisci le tre cifre del codice di sicurezza sul retro della carta.
error-card-cvc-front = Inserisci le quattro cifre del codice di sicurezza sul fronte della carta.
error-card-unread = Al momento non è stato possibile leggere la carta. Riprova.
card-missing = Inserisci i dati della tua carta. Se non vedi i campi, ricarica questa pagina.
card-needs-script = I pagamenti con carta richiedono JavaScript. Attivalo nel browser, poi ricarica questa pagina.
card-unloaded = Non è stato possibile caricare il modulo di pagamento. Non è stato addebitato nulla. Controlla la connessione e il blocco dei contenuti.
load-again = Carica di nuovo

error-answer-missing = Questo dato è necessario.
error-answer-tick = Spunta questa casella per continuare.
error-answer-number = Inserisci un numero intero.
error-answer-at-least = Inserisci { $least } o più.
error-answer-at-most = Inserisci { $most } o meno.
error-answer-short = { $count ->
    [one] Scrivi almeno { $count } carattere.
   *[other] Scrivi almeno { $count } caratteri.
}
error-answer-long = { $count ->
    [one] Scrivi al massimo { $count } carattere.
   *[other] Scrivi al massimo { $count } caratteri.
}
error-answer-date = Inserisci una data.
error-answer-from = Scegli il { $date } o una data successiva.
error-answer-until = Scegli il { $date } o una data precedente.
error-answer-choice = Scegli una delle opzioni.

declined = La tua carta è stata rifiutata. Non è stato addebitato nulla. Prova un’altra carta o chiedi alla tua banca.
declined-funds = Su questa carta non c’è abbastanza denaro. Non è stato addebitato nulla. Prova un’altra carta.
declined-expired = Questa carta è scaduta. Non è stato addebitato nulla. Prova un’altra carta.
declined-cvc = Il codice di sicurezza è sbagliato. Non è stato addebitato nulla. Controlla il codice sulla carta e riprova.
declined-processing = Il pagamento è stato rifiutato per un guasto. Non è stato addebitato nulla. Riprova tra un momento.
declined-approval = Il pagamento non è stato approvato con la tua banca. Non è stato addebitato nulla. Riprova o usa un’altra carta.
declined-number = Il numero della carta è sbagliato. Non è stato addebitato nulla. Controlla il numero sulla carta e riprova.
declined-unsupported = Questa carta non può essere usata per questo pagamento. Non è stato addebitato nulla. Prova un’altra carta.
declined-unfinished = Il pagamento non è stato completato. Non è stato addebitato nulla. Riprova o usa un’altra carta.

in-flight = Il tuo pagamento è già in elaborazione. Attendi un momento, poi ricarica questa pagina.
too-often = Troppi tentativi. Riprova tra un momento.
too-many-codes = Troppi codici sconto erano errati. Attendi qualche secondo e riprova, oppure continua senza codice.
too-many-declines = Troppi pagamenti sono stati rifiutati. Non è stato addebitato nulla. Attendi qualche minuto, poi riprova.
total-changed = Il totale è cambiato. Non è stato addebitato nulla. Controllalo, poi paga.
discount-changed = Lo sconto è terminato o è stato modificato, quindi il totale è cambiato. Non è stato addebitato nulla. Controllalo, poi paga.
already-subscribed = Hai già un abbonamento attivo qui, quindi non è stato addebitato nulla.
trial-used = Hai già avuto una prova gratuita qui. Puoi continuare senza; in tal caso il primo pagamento è dovuto oggi.
not-ready = Questo negozio al momento non può accettare pagamenti. Non è stato addebitato nulla.
other-error = Non ha funzionato. Non è stato addebitato nulla. Ricarica questa pagina e riprova.
our-fault = Qualcosa è andato storto da parte nostra. Ricarica questa pagina per vedere se il pagamento è riuscito.
offline = Non siamo riusciti a raggiungere il server. Ricarica questa pagina per vedere se hai pagato.

## After paying

processing-title = Elaborazione del pagamento
processing-body = Ci vogliono pochi secondi. Tieni aperta questa pagina; va avanti da sola.
bank-title = Ancora un passaggio
bank-body = La tua banca vuole essere sicura che sia tu. Approva il pagamento nella pagina successiva.
bank-continue = Vai alla tua banca
bank-here = La tua banca vuole essere sicura che sia tu. Approva il pagamento nella sua finestra.
another-card = Usa un’altra carta
thanks-title = Grazie per il tuo ordine
order-summary = Riepilogo dell’ordine
order-number = Numero d’ordine
order-date = Data
next-payment = Prossimo pagamento
paid = Pagato
renews = Il tuo abbonamento si rinnova a { $total } { $interval }.
renews-after-trial = La tua prova termina il { $date }. Poi paghi { $total } { $interval } finché non disdici.
return-to = Torna a { $name }
reopened-title = Il pagamento non è riuscito
try-again = Riprova
order-paid-title = Questo ordine è pagato
order-paid-body = Non c’è più nulla da pagare.
failed-title = Il pagamento è fallito
failed-body = Non è stato addebitato nulla. Torna al negozio e ricomincia da lì.

## Other pages

unknown-title = Non troviamo questo pagamento
unknown-body = Il link potrebbe essere incompleto o non più valido. Torna al negozio e ricomincia da lì. Non è stato addebitato nulla.
no-order-title = Non troviamo questo ordine
no-order-body = Il link potrebbe essere incompleto o non più valido. Aprilo esattamente come l’hai ricevuto, o chiedine uno nuovo al negozio.
order-void-title = Questo ordine è stato annullato
order-void-body = Non devi pagarlo.
order-not-due-title = Questo ordine non può ancora essere pagato
order-not-due-body = Il negozio non ha richiesto questo pagamento. Chiedi al negozio se ti aspettavi di pagare.
order-attempts-spent-title = Questo ordine non può più essere pagato qui
order-attempts-spent-body = Ci sono stati troppi tentativi di pagamento. Contatta il negozio.
no-link-title = Questo link non funziona più
no-link-body = Potrebbe essere incompleto, o il negozio lo ha ritirato. Chiedine uno nuovo al negozio.
not-here-title = Questo pagamento non può essere mostrato qui
not-here-body = Il negozio non permette al sito da cui vieni di mostrare il suo pagamento. Aprilo dal negozio stesso.
unsigned-title = Questo link è incompleto
unsigned-body = Una parte del suo indirizzo manca o è stata cambiata. Aprilo esattamente come l’hai ricevuto, o chiedine uno nuovo al negozio.
not-for-sale-title = Al momento non è in vendita
not-for-sale-body = Il negozio ha sospeso ciò che questo link vende, o non lo vende nel tuo paese. Non è stato addebitato nulla.
close-checkout = Chiudi
front-title = Till è in funzione
front-body = Questo è l’indirizzo di un server di pagamento. I programmi usano la sua API sotto /v1; gli acquirenti arrivano qui dal link del loro pagamento.
front-demo = Prova un acquisto dimostrativo
front-dashboard = Pannello di controllo
front-reference = Riferimento dell’API
nowhere-title = Pagina non trovata
nowhere-body = Controlla l’indirizzo o torna alla pagina precedente.
expired-title = Questo pagamento è scaduto
expired-body = Per la tua sicurezza un pagamento resta aperto solo per un tempo limitato. Torna al negozio e ricomincia da lì.
too-often-title = Troppe richieste
too-often-body = Sono arrivate troppe richieste dalla tua rete. Attendi un momento, poi ricarica questa pagina.
trouble-title = Qualcosa è andato storto da parte nostra
trouble-body = Ricarica questa pagina tra un momento. Se stavi pagando, mostrerà se il pagamento è riuscito.
reference = Se chiedi aiuto, indica questo numero:

## The test bank

test-bank = Banca di prova
test-bank-title = Approva il pagamento
test-bank-ask = Sei tu?
test-bank-body = Questa pagina sostituisce quella in cui una banca chiede conferma al cliente (3‑D Secure). Non si muove denaro.
merchant = Esercente
card = Carta
amount = Importo
purpose = Scopo
save-card = Salvare la carta
approve = Approva
refuse = Rifiuta

## The customer portal

portal-skip = Vai al contenuto
portal-pages = Pagine
portal-open = Apri il tuo account
portal-overview = Panoramica
portal-orders = Ordini
portal-subscriptions = Abbonamenti
portal-cards = Metodi di pagamento
portal-details = Dati di fatturazione
portal-signed-in = Accesso effettuato come { $email }
portal-sign-out = Esci
portal-sign-in = Accedi
portal-sign-in-body = Inserisci l’indirizzo e-mail con cui hai acquistato. Riceverai un codice per accedere.
portal-send-code = Invia il codice
portal-code-title = Controlla la tua e-mail
portal-code-body = Se qui è stato fatto un acquisto con { $email }, un codice è in arrivo a quell’indirizzo. Vale una sola volta, per 30 minuti.
portal-code = Codice
portal-code-again = Invia un altro codice
portal-other-email = Usa un altro indirizzo e-mail
portal-code-missing = Inserisci le sei lettere e cifre del codice.
portal-code-wrong = Questo codice è sbagliato o non vale più. Controllalo o chiedine un altro.
portal-no-mail = Questo negozio non invia e-mail, quindi non puoi accedere qui. Apri questa pagina dal negozio.
portal-test-mail = Modalità di prova: il negozio trova i codici nella sua dashboard, in «Mail».
portal-signed-out = La sessione è terminata o il tuo link non vale più. Accedi per continuare.
portal-choose = Scegli un account
portal-account = Account
portal-foreign-title = Non è stato modificato nulla
portal-foreign-body = Questo modulo non proviene da una pagina di questo server. Torna indietro, ricarica la pagina e invialo di nuovo.
portal-saved = Salvato.
portal-changed = Il tuo abbonamento è stato modificato.
portal-moved = Qualcosa è cambiato da quando questa pagina è stata mostrata. Controlla e decidi di nuovo.
portal-not-possible = Non è possibile nello stato attuale dell’abbonamento.
portal-state = Stato
portal-save = Salva
portal-latest = Ultimi ordini
portal-all-orders = Tutti gli ordini
portal-newer = Più recenti
portal-older = Precedenti
portal-no-orders = Non ci sono ancora ordini.
portal-no-subscriptions = Non c’è nessun abbonamento.
portal-benefits = Vantaggi
portal-no-benefits = Non ci sono ancora vantaggi.
portal-all-benefits = Tutti i vantaggi
portal-files = File: { $count }
portal-key = Chiave di licenza
portal-key-expires = Valida fino al
portal-key-used = Utilizzi
portal-key-usage = { $used } su { $total }
portal-key-expired = Scaduta
portal-key-blocked = Bloccata dal negozio
portal-key-activations = Attivazioni
portal-key-not-activated = Non è attivata da nessuna parte.
portal-key-activated-on = Attivata il { $date }
portal-key-deactivated = L’attivazione è stata rimossa.
portal-downloads = Download
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Consumo
portal-no-usage = Non è stato ancora consumato nulla.
portal-usage-used = Consumato
portal-usage-credited = Accreditato
portal-usage-balance = Saldo
portal-usage-charge = Consumo finora
portal-usage-more = Ciò che verrà consumato fino ad allora si aggiungerà.
portal-no-cards = Nessuna carta salvata.
portal-order-due = Da pagare
portal-order-void = Annullato
portal-order-refunded = Rimborsato
portal-order-partly-refunded = Rimborsato in parte
portal-pay-order = Paga { $total } per { $name }
portal-invoice = Scarica la fattura
portal-receipt = Scarica la ricevuta
portal-invoice-needs = Una fattura richiede il tuo nome e il tuo indirizzo. Compilali qui sotto.
portal-billed-to = Intestatario
portal-billing-name = Nome sulle fatture
portal-country-fixed = Non si può più cambiare, perché l’imposta dipende da questo.
portal-active = Attivo
portal-trialing = Prova gratuita
portal-past-due = Pagamento non riuscito
portal-past-due-body = L’ultimo pagamento non è riuscito. Paga ora perché l’abbonamento continui.
portal-paused = In pausa
portal-ended = Terminato
portal-ended-on = Terminato il { $date }
portal-ends-on = Termina il { $date }
portal-renews-on = Si rinnova il { $date }
portal-trial-until = Gratis fino al { $date }
portal-pauses-on = In pausa dal { $date }
portal-resumes-on = In pausa fino al { $date }
portal-price = Prezzo
portal-since = Dal
portal-pending = Il { $date } entra in vigore una modifica.
portal-pending-plan = Il piano diventa { $name } il { $date }.
portal-pending-seats = Postazioni dal { $date }: { $count }
portal-plan = Piano
portal-plan-now = Il tuo piano attuale
portal-plan-change = Cambia piano
portal-plan-choose = Scegli un piano diverso da quello che hai.
portal-plan-unavailable = Non è disponibile per il tuo abbonamento.
portal-plan-by-seat = Questo piano è venduto a postazioni e non puoi passarci da solo. Contatta il negozio.
portal-seats-change = Cambia le postazioni
portal-seats-same = È il numero di postazioni che hai già.
portal-seats-bounds = Questo numero di postazioni non è possibile.
portal-preview = Mostra il costo
portal-confirm = Conferma la modifica
portal-leave-it = Lascia com’è
portal-due-now = Da pagare ora
portal-nothing-now = Ora non viene addebitato nulla.
portal-next-on = Prossimo pagamento il { $date }
portal-applies-on = La modifica ha effetto dal { $date }.
portal-card-charged = Viene addebitata la tua carta salvata. Fino alla conferma l’importo può ancora variare di pochi centesimi.
portal-card-missing = Nessuna carta è salvata, quindi non è possibile l’addebito. Aggiungi prima una carta.
portal-charge-failed = L’addebito non è riuscito, quindi non è cambiato nulla. Controlla la tua carta o aggiungine un’altra.
portal-credited = Accreditato sul tuo saldo
portal-cancel = Disdici l’abbonamento
portal-cancel-body = L’abbonamento resta attivo fino al { $date } e poi non si rinnova. Fino ad allora puoi cambiare idea.
portal-cancel-why = Perché disdici?
portal-cancel-comment = Vuoi dire altro al negozio?
portal-why-service = L’assistenza non era all’altezza
portal-why-quality = La qualità non era all’altezza
portal-why-features = Manca qualcosa che mi serve
portal-why-switched = Uso altro
portal-why-complex = È troppo complicato
portal-why-expensive = È troppo caro
portal-why-unused = Non lo uso abbastanza
portal-why-other = Un altro motivo
portal-uncancel = Continua l’abbonamento
portal-pause = Metti in pausa l’abbonamento
portal-pause-body = L’abbonamento resta attivo fino al { $date }. Poi non viene addebitato nulla finché non riprende.
portal-pause-until = Riprendi da solo il
portal-date-after = Scegli un giorno dopo il { $date }.
portal-unpause = Non mettere in pausa
portal-resume = Riprendi l’abbonamento
portal-resume-body = Inizia ora un nuovo periodo, che viene addebitato.
portal-discard = Annulla la modifica
portal-discard-body = L’abbonamento resta com’è quando inizia il prossimo periodo.
portal-add-card = Aggiungi una carta
portal-save-card = Salva la carta
portal-card-added = La carta è salvata.
portal-card-removed = La carta è stata rimossa.
portal-card-kept = Ora non viene addebitato nulla. I prossimi pagamenti dei tuoi abbonamenti possono essere addebitati su questa carta.
portal-card-ends = Scade { $date }
portal-card-needed = Questa carta serve per un abbonamento. Aggiungine prima un’altra.
portal-default = Predefinita
portal-make-default = Rendi predefinita
portal-offline = Il server non è raggiungibile. Ricarica questa pagina per vedere se la carta è stata salvata.
portal-details-body = Questi dati compaiono sulle tue prossime fatture. Le precedenti restano come sono.
portal-email-body = Il tuo account usa { $email }. Al nuovo indirizzo inviamo un link che conferma la modifica.
portal-email-new = Nuovo indirizzo e-mail
portal-email-send = Invia il link
portal-email-sent = Un link è in arrivo al nuovo indirizzo. Aprilo per confermare la modifica.
portal-email-same = Questo è già il tuo indirizzo e-mail.
portal-email-confirm = Conferma il tuo indirizzo e-mail
portal-email-confirm-body = Il tuo account presso { $shop } userà d’ora in poi { $email }.
portal-email-use = Usa questo indirizzo
portal-email-changed = Il tuo indirizzo e-mail è stato modificato.
portal-email-gone = Questo link è già stato usato o non vale più. Chiedine un altro nel tuo account.
portal-email-taken = Un altro account di questo negozio ha già questo indirizzo. Nulla è stato modificato.
portal-data = Scarica i miei dati e documenti
portal-seats-used = Postazioni: { $used } di { $total } in uso
portal-no-seats = Nessuno ha ancora una postazione.
portal-seat-pending = Invito inviato
portal-seat-held = Accettata
portal-seat-again = Invia di nuovo l’invito
portal-seat-revoke = Ritira la postazione
portal-seat-invite = Invita qualcuno
portal-seat-invite-body = Riceverà un’e-mail con un link per accettare la postazione.
portal-seat-send = Invia l’invito
portal-seat-invited = L’invito è in arrivo.
portal-seat-free = La postazione è di nuovo libera.
portal-seats-full = Tutte le postazioni sono in uso.
portal-seat-taken = Questa persona ha già una postazione o è già invitata.
portal-seat-changed = Nel frattempo la postazione è cambiata. Controllala di nuovo.
portal-seat-claim = Accetta la postazione
portal-seat-claim-body = Una postazione per { $product } di { $shop } è riservata a { $email }.
portal-seat-claimed = La postazione è tua.
portal-seat-gone = Questo invito è già stato usato o non vale più. Chiedine un altro a chi ti ha invitato.

## Letters

mail-order-subject = Il tuo ordine da { $shop }
mail-order-body = Grazie per il tuo ordine. Ecco il riepilogo.
mail-subscribed-subject = Il tuo abbonamento a { $product }
mail-subscribed-body = Grazie. Il tuo abbonamento è iniziato.
mail-trial-body = La tua prova gratuita è iniziata. Termina il { $date }; poi diventa un abbonamento a pagamento, a meno che tu non disdica prima.
mail-renewed-subject = Il tuo abbonamento a { $product } è stato rinnovato
mail-renewed-body = Il tuo abbonamento è stato rinnovato ed è pagato fino al { $date }.
mail-converted-subject = La tua prova di { $product } è diventata un abbonamento
mail-converted-body = La prova è terminata. Il tuo abbonamento è pagato fino al { $date }.
mail-past-due-subject = Il pagamento di { $product } non è riuscito
mail-past-due-body = Non siamo riusciti ad addebitare il periodo in corso sulla tua carta. Paga ora per continuare l’abbonamento.
mail-usage-unpaid-body = Non siamo riusciti ad addebitare il tuo consumo sulla tua carta. Paga ora.
mail-canceled-subject = Il tuo abbonamento a { $product } è stato disdetto
mail-canceled-body = Il tuo abbonamento resta attivo fino al { $date }. Dopo non si rinnova.
mail-uncanceled-subject = Il tuo abbonamento a { $product } continua
mail-uncanceled-body = La disdetta è stata ritirata e l’abbonamento si rinnova come prima.
mail-revoked-subject = Il tuo abbonamento a { $product } è terminato
mail-revoked-body = Il tuo abbonamento è terminato e non si rinnova più.
mail-paused-subject = Il tuo abbonamento a { $product } è in pausa
mail-paused-body = Finché l’abbonamento è in pausa non viene addebitato nulla.
mail-paused-until-body = Finché l’abbonamento è in pausa non viene addebitato nulla. Riprende il { $date }.
mail-resumed-subject = Il tuo abbonamento a { $product } è ripreso
mail-resumed-body = Il tuo abbonamento è di nuovo attivo.
mail-updated-subject = Il tuo abbonamento a { $product } è cambiato
mail-updated-body = La modifica vale da subito.
mail-renewal-subject = Il tuo abbonamento a { $product } si rinnova presto
mail-renewal-body = Il tuo abbonamento si rinnova il { $date }. Fino ad allora puoi modificarlo o disdirlo.
mail-trial-ends-subject = La tua prova di { $product } termina presto
mail-trial-ends-body = La tua prova gratuita termina il { $date }; poi diventa un abbonamento a pagamento, a meno che tu non disdica prima.
mail-card-subject = La tua carta scade presto
mail-card-body = La carta con cui paghi il tuo abbonamento da { $shop } scade presto. Aggiungine un’altra per continuare l’abbonamento.
mail-discount = Sconto
mail-code-subject = Il tuo codice per { $shop }
mail-code-body = Inserisci questo codice per accedere. Vale una sola volta, per { $count } minuti.
mail-code-ignore = Se non hai richiesto questo codice, ignora questa e-mail e non dare il codice a nessuno.
mail-email-subject = Conferma il tuo nuovo indirizzo e-mail per { $shop }
mail-email-body = Qualcuno ha chiesto di usare questo indirizzo per un account. Apri il link per confermarlo. Vale una sola volta, per { $count } minuti.
mail-email-ignore = Se non l’hai richiesto, ignora questa e-mail. Nulla verrà modificato.
mail-email-changed-subject = Il tuo indirizzo e-mail presso { $shop } è stato modificato
mail-email-changed-body = Le e-mail e i codici del tuo account presso { $shop } vanno ora a un altro indirizzo.
mail-email-changed-warning = Se non l’hai modificato tu, avvisa subito il negozio.
mail-seat-subject = La tua postazione per { $product } di { $shop }
mail-seat-body = Hai un invito a usare { $product } di { $shop }. Apri il link per accettare la tua postazione.
mail-seat-life = Il link vale una sola volta, per { $count } ore.
mail-seat-ignore = Se non te lo aspettavi, ignora questa e-mail. Nulla verrà modificato.
mail-questions = Hai una domanda? Rispondi a questa e-mail.
mail-footer = Ricevi questa e-mail perché hai acquistato qualcosa da { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Fattura
doc-receipt = Ricevuta
doc-credit-note = Nota di credito
doc-invoice-number = Numero fattura
doc-receipt-number = Numero ricevuta
doc-credit-note-number = Numero nota di credito
doc-issued = Data di emissione
doc-paid-date = Data di pagamento
doc-bill-to = Intestata a
doc-due = { $total } da pagare
doc-paid = { $total } pagati il { $date }
doc-refunded = { $total } rimborsati il { $date }
doc-description = Descrizione
doc-quantity = Qtà
doc-unit-price = Prezzo unitario
doc-amount = Importo
doc-discount = Sconto
doc-net = Totale senza imposte
doc-tax-total = Totale imposte
doc-reverse-charge = Inversione contabile: l’imposta è a carico del cliente.
doc-payments = Pagamenti
doc-method = Metodo di pagamento
doc-date = Data
doc-amount-paid = Importo pagato
doc-refunds = Rimborsi
doc-amount-refunded = Importo rimborsato
doc-total-refunded = Totale rimborsato
doc-balance = Saldo del cliente
doc-refund-of = Rimborso della fattura { $number }
doc-page = Pagina { $page } di { $pages }
