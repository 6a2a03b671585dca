## Around every page

test-mode = Mode test
skip-to-form = Aller au formulaire
back-to = Retour à { $name }
shop-links = Mentions légales et assistance
shop-terms = Conditions
shop-privacy = Confidentialité
shop-refunds = Remboursements
shop-support = Assistance
optional = (facultatif)
update = Mettre à jour
remove = Retirer

## How often

every-day = { $count ->
    [1] par jour
   *[other] tous les { $count } jours
}
every-week = { $count ->
    [1] par semaine
   *[other] toutes les { $count } semaines
}
every-month = { $count ->
    [1] par mois
   *[other] tous les { $count } mois
}
every-year = { $count ->
    [1] par an
   *[other] tous les { $count } ans
}
price-per = { $price } { $interval }

## The offer

your-order = Votre commande
choose-option = Choisissez une option
show-option = Afficher cette option
free = Gratuit
you-choose = Vous choisissez
from-price = À partir de { $price }
pay-what-you-want = Payez ce que vous voulez
original-price = Prix d’origine :
discounted-price = Maintenant :
plus-usage = plus la consommation
included = Ce que vous obtenez
pictures = Images de { $name }
picture = Image { $number } de { $name }

name-your-price = Votre prix
update-total = Mettre à jour le total
amount-at-least = Au moins { $least }
amount-between = Entre { $least } et { $most }
amount-nothing-or-at-least = Rien, ou au moins { $least }
amount-nothing-or-between = Rien, ou entre { $least } et { $most }

## Seats

seats = Places
seats-fewer = Une place de moins
seats-more = Une place de plus
seats-count = { $count ->
    [one] { $count } place
   *[other] { $count } places
}
seats-at-least = { $least ->
    [one] Au moins { $least } place
   *[other] Au moins { $least } places
}
seats-between = Entre { $least } et { $most } places
seats-exactly = { $count ->
    [one] Exactement { $count } place
   *[other] Exactement { $count } places
}
per-seat = { $price } par place
tiers = Prix par place
tiers-volume = Le nombre de places détermine le prix de chacune.
tiers-graduated = Les places de chaque palier coûtent le prix de ce palier.
tier-range = { $from } à { $to }
tier-open = { $from } ou plus

## Usage

usage = Facturé selon la consommation
usage-unit = { $price } par unité
usage-per = { $price } par { $unit }
usage-tokens = { $price } par million de jetons
usage-cap = au plus { $price } par période de facturation

## Trials

trial-days = { $count ->
    [one] { $count } jour gratuit
   *[other] { $count } jours gratuits
}
trial-weeks = { $count ->
    [one] { $count } semaine gratuite
   *[other] { $count } semaines gratuites
}
trial-months = { $count ->
    [one] { $count } mois gratuit
   *[other] { $count } mois gratuits
}
trial-years = { $count ->
    [one] { $count } an gratuit
   *[other] { $count } ans gratuits
}
trial-after = Puis { $price }
trial-first-charge = Le premier prélèvement a lieu le { $date }.
due-on = À payer le { $date }
no-trial = Continuer sans essai

## Discounts

discount-code = Code promo
apply = Appliquer
discount-remove = Retirer la réduction { $name }
discount-named = Réduction : { $name }
discount-once = sur le premier paiement
discount-months = { $count ->
    [one] pendant { $count } mois
   *[other] pendant { $count } mois
}
first-days = { $count ->
    [one] le premier jour
   *[other] pendant les { $count } premiers jours
}
first-weeks = { $count ->
    [one] pendant la première semaine
   *[other] pendant les { $count } premières semaines
}
first-months = { $count ->
    [one] pendant le premier mois
   *[other] pendant les { $count } premiers mois
}
first-years = { $count ->
    [one] pendant la première année
   *[other] pendant les { $count } premières années
}
first-then = { $first }, puis { $full } { $interval }
now-then = { $now } { $first }, puis { $full } { $interval }

## Contact and card

