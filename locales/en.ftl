# What buyers read. A sentence's values are in braces; where a language has several forms for a number, each is
# written out. Every language has the same messages with the same values: a test looks.

## Around every page

test-mode = Test mode
skip-to-form = Skip to the form
back-to = Back to { $name }
shop-links = Legal and support
shop-terms = Terms
shop-privacy = Privacy
shop-refunds = Refunds
shop-support = Support
optional = (optional)
update = Update
remove = Remove

## How often

every-day = { $count ->
    [1] per day
   *[other] every { $count } days
}
every-week = { $count ->
    [1] per week
   *[other] every { $count } weeks
}
every-month = { $count ->
    [1] per month
   *[other] every { $count } months
}
every-year = { $count ->
    [1] per year
   *[other] every { $count } years
}
price-per = { $price } { $interval }

## The offer

your-order = Your order
choose-option = Choose an option
show-option = Show this option
free = Free
you-choose = You choose
from-price = From { $price }
pay-what-you-want = Pay what you want
original-price = Original price:
discounted-price = Now:
plus-usage = plus usage
included = What you get
pictures = Pictures of { $name }
picture = Picture { $number } of { $name }

name-your-price = Name your price
update-total = Update the total
amount-at-least = At least { $least }
amount-between = Between { $least } and { $most }
amount-nothing-or-at-least = Nothing, or at least { $least }
amount-nothing-or-between = Nothing, or between { $least } and { $most }

## Seats

seats = Seats
seats-fewer = One seat fewer
seats-more = One seat more
seats-count = { $count ->
    [one] { $count } seat
   *[other] { $count } seats
}
seats-at-least = { $least ->
    [one] At least { $least } seat
   *[other] At least { $least } seats
}
seats-between = Between { $least } and { $most } seats
seats-exactly = { $count ->
    [one] Exactly { $count } seat
   *[other] Exactly { $count } seats
}
per-seat = { $price } per seat
tiers = Price per seat
tiers-volume = The number of seats determines the price of every seat.
tiers-graduated = The seats in each tier cost that tier’s price.
tier-range = { $from } to { $to }
tier-open = { $from } or more

## Usage

usage = Billed by usage
usage-unit = { $price } per unit
usage-per = { $price } per { $unit }
usage-tokens = { $price } per million tokens
usage-cap = at most { $price } per billing period

## Trials

trial-days = { $count ->
    [one] { $count } day free
   *[other] { $count } days free
}
trial-weeks = { $count ->
    [one] { $count } week free
   *[other] { $count } weeks free
}
trial-months = { $count ->
    [one] { $count } month free
   *[other] { $count } months free
}
trial-years = { $count ->
    [one] { $count } year free
   *[other] { $count } years free
}
trial-after = Then { $price }
trial-first-charge = The first charge is on { $date }.
due-on = Due on { $date }
no-trial = Continue without a trial

## Discounts

discount-code = Discount code
apply = Apply
discount-remove = Remove the discount { $name }
discount-named = Discount: { $name }
discount-once = on the first payment
discount-months = { $count ->
    [one] for { $count } month
   *[other] for { $count } months
}
first-days = { $count ->
    [one] for the first day
   *[other] for the first { $count } days
}
first-weeks = { $count ->
    [one] for the first week
   *[other] for the first { $count } weeks
}
first-months = { $count ->
    [one] for the first month
   *[other] for the first { $count } months
}
first-years = { $count ->
    [one] for the first year
   *[other] for the first { $count } years
}
first-then = { $first }, then { $full } { $interval }
now-then = { $now } { $first }, then { $full } { $interval }

## Contact and card

your-details = Your details
contact = Contact
email = Email
email-locked = This is the email address of your account with this shop.
full-name = Full name
payment = Payment
test-warning = Test mode: do not use a real card.
test-card = This card works, with any future date and any three digits:
test-fill = Fill in this card
test-more = More test cards
test-declined = is declined
test-funds = has insufficient funds
test-secure = asks for 3-D Secure
test-later = is accepted, then fails
card-number = Card number
card-expiry = Expiry date
card-expiry-form = MM / YY
card-cvc = Security code
card-name = Name on card

## Address and business