your-details = Vos coordonnées
contact = Contact
email = Adresse e-mail
email-locked = C’est l’adresse de votre compte client.
full-name = Nom complet
payment = Paiement
test-warning = Mode test : n’utilisez pas de vraie carte.
test-card = Celle-ci paie, avec n’importe quelle date future et trois chiffres au choix :
test-fill = Remplir avec cette carte
test-more = Autres cartes de test
test-declined = est refusée
test-funds = n’a pas de fonds suffisants
test-secure = demande 3-D Secure
test-later = est acceptée, puis échoue
card-number = Numéro de carte
card-expiry = Date d’expiration
card-expiry-form = MM / AA
card-cvc = Code de sécurité
card-name = Nom sur la carte

## Address and business

billing-address = Adresse de facturation
country = Pays
choose-country = Choisissez un pays
use-country = Utiliser ce pays
line1 = Adresse
line2 = Appartement, bâtiment
city = Ville
state = État
province = Province
region = Région
postal-code = Code postal
zip-code = Code ZIP
postcode = Code postal
choose = Choisissez
is-business = J’achète pour une entreprise
show-business = Afficher les champs pour les entreprises
business-name = Nom de l’entreprise
tax-id = Numéro de TVA
more-details = Autres informations

## Amounts and the button

subtotal = Sous-total
tax = Taxes
tax-vat = TVA
tax-gst = TPS
tax-hst = TVH
tax-consumption = Taxe sur la consommation
tax-sales = Taxe de vente
tax-rated = { $tax } ({ $rate })
tax-included = Dont { $tax }
tax-reverse = { $tax } : vous l’acquittez vous-même (autoliquidation)
tax-later = selon votre adresse
total = Total
due-today = À payer aujourd’hui
amount-due = Montant dû
balance-used = Payé avec votre solde
balance-owed = Reporté d’une commande précédente
order-keeps-card = Votre carte est enregistrée, et les prochains paiements de cet abonnement y seront débités.
pay = Payer { $total }
subscribe = S’abonner
get-free = Obtenir gratuitement
start-trial = Commencer l’essai
processing = Traitement…
terms-plain = Vous payez { $total } { $interval } jusqu’à résiliation.
terms-trial = Vous ne payez rien aujourd’hui. Le { $date }, vous payez { $total }, puis le même montant { $interval } jusqu’à résiliation.
terms-trial-discount = Vous ne payez rien aujourd’hui. À partir du { $date }, vous payez { $now } { $first }, puis { $full } { $interval } jusqu’à résiliation.
terms-discount = Vous payez { $now } { $first }, puis { $full } { $interval } jusqu’à résiliation.
terms-usage = Votre consommation est facturée { $interval } jusqu’à résiliation.
terms-card = Votre carte est enregistrée et débitée automatiquement.
plus-tax = { $amount } hors taxes

## What is wrong

please-check = Veuillez vérifier :
error-field = Vérifiez ce champ.
error-product = Cette option n’est pas disponible. Choisissez-en une autre.
error-not-sold = Cette offre n’est plus vendue à ce prix. Recommencez à partir de la boutique.
error-amount = Saisissez un montant, par exemple { $example }.
error-seats = Saisissez un nombre entier de places.
error-email-missing = Saisissez votre adresse e-mail.
error-email = Saisissez une adresse e-mail complète, comme name@example.com.
error-country = Choisissez votre pays.
error-line1 = Saisissez votre adresse.
error-city = Saisissez votre ville.
error-state = Choisissez un élément de la liste.
error-postal-code = Saisissez votre code postal.
error-business-name = Saisissez le nom de votre entreprise.
error-tax-id = Ce numéro fiscal n’est pas valable dans le pays choisi. Vérifiez-le ou laissez le champ vide.
error-address-tax = Les taxes ne peuvent pas être calculées pour cette adresse. Vérifiez-la.
error-discount = Ce code ne fonctionne pas ici. Vérifiez-le ou continuez sans lui.
error-discount-limit = Vous avez déjà utilisé cette réduction autant que possible. Retirez-la pour continuer.
error-discount-ended = Cette réduction est terminée. Retirez-la pour continuer.

error-card-number-missing = Saisissez votre numéro de carte.
error-card-number = Ce n’est pas un numéro de carte. Vérifiez les chiffres.
error-card-real = Ceci est un environnement de test : il n’accepte que des cartes de test, et aucune vraie carte ne doit être saisie ici. Utilisez 4242 4242 4242 4242.
error-card-expiry = Saisissez l’expiration en mois et année, par exemple 12 / 34.
error-card-expired = Cette carte a expiré. Vérifiez la date ou utilisez une autre carte.
error-card-cvc = Saisissez les trois chiffres du code de sécurité au dos de la carte.
error-card-cvc-front = Saisissez les quatre chiffres du code de sécurité au recto de la carte.
error-card-unread = La carte n’a pas pu être lue pour le moment. Veuillez réessayer.
card-missing = Saisissez les données de votre carte. Si vous ne voyez pas de champs pour cela, rechargez cette page.
card-needs-script = Les paiements par carte ont besoin de JavaScript. Activez-le dans votre navigateur, puis rechargez cette page.
card-unloaded = Le formulaire de paiement n’a pas pu être chargé. Rien n’a été débité. Vérifiez votre connexion et votre bloqueur de contenu.
load-again = Charger à nouveau

error-answer-missing = Cette information est nécessaire.
error-answer-tick = Cochez cette case pour continuer.
error-answer-number = Saisissez un nombre entier.
error-answer-at-least = Saisissez { $least } ou plus.
error-answer-at-most = Saisissez { $most } ou moins.
error-answer-short = { $count ->
    [one] Écrivez au moins { $count } caractère.
   *[other] Écrivez au moins { $count } caractères.
}
error-answer-long = { $count ->
    [one] Écrivez au plus { $count } caractère.
   *[other] Écrivez au plus { $count } caractères.
}
error-answer-date = Saisissez une date.
error-answer-from = Choisissez le { $date } ou une date ultérieure.
error-answer-until = Choisissez le { $date } ou une date antérieure.
error-answer-choice = Choisissez l’une des options.

declined = Votre carte a été refusée. Rien n’a été débité. Essayez une autre carte ou contactez votre banque.
declined-funds = Il n’y a pas assez d’argent sur cette carte. Rien n’a été débité. Essayez une autre carte.
declined-expired = Cette carte a expiré. Rien n’a été débité. Essayez une autre carte.
declined-cvc = Le code de sécurité est incorrect. Rien n’a été débité. Vérifiez le code sur votre carte et réessayez.
declined-processing = Le paiement a été refusé en raison d’un incident. Rien n’a été débité. Réessayez dans un instant.
declined-approval = Le paiement n’a pas été approuvé auprès de votre banque. Rien n’a été débité. Réessayez ou utilisez une autre carte.
declined-number = Le numéro de carte est incorrect. Rien n’a été débité. Vérifiez le numéro sur votre carte et réessayez.
declined-unsupported = Cette carte ne peut pas être utilisée pour ce paiement. Rien n’a été débité. Essayez une autre carte.
declined-unfinished = Le paiement n’a pas été terminé. Rien n’a été débité. Réessayez ou utilisez une autre carte.

in-flight = Votre paiement est déjà en cours de traitement. Patientez un instant, puis rechargez cette page.
too-often = Trop de tentatives. Réessayez dans un instant.
too-many-codes = Trop de codes de réduction étaient incorrects. Patientez quelques secondes puis réessayez, ou continuez sans code.
too-many-declines = Trop de paiements ont été refusés. Rien n’a été débité. Patientez quelques minutes, puis réessayez.
total-changed = Le total a changé. Rien n’a été débité. Vérifiez-le, puis payez.
discount-changed = La réduction est terminée ou a été modifiée, le total a donc changé. Rien n’a été débité. Vérifiez-le, puis payez.
already-subscribed = Vous avez déjà un abonnement actif ici, donc rien n’a été débité.
trial-used = Vous avez déjà bénéficié d’un essai gratuit ici. Vous pouvez continuer sans essai ; le premier paiement est alors dû aujourd’hui.
not-ready = Cette boutique ne peut pas accepter de paiements pour le moment. Rien n’a été débité.
other-error = Cela n’a pas fonctionné. Rien n’a été débité. Rechargez cette page et réessayez.
our-fault = Un problème est survenu de notre côté. Rechargez cette page pour voir si le paiement a abouti.
offline = Nous n’avons pas pu joindre le serveur. Rechargez cette page pour voir si vous avez payé.