billing-address = Billing address
country = Country
choose-country = Choose a country
use-country = Use this country
line1 = Address
line2 = Apartment, suite
city = City
state = State
province = Province
region = Region
postal-code = Postal code
zip-code = ZIP code
postcode = Postcode
choose = Choose
is-business = I’m buying for a business
show-business = Show the business fields
business-name = Business name
tax-id = Tax ID
more-details = More details

## Amounts and the button

subtotal = Subtotal
tax = Tax
tax-vat = VAT
tax-gst = GST
tax-hst = HST
tax-consumption = Consumption tax
tax-sales = Sales tax
tax-rated = { $tax } ({ $rate })
tax-included = Including { $tax }
tax-reverse = { $tax }: you account for it yourself (reverse charge)
tax-later = based on your address
total = Total
due-today = Due today
amount-due = Amount due
balance-used = Paid from your balance
balance-owed = Carried over from earlier
order-keeps-card = Your card is saved, and the next payments of this subscription are charged to it.
pay = Pay { $total }
subscribe = Subscribe
get-free = Get for free
start-trial = Start the trial
processing = Processing…
terms-plain = You pay { $total } { $interval } until you cancel.
terms-trial = You pay nothing today. On { $date } you pay { $total }, then the same { $interval } until you cancel.
terms-trial-discount = You pay nothing today. From { $date } you pay { $now } { $first }, then { $full } { $interval } until you cancel.
terms-discount = You pay { $now } { $first }, then { $full } { $interval } until you cancel.
terms-usage = Your usage is billed { $interval } until you cancel.
terms-card = Your card is saved and charged automatically.
plus-tax = { $amount } plus tax

## What is wrong

please-check = Please check:
error-field = Check this field.
error-product = This option is not available. Choose another one.
error-not-sold = This is no longer sold at this price. Start again from the shop.
error-amount = Enter an amount, such as { $example }.
error-seats = Enter a whole number of seats.
error-email-missing = Enter your email address.
error-email = Enter a full email address, like name@example.com.
error-country = Choose your country.
error-line1 = Enter your address.
error-city = Enter your city.
error-state = Choose one from the list.
error-postal-code = Enter your postal code.
error-business-name = Enter the name of your business.
error-tax-id = This tax ID is not valid in the chosen country. Check it, or leave it empty.
error-address-tax = The tax cannot be calculated for this address. Check the address.
error-discount = This code does not work here. Check it, or continue without it.
error-discount-limit = You have used this discount as often as allowed. Remove it to continue.
error-discount-ended = This discount has ended. Remove it to continue.

error-card-number-missing = Enter your card number.
error-card-number = This is not a card number. Check the digits.
error-card-real = This is a sandbox and accepts test cards only. Do not enter a real card; use 4242 4242 4242 4242.
error-card-expiry = Enter the expiry date as month and year, such as 12 / 34.
error-card-expired = This card has expired. Check the date, or use another card.
error-card-cvc = Enter the three digits of the security code on the back of the card.
error-card-cvc-front = Enter the four digits of the security code on the front of the card.
error-card-unread = The card could not be read just now. Please try again.
card-missing = Enter your card details. If you see no fields for them, reload this page.
card-needs-script = Card payments need JavaScript. Switch it on in your browser, then reload this page.
card-unloaded = The payment form could not be loaded. Nothing was charged. Check your connection and your content blocker.
load-again = Load again

error-answer-missing = Fill this in.
error-answer-tick = Tick this box to continue.
error-answer-number = Enter a whole number.
error-answer-at-least = Enter { $least } or more.
error-answer-at-most = Enter { $most } or less.
error-answer-short = { $count ->
    [one] Write at least { $count } character.
   *[other] Write at least { $count } characters.
}
error-answer-long = { $count ->
    [one] Write at most { $count } character.
   *[other] Write at most { $count } characters.
}
error-answer-date = Enter a date.
error-answer-from = Choose { $date } or later.
error-answer-until = Choose { $date } or earlier.
error-answer-choice = Choose one of the options.