## After paying

processing-title = Traitement de votre paiement
processing-body = Cela prend quelques secondes. Gardez cette page ouverte ; la suite s’affiche toute seule.
bank-title = Encore une étape
bank-body = Votre banque veut s’assurer que c’est bien vous. Approuvez le paiement sur la page suivante.
bank-continue = Continuer vers votre banque
bank-here = Votre banque veut s’assurer que c’est bien vous. Approuvez le paiement dans sa fenêtre.
another-card = Utiliser une autre carte
thanks-title = Merci pour votre commande
order-summary = Récapitulatif de la commande
order-number = Numéro de commande
order-date = Date
next-payment = Prochain paiement
paid = Payé
renews = Votre abonnement se renouvelle à { $total } { $interval }.
renews-after-trial = Votre essai se termine le { $date }. Ensuite, vous payez { $total } { $interval } jusqu’à résiliation.
return-to = Retour à { $name }
reopened-title = Le paiement n’a pas abouti
try-again = Réessayer
order-paid-title = Cette commande est payée
order-paid-body = Il n’y a plus rien à payer.
failed-title = Le paiement a échoué
failed-body = Rien n’a été débité. Retournez à la boutique et recommencez à partir de là.

## Other pages

unknown-title = Ce paiement est introuvable
unknown-body = Le lien est peut-être incomplet ou n’est plus valable. Retournez à la boutique et recommencez à partir de là. Rien n’a été débité.
no-order-title = Cette commande est introuvable
no-order-body = Le lien est peut-être incomplet ou n’est plus valable. Ouvrez-le exactement tel que vous l’avez reçu, ou demandez-en un nouveau à la boutique.
order-void-title = Cette commande a été annulée
order-void-body = Vous n’avez pas à la payer.
order-not-due-title = Cette commande ne peut pas encore être payée
order-not-due-body = La boutique n’a pas demandé ce paiement. Adressez-vous à la boutique si vous pensiez devoir payer.
order-attempts-spent-title = Cette commande ne peut plus être payée ici
order-attempts-spent-body = Il y a eu trop de tentatives de paiement. Contactez la boutique.
no-link-title = Ce lien ne fonctionne plus
no-link-body = Il est peut-être incomplet, ou la boutique l’a retiré. Demandez-en un nouveau à la boutique.
not-here-title = Ce paiement ne peut pas être affiché ici
not-here-body = La boutique n’autorise pas le site d’où vous venez à afficher son paiement. Ouvrez-le depuis la boutique elle-même.
unsigned-title = Ce lien est incomplet
unsigned-body = Une partie de son adresse manque ou a été modifiée. Ouvrez-le exactement tel que vous l’avez reçu, ou demandez-en un nouveau à la boutique.
not-for-sale-title = Ce produit n’est pas en vente actuellement
not-for-sale-body = La boutique a suspendu ce que vend ce lien, ou ne le vend pas dans votre pays. Rien n’a été débité.
close-checkout = Fermer
front-title = Till fonctionne
front-body = Ceci est l’adresse d’un serveur de paiement. Les programmes utilisent son API sous /v1 ; les acheteurs arrivent ici par le lien de leur paiement.
front-demo = Essayer un achat de démonstration
front-dashboard = Tableau de bord
front-reference = Référence de l’API
nowhere-title = Page introuvable
nowhere-body = Vérifiez l’adresse, ou retournez d’où vous venez.
expired-title = Ce paiement a expiré
expired-body = Pour votre sécurité, un paiement ne reste ouvert qu’un temps limité. Retournez à la boutique et recommencez à partir de là.
too-often-title = Trop de requêtes
too-often-body = Trop de requêtes sont arrivées de votre réseau. Patientez un instant, puis rechargez cette page.
trouble-title = Un problème est survenu de notre côté
trouble-body = Rechargez cette page dans un instant. Si vous étiez en train de payer, elle montrera si le paiement a abouti.
reference = Si vous demandez de l’aide, donnez ce numéro :

## The test bank

test-bank = Banque de test
test-bank-title = Approuvez votre paiement
test-bank-ask = Est-ce bien vous ?
test-bank-body = Cette page remplace celle où une banque interroge son client (3‑D Secure). Aucun argent ne circule.
merchant = Marchand
card = Carte
amount = Montant
purpose = Objet
save-card = Enregistrer la carte
approve = Approuver
refuse = Refuser

## The customer portal

portal-skip = Aller au contenu
portal-pages = Pages
portal-open = Ouvrir votre compte
portal-overview = Aperçu
portal-orders = Commandes
portal-subscriptions = Abonnements
portal-cards = Moyens de paiement
portal-details = Coordonnées de facturation
portal-signed-in = Connecté en tant que { $email }
portal-sign-out = Se déconnecter
portal-sign-in = Se connecter
portal-sign-in-body = Saisissez l’adresse e-mail avec laquelle vous avez acheté. Vous recevrez un code pour vous connecter.
portal-send-code = Envoyer le code
portal-code-title = Consultez vos e-mails
portal-code-body = Si un achat a été fait ici avec { $email }, un code est en route vers cette adresse. Il est valable une fois, pendant 30 minutes.
portal-code = Code
portal-code-again = Envoyer un autre code
portal-other-email = Utiliser une autre adresse e-mail
portal-code-missing = Saisissez les six lettres et chiffres du code.
portal-code-wrong = Ce code est incorrect ou n’est plus valable. Vérifiez-le ou demandez-en un autre.
portal-no-mail = Cette boutique n’envoie pas d’e-mails : vous ne pouvez pas vous connecter ici. Ouvrez cette page depuis la boutique.
portal-test-mail = Mode test : la boutique trouve les codes dans son tableau de bord, sous « Mail ».
portal-signed-out = Vous êtes déconnecté, ou votre lien n’est plus valable. Connectez-vous pour continuer.
portal-choose = Choisissez un compte
portal-account = Compte
portal-foreign-title = Rien n’a été modifié
portal-foreign-body = Ce formulaire ne vient pas d’une page de ce serveur. Revenez en arrière, rechargez la page et envoyez-le à nouveau.
portal-saved = Enregistré.
portal-changed = Votre abonnement a été modifié.
portal-moved = Quelque chose a changé depuis l’affichage de cette page. Vérifiez, puis décidez à nouveau.
portal-not-possible = Ce n’est pas possible dans l’état actuel de l’abonnement.
portal-state = État
portal-save = Enregistrer
portal-latest = Dernières commandes
portal-all-orders = Toutes les commandes
portal-newer = Plus récents
portal-older = Plus anciens
portal-no-orders = Il n’y a pas encore de commandes.
portal-no-subscriptions = Il n’y a aucun abonnement.
portal-benefits = Avantages
portal-no-benefits = Il n’y a pas encore d’avantages.
portal-all-benefits = Tous les avantages
portal-files = Fichiers : { $count }
portal-key = Clé de licence
portal-key-expires = Valable jusqu’au
portal-key-used = Utilisations
portal-key-usage = { $used } sur { $total }
portal-key-expired = Expirée
portal-key-blocked = Bloquée par la boutique
portal-key-activations = Activations
portal-key-not-activated = Elle n’est activée nulle part.
portal-key-activated-on = Activée le { $date }
portal-key-deactivated = L’activation a été supprimée.
portal-downloads = Téléchargements
portal-file-sums = { $size } · SHA-256 : { $sum }
portal-usage = Consommation
portal-no-usage = Rien n’a été consommé pour l’instant.
portal-usage-used = Consommé
portal-usage-credited = Crédité
portal-usage-balance = Solde
portal-usage-charge = Consommation à ce jour
portal-usage-more = Ce qui sera consommé d’ici là s’y ajoutera.
portal-no-cards = Aucune carte n’est enregistrée.
portal-order-due = À payer
portal-order-void = Annulée
portal-order-refunded = Remboursée
portal-order-partly-refunded = Remboursée en partie
portal-pay-order = Payer { $total } pour { $name }
portal-invoice = Télécharger la facture
portal-receipt = Télécharger le reçu
portal-invoice-needs = Une facture a besoin de votre nom et de votre adresse. Remplissez-les ci-dessous.
portal-billed-to = Facturé à
portal-billing-name = Nom sur les factures
portal-country-fixed = Cela ne peut plus être modifié, car la taxe en dépend.
portal-active = Actif
portal-trialing = Essai gratuit
portal-past-due = Paiement échoué
portal-past-due-body = Le dernier paiement a échoué. Payez maintenant pour que l’abonnement continue.
portal-paused = En pause
portal-ended = Terminé
portal-ended-on = Terminé le { $date }
portal-ends-on = Se termine le { $date }
portal-renews-on = Se renouvelle le { $date }
portal-trial-until = Gratuit jusqu’au { $date }
portal-pauses-on = En pause à partir du { $date }
portal-resumes-on = En pause jusqu’au { $date }
portal-price = Prix
portal-since = Depuis
portal-pending = Un changement prend effet le { $date }.
portal-pending-plan = L’offre devient { $name } le { $date }.
portal-pending-seats = Nombre de places à partir du { $date } : { $count }
portal-plan = Offre
portal-plan-now = Votre offre actuelle
portal-plan-change = Changer d’offre
portal-plan-choose = Choisissez une autre offre que la vôtre.
portal-plan-unavailable = Ce choix n’est pas possible pour votre abonnement.
portal-plan-by-seat = Cette formule est vendue à la place et vous ne pouvez pas l’adopter vous-même. Contactez la boutique.
portal-seats-change = Modifier les places
portal-seats-same = C’est le nombre de places que vous avez.
portal-seats-bounds = Ce nombre de places n’est pas possible.
portal-preview = Voir le coût
portal-confirm = Confirmer la modification
portal-leave-it = Ne rien changer
portal-due-now = À payer maintenant
portal-nothing-now = Rien n’est débité maintenant.
portal-next-on = Prochain paiement le { $date }
portal-applies-on = Le changement prend effet le { $date }.
portal-card-charged = Votre carte enregistrée est débitée. Le montant peut encore varier de quelques centimes jusqu’à votre confirmation.
portal-card-missing = Aucune carte n’est enregistrée : rien ne peut être débité. Ajoutez d’abord une carte.
portal-charge-failed = Le débit a échoué : rien n’a changé. Vérifiez votre carte ou ajoutez-en une autre.
portal-credited = Crédité sur votre solde
portal-cancel = Résilier l’abonnement
portal-cancel-body = L’abonnement reste actif jusqu’au { $date } et ne se renouvelle pas ensuite. D’ici là, vous pouvez changer d’avis.
portal-cancel-why = Pourquoi résiliez-vous ?
portal-cancel-comment = Voulez-vous en dire plus à la boutique ?
portal-why-service = L’assistance n’était pas à la hauteur
portal-why-quality = La qualité n’était pas à la hauteur
portal-why-features = Il manque quelque chose dont j’ai besoin
portal-why-switched = J’utilise autre chose
portal-why-complex = C’est trop compliqué
portal-why-expensive = C’est trop cher
portal-why-unused = Je ne l’utilise pas assez
portal-why-other = Une autre raison
portal-uncancel = Poursuivre l’abonnement
portal-pause = Mettre l’abonnement en pause
portal-pause-body = L’abonnement reste actif jusqu’au { $date }. Ensuite, rien n’est débité jusqu’à sa reprise.
portal-pause-until = Reprendre automatiquement le
portal-date-after = Choisissez un jour après le { $date }.
portal-unpause = Ne pas mettre en pause
portal-resume = Reprendre l’abonnement
portal-resume-body = Une nouvelle période commence maintenant et est débitée.
portal-discard = Annuler le changement
portal-discard-body = L’abonnement reste tel quel au début de la prochaine période.
portal-add-card = Ajouter une carte
portal-save-card = Enregistrer la carte
portal-card-added = La carte est enregistrée.
portal-card-removed = La carte est supprimée.
portal-card-kept = Rien n’est débité maintenant. Les prochains paiements de vos abonnements peuvent être débités de cette carte.
portal-card-ends = Expire le { $date }
portal-card-needed = Cette carte est nécessaire à un abonnement. Ajoutez-en d’abord une autre.
portal-default = Par défaut
portal-make-default = Utiliser par défaut
portal-offline = Le serveur n’a pas pu être joint. Rechargez cette page pour voir si la carte a été enregistrée.
portal-details-body = Ces coordonnées figurent sur vos prochaines factures. Les précédentes ne changent pas.
portal-email-body = Votre compte utilise { $email }. Nous envoyons à la nouvelle adresse un lien qui confirme le changement.
portal-email-new = Nouvelle adresse e-mail
portal-email-send = Envoyer le lien
portal-email-sent = Un lien est en route vers la nouvelle adresse. Ouvrez-le pour confirmer le changement.
portal-email-same = C’est déjà votre adresse e-mail.
portal-email-confirm = Confirmez votre adresse e-mail
portal-email-confirm-body = Votre compte chez { $shop } utilisera désormais { $email }.
portal-email-use = Utiliser cette adresse
portal-email-changed = Votre adresse e-mail a été modifiée.
portal-email-gone = Ce lien a déjà été utilisé ou n’est plus valable. Demandez-en un autre dans votre compte.
portal-email-taken = Un autre compte de cette boutique a déjà cette adresse. Rien n’a été modifié.
portal-data = Télécharger mes données et documents
portal-seats-used = Places : { $used } sur { $total } attribuées
portal-no-seats = Personne n’a encore de place.
portal-seat-pending = Invitation envoyée
portal-seat-held = Acceptée
portal-seat-again = Renvoyer l’invitation
portal-seat-revoke = Reprendre la place
portal-seat-invite = Inviter quelqu’un
portal-seat-invite-body = Cette personne reçoit un e-mail avec un lien pour accepter sa place.
portal-seat-send = Envoyer l’invitation
portal-seat-invited = L’invitation est en route.
portal-seat-free = La place est de nouveau libre.
portal-seats-full = Toutes les places sont attribuées.
portal-seat-taken = Cette personne a déjà une place ou y est déjà invitée.
portal-seat-changed = La place a changé entre-temps. Vérifiez-la de nouveau.
portal-seat-claim = Accepter la place
portal-seat-claim-body = Une place pour { $product } chez { $shop } est réservée à { $email }.
portal-seat-claimed = La place est à vous.
portal-seat-gone = Cette invitation a déjà été utilisée ou n’est plus valable. Demandez-en une autre à la personne qui vous a invité.