declined = Your card was declined. Nothing was charged. Try another card or ask your bank.
declined-funds = This card has insufficient funds. Nothing was charged. Try another card.
declined-expired = This card has expired. Nothing was charged. Try another card.
declined-cvc = The security code is wrong. Nothing was charged. Check the code on your card and try again.
declined-processing = The payment was declined because of a technical problem. Nothing was charged. Try again in a moment.
declined-approval = Your bank did not approve the payment. Nothing was charged. Try again, or use another card.
declined-number = The card number is wrong. Nothing was charged. Check the number on your card and try again.
declined-unsupported = This card cannot be used for this payment. Nothing was charged. Try another card.
declined-unfinished = The payment was not completed. Nothing was charged. Try again, or use another card.

in-flight = Your payment is already being processed. Wait a moment, then reload this page.
too-often = Too many attempts. Try again in a moment.
too-many-codes = Too many discount codes were wrong. Wait a few seconds, then try again, or continue without a code.
too-many-declines = Too many payments were declined. Nothing was charged. Wait a few minutes, then try again.
total-changed = The total has changed. Nothing was charged. Check the new total, then pay.
discount-changed = The discount has ended or changed, so the total has changed. Nothing was charged. Check the new total, then pay.
already-subscribed = You already have an active subscription here, so nothing was charged.
trial-used = You have already had a free trial here. You can continue without one; the first payment is then due today.
not-ready = This shop cannot take payments at the moment. Nothing was charged.
other-error = That did not work. Nothing was charged. Reload this page and try again.
our-fault = Something went wrong on our side. Reload this page to see whether the payment went through.
offline = We could not reach the server. Reload this page to see whether you have paid.

## After paying

processing-title = Processing your payment
processing-body = This takes a few seconds. Keep this page open; it will update by itself.
bank-title = One more step
bank-body = Your bank wants to verify that it is you. Approve the payment on the next page.
bank-continue = Continue to your bank
bank-here = Your bank wants to verify that it is you. Approve the payment in your bank’s window.
another-card = Use another card
thanks-title = Thank you for your order
order-summary = Order summary
order-number = Order number
order-date = Date
next-payment = Next payment
paid = Paid
renews = Your subscription renews at { $total } { $interval }.
renews-after-trial = Your trial ends on { $date }. Then you pay { $total } { $interval } until you cancel.
return-to = Return to { $name }
reopened-title = The payment did not go through
try-again = Try again
order-paid-title = This order is paid
order-paid-body = There is nothing left to pay.
failed-title = The payment failed
failed-body = Nothing was charged. Go back to the shop and start again from there.

## Other pages

unknown-title = We can’t find this checkout
unknown-body = The link may be incomplete or no longer valid. Go back to the shop and start again from there. Nothing was charged.
no-order-title = We can’t find this order
no-order-body = The link may be incomplete or no longer valid. Open it exactly as you received it, or ask the shop for a new one.
order-void-title = This order was cancelled
order-void-body = You do not have to pay it.
order-not-due-title = This order cannot be paid yet
order-not-due-body = The shop has not asked for this payment. Ask the shop if you expected to pay.
order-attempts-spent-title = This order can no longer be paid here
order-attempts-spent-body = There were too many attempts to pay it. Contact the shop.
no-link-title = This link no longer works
no-link-body = It may be incomplete, or the shop may have removed it. Ask the shop for a new one.
not-here-title = This checkout cannot be shown here
not-here-body = The shop does not allow the website that you came from to show its checkout. Open the checkout from the shop itself.
unsigned-title = This link is incomplete
unsigned-body = Part of its address is missing or was changed. Open it exactly as you received it, or ask the shop for a new one.
not-for-sale-title = This is not for sale at the moment
not-for-sale-body = The shop has paused what this link sells, or does not sell it in your country. Nothing was charged.
close-checkout = Close
front-title = Till is running
front-body = This is the address of a checkout server. Programs use its API under /v1; buyers come here through a checkout link.
front-demo = Try a demo purchase
front-dashboard = Dashboard
front-reference = API reference
nowhere-title = Page not found
nowhere-body = Check the address, or go back to where you came from.
expired-title = This checkout has expired
expired-body = For your safety, a checkout stays open only for a limited time. Go back to the shop and start again from there.
too-often-title = Too many requests
too-often-body = Too many requests came from your network. Wait a moment, then reload this page.
trouble-title = Something went wrong on our side
trouble-body = Reload this page in a moment. If you were paying, the page will show whether the payment went through.
reference = If you ask for help, quote this number:

## The test bank

test-bank = Test bank
test-bank-title = Approve your payment
test-bank-ask = Is this you?
test-bank-body = This page stands in for a bank’s own page, where customers approve payments (3‑D Secure). No money moves.
merchant = Merchant
card = Card
amount = Amount
purpose = Purpose
save-card = Save the card
approve = Approve
refuse = Refuse

## The customer portal

portal-skip = Skip to the content
portal-pages = Pages
portal-open = Open your account
portal-overview = Overview
portal-orders = Orders
portal-subscriptions = Subscriptions
portal-cards = Payment methods
portal-details = Billing details
portal-signed-in = Signed in as { $email }
portal-sign-out = Sign out
portal-sign-in = Sign in
portal-sign-in-body = Enter the email address that you bought with. You get a code that signs you in.
portal-send-code = Send the code
portal-code-title = Check your email
portal-code-body = If somebody has bought here with { $email }, a code is on its way there. It works once, for 30 minutes.
portal-code = Code
portal-code-again = Send another code
portal-other-email = Use another email address
portal-code-missing = Enter the six letters and digits of the code.
portal-code-wrong = This code is wrong, or no longer works. Check it, or ask for another one.
portal-no-mail = This shop sends no email, so you cannot sign in here. Open this page from the shop instead.
portal-test-mail = Test mode: the shop finds codes on its dashboard, under Mail.
portal-signed-out = You are signed out, or your link no longer works. Sign in to continue.
portal-choose = Choose an account
portal-account = Account
portal-foreign-title = Nothing was changed
portal-foreign-body = This form did not come from a page of this server. Go back, load the page again, and send it once more.
portal-saved = Saved.
portal-changed = Your subscription was changed.
portal-moved = Something has changed since this page was shown. Check it, then decide again.
portal-not-possible = That is not possible as the subscription stands now.
portal-state = Status
portal-save = Save
portal-latest = Latest orders
portal-all-orders = All orders
portal-newer = Newer
portal-older = Older
portal-no-orders = There are no orders yet.
portal-no-subscriptions = There is no subscription.
portal-benefits = Benefits
portal-no-benefits = There are no benefits yet.
portal-all-benefits = All benefits
portal-files = Files: { $count }
portal-key = License key
portal-key-expires = Valid until
portal-key-used = Used
portal-key-usage = { $used } of { $total }
portal-key-expired = Expired
portal-key-blocked = Blocked by the shop
portal-key-activations = Activations
portal-key-not-activated = It is not activated anywhere.
portal-key-activated-on = Activated on { $date }
portal-key-deactivated = The activation was removed.
portal-downloads = Downloads
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Usage
portal-no-usage = Nothing has been used yet.
portal-usage-used = Used
portal-usage-credited = Credited
portal-usage-balance = Balance
portal-usage-charge = Usage so far
portal-usage-more = What is used until then is added.
portal-no-cards = No card is saved.
portal-order-due = Payment due
portal-order-void = Cancelled
portal-order-refunded = Refunded
portal-order-partly-refunded = Partly refunded
portal-pay-order = Pay { $total } for { $name }
portal-invoice = Download the invoice
portal-receipt = Download the receipt
portal-invoice-needs = An invoice needs your name and your address. Fill them in below.
portal-billed-to = Billed to
portal-billing-name = Name on invoices
portal-country-fixed = This can no longer be changed, because the tax depends on it.
portal-active = Active
portal-trialing = Free trial
portal-past-due = Payment failed
portal-past-due-body = The last payment failed. Pay now so that the subscription continues.
portal-paused = Paused
portal-ended = Ended
portal-ended-on = Ended on { $date }
portal-ends-on = Ends on { $date }
portal-renews-on = Renews on { $date }
portal-trial-until = Free until { $date }
portal-pauses-on = Pauses on { $date }
portal-resumes-on = Paused until { $date }
portal-price = Price
portal-since = Since
portal-pending = A change takes effect on { $date }.
portal-pending-plan = The plan changes to { $name } on { $date }.
portal-pending-seats = Number of seats from { $date }: { $count }
portal-plan = Plan
portal-plan-now = Your plan now
portal-plan-change = Change the plan
portal-plan-choose = Choose another plan than the one you have.
portal-plan-unavailable = This cannot be chosen for your subscription.
portal-plan-by-seat = This plan is sold by the seat, and you cannot change to it yourself. Contact the shop.
portal-seats-change = Change the seats
portal-seats-same = That is the number of seats that you have.
portal-seats-bounds = This number of seats is not possible.
portal-preview = Show what it costs
portal-confirm = Confirm the change
portal-leave-it = Leave it as it is
portal-due-now = Due now
portal-nothing-now = Nothing is charged now.
portal-next-on = Next payment on { $date }
portal-applies-on = The change takes effect on { $date }.
portal-card-charged = Your saved card is charged. The amount can still change by a few cents until you confirm.
portal-card-missing = No card is saved, so this cannot be charged. Add a card first.
portal-charge-failed = The charge failed, so nothing has changed. Check your card, or add another one.
portal-credited = Credited to your balance
portal-cancel = Cancel the subscription
portal-cancel-body = The subscription stays active until { $date } and does not renew after that. Until then you can change your mind.
portal-cancel-why = Why are you cancelling?
portal-cancel-comment = Do you want to tell the shop more?
portal-why-service = The support was not good enough
portal-why-quality = The quality was not good enough
portal-why-features = Something that I need is missing
portal-why-switched = I use something else
portal-why-complex = It is too complicated
portal-why-expensive = It is too expensive
portal-why-unused = I do not use it enough
portal-why-other = Another reason
portal-uncancel = Continue the subscription
portal-pause = Pause the subscription
portal-pause-body = The subscription stays active until { $date }. From then on nothing is charged until it resumes.
portal-pause-until = Resume by itself on
portal-date-after = Choose a day after { $date }.
portal-unpause = Do not pause
portal-resume = Resume the subscription
portal-resume-body = A new period begins now, and is charged.
portal-discard = Withdraw the change
portal-discard-body = The subscription stays as it is when the next period begins.
portal-add-card = Add a card
portal-save-card = Save the card
portal-card-added = The card is saved.
portal-card-removed = The card is removed.
portal-card-kept = Nothing is charged now. The next payments of your subscriptions can be charged to this card.
portal-card-ends = Expires { $date }
portal-card-needed = This card is needed for a subscription. Add another card first.
portal-default = Default
portal-make-default = Make it the default
portal-offline = We could not reach the server. Reload this page to see whether the card was saved.
portal-details-body = These details stand on your next invoices. Earlier ones stay as they are.
portal-email-body = Your account uses { $email }. We send a link to the new address, which confirms the change.
portal-email-new = New email address
portal-email-send = Send the link
portal-email-sent = A link is on its way to the new address. Open it to confirm the change.
portal-email-same = That is your email address already.
portal-email-confirm = Confirm your email address
portal-email-confirm-body = Your account at { $shop } will use { $email } from now on.
portal-email-use = Use this address
portal-email-changed = Your email address was changed.
portal-email-gone = This link was used before, or it no longer works. Ask for another one in your account.
portal-email-taken = Another account at this shop has this address already. Nothing was changed.
portal-data = Download my data and documents
portal-seats-used = Seats: { $used } of { $total } used
portal-no-seats = Nobody has a seat yet.
portal-seat-pending = Invited
portal-seat-held = Claimed
portal-seat-again = Send the invitation again
portal-seat-revoke = Take the seat back
portal-seat-invite = Invite someone
portal-seat-invite-body = They get an email with a link by which they claim a seat.
portal-seat-send = Send the invitation
portal-seat-invited = The invitation is on its way.
portal-seat-free = The seat is free again.
portal-seats-full = All seats are used.
portal-seat-taken = This person has a seat already, or is invited to one.
portal-seat-changed = The seat has changed meanwhile. Look at it again.
portal-seat-claim = Claim your seat
portal-seat-claim-body = A seat for { $product } at { $shop } is waiting for { $email }.
portal-seat-claimed = The seat is yours.
portal-seat-gone = This invitation was used before, or it no longer works. Ask whoever invited you for another one.