## Letters

mail-order-subject = Votre commande chez { $shop }
mail-order-body = Merci pour votre commande. En voici le récapitulatif.
mail-subscribed-subject = Votre abonnement à { $product }
mail-subscribed-body = Merci. Votre abonnement a commencé.
mail-trial-body = Votre essai gratuit a commencé. Il se termine le { $date } ; il devient ensuite un abonnement payant, sauf si vous le résiliez avant.
mail-renewed-subject = Votre abonnement à { $product } a été renouvelé
mail-renewed-body = Votre abonnement a été renouvelé et est payé jusqu’au { $date }.
mail-converted-subject = Votre essai de { $product } est devenu un abonnement
mail-converted-body = Votre essai est terminé. Votre abonnement est payé jusqu’au { $date }.
mail-past-due-subject = Le paiement de { $product } a échoué
mail-past-due-body = Nous n’avons pas pu débiter votre carte pour la période en cours. Payez maintenant pour que votre abonnement continue.
mail-usage-unpaid-body = Nous n’avons pas pu débiter votre carte pour votre consommation. Veuillez payer maintenant.
mail-canceled-subject = Votre abonnement à { $product } a été résilié
mail-canceled-body = Votre abonnement reste actif jusqu’au { $date }. Il ne sera pas renouvelé ensuite.
mail-uncanceled-subject = Votre abonnement à { $product } continue
mail-uncanceled-body = La résiliation a été annulée et votre abonnement se renouvelle comme avant.
mail-revoked-subject = Votre abonnement à { $product } est terminé
mail-revoked-body = Votre abonnement est terminé et ne se renouvelle plus.
mail-paused-subject = Votre abonnement à { $product } est en pause
mail-paused-body = Rien n’est débité tant que votre abonnement est en pause.
mail-paused-until-body = Rien n’est débité tant que votre abonnement est en pause. Il reprend le { $date }.
mail-resumed-subject = Votre abonnement à { $product } a repris
mail-resumed-body = Votre abonnement est de nouveau actif.
mail-updated-subject = Votre abonnement à { $product } a été modifié
mail-updated-body = La modification prend effet dès maintenant.
mail-renewal-subject = Votre abonnement à { $product } sera bientôt renouvelé
mail-renewal-body = Votre abonnement sera renouvelé le { $date }. D’ici là, vous pouvez le modifier ou le résilier.
mail-trial-ends-subject = Votre essai de { $product } se termine bientôt
mail-trial-ends-body = Votre essai gratuit se termine le { $date } ; il devient ensuite un abonnement payant, sauf si vous le résiliez avant.
mail-card-subject = Votre carte expire bientôt
mail-card-body = La carte qui paie votre abonnement chez { $shop } expire bientôt. Ajoutez-en une autre pour que votre abonnement continue.
mail-discount = Réduction
mail-code-subject = Votre code pour { $shop }
mail-code-body = Saisissez ce code pour vous connecter. Il est valable une fois, pendant { $count } minutes.
mail-code-ignore = Si vous n’avez pas demandé ce code, ignorez cet e-mail et ne donnez le code à personne.
mail-email-subject = Confirmez votre nouvelle adresse e-mail pour { $shop }
mail-email-body = Quelqu’un a demandé à utiliser cette adresse pour un compte. Ouvrez le lien pour la confirmer. Il est valable une fois, pendant { $count } minutes.
mail-email-ignore = Si vous ne l’avez pas demandé, ignorez cet e-mail. Rien ne sera modifié.
mail-email-changed-subject = Votre adresse e-mail chez { $shop } a été modifiée
mail-email-changed-body = Les e-mails et les codes de votre compte chez { $shop } sont désormais envoyés à une autre adresse.
mail-email-changed-warning = Si vous n’êtes pas à l’origine de ce changement, prévenez la boutique immédiatement.
mail-seat-subject = Votre place pour { $product } chez { $shop }
mail-seat-body = Vous êtes invité à utiliser { $product } de { $shop }. Ouvrez le lien pour accepter votre place.
mail-seat-life = Le lien est valable une fois, pendant { $count } heures.
mail-seat-ignore = Si vous ne vous y attendiez pas, ignorez cet e-mail. Rien ne sera modifié.
mail-questions = Une question ? Répondez simplement à cet e-mail.
mail-footer = Vous recevez cet e-mail parce que vous avez acheté quelque chose chez { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Facture
doc-receipt = Reçu
doc-credit-note = Avoir
doc-invoice-number = Numéro de facture
doc-receipt-number = Numéro de reçu
doc-credit-note-number = Numéro d’avoir
doc-issued = Date d’émission
doc-paid-date = Date de paiement
doc-bill-to = Facturer à
doc-due = { $total } à payer
doc-paid = { $total } payés le { $date }
doc-refunded = { $total } remboursés le { $date }
doc-description = Description
doc-quantity = Qté
doc-unit-price = Prix unitaire
doc-amount = Montant
doc-discount = Remise
doc-net = Total hors taxes
doc-tax-total = Total des taxes
doc-reverse-charge = Autoliquidation : la taxe est due par le client.
doc-payments = Historique des paiements
doc-method = Moyen de paiement
doc-date = Date
doc-amount-paid = Montant payé
doc-refunds = Remboursements
doc-amount-refunded = Montant remboursé
doc-total-refunded = Total remboursé
doc-balance = Solde du client
doc-refund-of = Remboursement de la facture { $number }
doc-page = Page { $page } sur { $pages }