## Letters

mail-order-subject = Your order from { $shop }
mail-order-body = Thank you for your order. Here is a summary.
mail-subscribed-subject = Your subscription to { $product }
mail-subscribed-body = Thank you. Your subscription has started.
mail-trial-body = Your free trial has started. It ends on { $date }; then your subscription becomes a paid one unless you cancel before then.
mail-renewed-subject = Your subscription to { $product } was renewed
mail-renewed-body = Your subscription was renewed and paid until { $date }.
mail-converted-subject = Your trial of { $product } has become a subscription
mail-converted-body = Your trial is over. Your subscription is paid until { $date }.
mail-past-due-subject = The payment for { $product } failed
mail-past-due-body = We could not charge your card for the current period. Please pay now so that your subscription continues.
mail-usage-unpaid-body = We could not charge your card for your usage. Please pay now.
mail-canceled-subject = Your subscription to { $product } was cancelled
mail-canceled-body = Your subscription stays active until { $date }. It does not renew after that.
mail-uncanceled-subject = Your subscription to { $product } continues
mail-uncanceled-body = The cancellation was withdrawn, and your subscription renews as before.
mail-revoked-subject = Your subscription to { $product } has ended
mail-revoked-body = Your subscription has ended. It does not renew any more.
mail-paused-subject = Your subscription to { $product } is paused
mail-paused-body = Nothing is charged while your subscription is paused.
mail-paused-until-body = Nothing is charged while your subscription is paused. It resumes on { $date }.
mail-resumed-subject = Your subscription to { $product } has resumed
mail-resumed-body = Your subscription is active again.
mail-updated-subject = Your subscription to { $product } was changed
mail-updated-body = The change is in effect from now on.
mail-renewal-subject = Your subscription to { $product } renews soon
mail-renewal-body = Your subscription renews on { $date }. Until then you can change or cancel it.
mail-trial-ends-subject = Your trial of { $product } ends soon
mail-trial-ends-body = Your free trial ends on { $date }; then your subscription becomes a paid one unless you cancel before then.
mail-card-subject = Your card expires soon
mail-card-body = The card you use to pay for your subscription at { $shop } expires soon. Please add another one so that your subscription continues.
mail-discount = Discount
mail-code-subject = Your code for { $shop }
mail-code-body = Enter this code to sign in. It works once, for { $count } minutes.
mail-code-ignore = If you did not ask for this code, ignore this email, and give the code to nobody.
mail-email-subject = Confirm your new email address for { $shop }
mail-email-body = Someone asked to use this address for an account. Open the link to confirm it. It works once, for { $count } minutes.
mail-email-ignore = If you did not ask for this, ignore this email; nothing will change.
mail-email-changed-subject = Your email address at { $shop } was changed
mail-email-changed-body = Emails and codes for your account at { $shop } now go to another address.
mail-email-changed-warning = If this was not you, contact the shop right away.
mail-seat-subject = Your seat for { $product } at { $shop }
mail-seat-body = You are invited to use { $product } from { $shop }. Open the link to claim your seat.
mail-seat-life = The link works once, for { $count } hours.
mail-seat-ignore = If you did not expect this, ignore this email; nothing will change.
mail-questions = Do you have a question? Just reply to this email.
mail-footer = You receive this email because you bought something from { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Invoice
doc-receipt = Receipt
doc-credit-note = Credit note
doc-invoice-number = Invoice number
doc-receipt-number = Receipt number
doc-credit-note-number = Credit note number
doc-issued = Date of issue
doc-paid-date = Date paid
doc-bill-to = Bill to
doc-due = { $total } due
doc-paid = { $total } paid on { $date }
doc-refunded = { $total } refunded on { $date }
doc-description = Description
doc-quantity = Qty
doc-unit-price = Unit price
doc-amount = Amount
doc-discount = Discount
doc-net = Total excluding tax
doc-tax-total = Total tax
doc-reverse-charge = Reverse charge: the customer accounts for the tax.
doc-payments = Payment history
doc-method = Payment method
doc-date = Date
doc-amount-paid = Amount paid
doc-refunds = Refunds
doc-amount-refunded = Amount refunded
doc-total-refunded = Total refunded
doc-balance = Customer balance
doc-refund-of = Refund of invoice { $number }
doc-page = Page { $page } of { $pages }
