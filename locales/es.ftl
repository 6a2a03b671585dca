## Around every page

test-mode = Modo de prueba
skip-to-form = Ir al formulario
back-to = Volver a { $name }
shop-links = Información legal y ayuda
shop-terms = Condiciones
shop-privacy = Privacidad
shop-refunds = Reembolsos
shop-support = Ayuda
optional = (opcional)
update = Actualizar
remove = Quitar

## How often

every-day = { $count ->
    [1] al día
   *[other] cada { $count } días
}
every-week = { $count ->
    [1] a la semana
   *[other] cada { $count } semanas
}
every-month = { $count ->
    [1] al mes
   *[other] cada { $count } meses
}
every-year = { $count ->
    [1] al año
   *[other] cada { $count } años
}
price-per = { $price } { $interval }

## The offer

your-order = Su pedido
choose-option = Elija una opción
show-option = Mostrar esta opción
free = Gratis
you-choose = Usted elige
from-price = Desde { $price }
pay-what-you-want = Pague lo que quiera
original-price = Precio original:
discounted-price = Ahora:
plus-usage = más el consumo
included = Qué incluye
pictures = Imágenes de { $name }
picture = Imagen { $number } de { $name }

name-your-price = Su precio
update-total = Actualizar el total
amount-at-least = Al menos { $least }
amount-between = Entre { $least } y { $most }
amount-nothing-or-at-least = Nada, o al menos { $least }
amount-nothing-or-between = Nada, o entre { $least } y { $most }

## Seats

seats = Licencias
seats-fewer = Una licencia menos
seats-more = Una licencia más
seats-count = { $count ->
    [one] { $count } licencia
   *[other] { $count } licencias
}
seats-at-least = { $least ->
    [one] Al menos { $least } licencia
   *[other] Al menos { $least } licencias
}
seats-between = Entre { $least } y { $most } licencias
seats-exactly = { $count ->
    [one] Exactamente { $count } licencia
   *[other] Exactamente { $count } licencias
}
per-seat = { $price } por licencia
tiers = Precio por licencia
tiers-volume = El número de licencias decide el precio de cada una.
tiers-graduated = Las licencias de cada tramo cuestan el precio de ese tramo.
tier-range = De { $from } a { $to }
tier-open = { $from } o más

## Usage

usage = Se factura según el consumo
usage-unit = { $price } por unidad
usage-per = { $price } por { $unit }
usage-tokens = { $price } por millón de tokens
usage-cap = como máximo { $price } por periodo de facturación

## Trials

trial-days = { $count ->
    [one] { $count } día gratis
   *[other] { $count } días gratis
}
trial-weeks = { $count ->
    [one] { $count } semana gratis
   *[other] { $count } semanas gratis
}
trial-months = { $count ->
    [one] { $count } mes gratis
   *[other] { $count } meses gratis
}
trial-years = { $count ->
    [one] { $count } año gratis
   *[other] { $count } años gratis
}
trial-after = Después { $price }
trial-first-charge = El primer cobro es el { $date }.
due-on = A pagar el { $date }
no-trial = Continuar sin prueba

## Discounts

discount-code = Código de descuento
apply = Aplicar
discount-remove = Quitar el descuento { $name }
discount-named = Descuento: { $name }
discount-once = en el primer pago
discount-months = { $count ->
    [one] durante { $count } mes
   *[other] durante { $count } meses
}
first-days = { $count ->
    [one] el primer día
   *[other] los primeros { $count } días
}
first-weeks = { $count ->
    [one] la primera semana
   *[other] las primeras { $count } semanas
}
first-months = { $count ->
    [one] el primer mes
   *[other] los primeros { $count } meses
}
first-years = { $count ->
    [one] el primer año
   *[other] los primeros { $count } años
}
first-then = { $first }, después { $full } { $interval }
now-then = { $now } { $first } y luego { $full } { $interval }

## Contact and card

your-details = Sus datos
contact = Contacto
email = Correo electrónico
email-locked = Es la dirección de su cuenta de cliente.
full-name = Nombre completo
payment = Pago
test-warning = Modo de prueba: no use una tarjeta real.
test-card = Esta paga, con cualquier fecha futura y tres cifras cualesquiera:
test-fill = Rellenar con esta tarjeta
test-more = Más tarjetas de prueba
test-declined = es rechazada
test-funds = no tiene fondos suficientes
test-secure = pide 3-D Secure
test-later = es aceptada y después falla
card-number = Número de tarjeta
card-expiry = Fecha de caducidad
card-expiry-form = MM / AA
card-cvc = Código de seguridad
card-name = Nombre en la tarjeta

## Address and business

billing-address = Dirección de facturación
country = País
choose-country = Elija un país
use-country = Usar este país
line1 = Dirección
line2 = Piso, puerta
city = Ciudad
state = Estado
province = Provincia
region = Región
postal-code = Código postal
zip-code = Código ZIP
postcode = Código postal
choose = Elija
is-business = Compro para una empresa
show-business = Mostrar los campos para empresas
business-name = Nombre de la empresa
tax-id = NIF-IVA o número fiscal
more-details = Más datos

## Amounts and the button

subtotal = Subtotal
tax = Impuestos
tax-vat = IVA
tax-gst = GST
tax-hst = HST
tax-consumption = Impuesto sobre el consumo
tax-sales = Impuesto sobre ventas
tax-rated = { $tax } ({ $rate })
tax-included = Incluye { $tax }
tax-reverse = { $tax }: lo declara usted (inversión del sujeto pasivo)
tax-later = según su dirección
total = Total
due-today = A pagar hoy
amount-due = Importe pendiente
balance-used = Pagado con su saldo
balance-owed = Pendiente de antes
order-keeps-card = Su tarjeta se guarda y los próximos pagos de esta suscripción se cargarán en ella.
pay = Pagar { $total }
subscribe = Suscribirse
get-free = Obtener gratis
start-trial = Empezar la prueba
processing = Procesando…
terms-plain = Paga { $total } { $interval } hasta que cancele.
terms-trial = Hoy no paga nada. El { $date } paga { $total } y después lo mismo { $interval } hasta que cancele.
terms-trial-discount = Hoy no paga nada. A partir del { $date } paga { $now } { $first } y después { $full } { $interval } hasta que cancele.
terms-discount = Paga { $now } { $first } y después { $full } { $interval } hasta que cancele.
terms-usage = Su consumo se factura { $interval } hasta que cancele.
terms-card = Su tarjeta se guarda y los pagos se cargan en ella automáticamente.
plus-tax = { $amount } más impuestos

## What is wrong

please-check = Revise:
error-field = Revise este campo.
error-product = Esta opción no está disponible. Elija otra.
error-not-sold = Esto ya no se vende a este precio. Empiece de nuevo desde la tienda.
error-amount = Escriba un importe, por ejemplo { $example }.
error-seats = Escriba un número entero de licencias.
error-email-missing = Escriba su correo electrónico.
error-email = Escriba un correo electrónico completo, como name@example.com.
error-country = Elija su país.
error-line1 = Escriba su dirección.
error-city = Escriba su ciudad.
error-state = Elija una opción de la lista.
error-postal-code = Escriba su código postal.
error-business-name = Escriba el nombre de su empresa.
error-tax-id = Este número fiscal no es válido en el país elegido. Revíselo o deje el campo vacío.
error-address-tax = No se pueden calcular los impuestos para esta dirección. Revísela.
error-discount = Este código no sirve aquí. Revíselo o continúe sin él.
error-discount-limit = Ya ha usado este descuento todas las veces posibles. Quítelo para continuar.
error-discount-ended = Este descuento ha terminado. Quítelo para continuar.

error-card-number-missing = Escriba el número de su tarjeta.
error-card-number = No es un número de tarjeta. Revise las cifras.
error-card-real = Este es un entorno de pruebas: solo acepta tarjetas de prueba y aquí no debe escribirse ninguna tarjeta real. Use 4242 4242 4242 4242.
error-card-expiry = Escriba la caducidad como mes y año, por ejemplo 12 / 34.
error-card-expired = Esta tarjeta ha caducado. Revise la fecha o use otra tarjeta.
error-card-cvc = Escriba las tres cifras del código de seguridad del reverso de la tarjeta.
error-card-cvc-front = Escriba las cuatro cifras del código de seguridad del anverso de la tarjeta.
error-card-unread = No se ha podido leer la tarjeta en este momento. Inténtelo de nuevo.
card-missing = Escriba los datos de su tarjeta. Si no ve campos para ellos, vuelva a cargar esta página.
card-needs-script = Los pagos con tarjeta necesitan JavaScript. Actívelo en su navegador y vuelva a cargar esta página.
card-unloaded = No se ha podido cargar el formulario de pago. No se ha cobrado nada. Compruebe su conexión y su bloqueador de contenido.
load-again = Cargar de nuevo

error-answer-missing = Este dato es necesario.
error-answer-tick = Marque esta casilla para continuar.
error-answer-number = Escriba un número entero.
error-answer-at-least = Escriba { $least } o más.
error-answer-at-most = Escriba { $most } o menos.
error-answer-short = { $count ->
    [one] Escriba al menos { $count } carácter.
   *[other] Escriba al menos { $count } caracteres.
}
error-answer-long = { $count ->
    [one] Escriba como máximo { $count } carácter.
   *[other] Escriba como máximo { $count } caracteres.
}
error-answer-date = Escriba una fecha.
error-answer-from = Elija el { $date } o después.
error-answer-until = Elija el { $date } o antes.
error-answer-choice = Elija una de las opciones.

declined = Su tarjeta ha sido rechazada. No se ha cobrado nada. Pruebe con otra tarjeta o pregunte a su banco.
declined-funds = No hay suficiente dinero en esta tarjeta. No se ha cobrado nada. Pruebe con otra tarjeta.
declined-expired = Esta tarjeta ha caducado. No se ha cobrado nada. Pruebe con otra tarjeta.
declined-cvc = El código de seguridad no es correcto. No se ha cobrado nada. Revise el código de su tarjeta e inténtelo de nuevo.
declined-processing = El pago ha sido rechazado por un fallo. No se ha cobrado nada. Inténtelo de nuevo en un momento.
declined-approval = El pago no se ha aprobado con su banco. No se ha cobrado nada. Inténtelo de nuevo o use otra tarjeta.
declined-number = El número de tarjeta no es correcto. No se ha cobrado nada. Revise el número de su tarjeta e inténtelo de nuevo.
declined-unsupported = Esta tarjeta no se puede usar para este pago. No se ha cobrado nada. Pruebe con otra tarjeta.
declined-unfinished = El pago no se ha terminado. No se ha cobrado nada. Inténtelo de nuevo o use otra tarjeta.

in-flight = Su pago ya se está procesando. Espere un momento y recargue esta página.
too-often = Demasiados intentos. Inténtelo de nuevo en un momento.
too-many-codes = Demasiados códigos de descuento eran incorrectos. Espere unos segundos e inténtelo de nuevo, o continúe sin código.
too-many-declines = Se han rechazado demasiados pagos. No se ha cobrado nada. Espere unos minutos e inténtelo de nuevo.
total-changed = El total ha cambiado. No se ha cobrado nada. Revíselo y después pague.
discount-changed = El descuento ha terminado o ha cambiado, por eso el total es otro. No se ha cobrado nada. Revíselo y después pague.
already-subscribed = Ya tiene aquí una suscripción activa, así que no se ha cobrado nada.
trial-used = Ya ha tenido aquí una prueba gratuita. Puede continuar sin ella; el primer pago será hoy.
not-ready = Esta tienda no puede aceptar pagos en este momento. No se ha cobrado nada.
other-error = No ha funcionado. No se ha cobrado nada. Recargue esta página e inténtelo de nuevo.
our-fault = Algo ha fallado por nuestra parte. Recargue esta página para ver si el pago se ha realizado.
offline = No hemos podido conectar con el servidor. Recargue esta página para ver si ha pagado.

## After paying

processing-title = Procesando su pago
processing-body = Tarda unos segundos. Deje abierta esta página; avanza por sí sola.
bank-title = Un paso más
bank-body = Su banco quiere asegurarse de que es usted. Apruebe el pago en la página siguiente.
bank-continue = Continuar a su banco
bank-here = Su banco quiere asegurarse de que es usted. Apruebe el pago en la ventana de su banco.
another-card = Usar otra tarjeta
thanks-title = Gracias por su pedido
order-summary = Resumen del pedido
order-number = Número de pedido
order-date = Fecha
next-payment = Próximo pago
paid = Pagado
renews = Su suscripción se renueva por { $total } { $interval }.
renews-after-trial = Su prueba termina el { $date }. Después paga { $total } { $interval } hasta que cancele.
return-to = Volver a { $name }
reopened-title = El pago no se ha realizado
try-again = Intentar de nuevo
order-paid-title = Este pedido está pagado
order-paid-body = No queda nada por pagar.
failed-title = El pago ha fallado
failed-body = No se ha cobrado nada. Vuelva a la tienda y empiece de nuevo desde allí.

## Other pages

unknown-title = No encontramos este pago
unknown-body = Puede que el enlace esté incompleto o ya no sea válido. Vuelva a la tienda y empiece de nuevo desde allí. No se ha cobrado nada.
no-order-title = No encontramos este pedido
no-order-body = Puede que el enlace esté incompleto o ya no sea válido. Ábralo exactamente como lo recibió o pida uno nuevo a la tienda.
order-void-title = Este pedido se ha cancelado
order-void-body = No tiene que pagarlo.
order-not-due-title = Este pedido todavía no se puede pagar
order-not-due-body = La tienda no ha solicitado este pago. Pregunte a la tienda si esperaba pagar.
order-attempts-spent-title = Este pedido ya no se puede pagar aquí
order-attempts-spent-body = Se ha intentado pagar demasiadas veces. Póngase en contacto con la tienda.
no-link-title = Este enlace ya no funciona
no-link-body = Puede que esté incompleto o que la tienda lo haya retirado. Pida uno nuevo a la tienda.
not-here-title = Este pago no se puede mostrar aquí
not-here-body = La tienda no permite que el sitio web del que viene muestre su pago. Ábralo desde la propia tienda.
unsigned-title = Este enlace está incompleto
unsigned-body = Falta una parte de su dirección o se ha cambiado. Ábralo exactamente como lo recibió o pida uno nuevo a la tienda.
not-for-sale-title = Esto no está a la venta en este momento
not-for-sale-body = La tienda ha suspendido lo que vende este enlace o no lo vende en su país. No se ha cobrado nada.
close-checkout = Cerrar
front-title = Till está en marcha
front-body = Esta es la dirección de un servidor de pagos. Los programas usan su API en /v1; los compradores llegan aquí por el enlace de su pago.
front-demo = Probar una compra de demostración
front-dashboard = Panel de control
front-reference = Referencia de la API
nowhere-title = Página no encontrada
nowhere-body = Revise la dirección o vuelva al lugar de donde venía.
expired-title = Este pago ha caducado
expired-body = Por su seguridad, un pago solo permanece abierto un tiempo limitado. Vuelva a la tienda y empiece de nuevo desde allí.
too-often-title = Demasiadas solicitudes
too-often-body = Han llegado demasiadas solicitudes desde su red. Espere un momento y vuelva a cargar esta página.
trouble-title = Algo ha fallado por nuestra parte
trouble-body = Recargue esta página en un momento. Si estaba pagando, mostrará si el pago se ha realizado.
reference = Si pide ayuda, indique este número:

## The test bank

test-bank = Banco de prueba
test-bank-title = Apruebe su pago
test-bank-ask = ¿Es usted?
test-bank-body = Esta página representa aquella en la que un banco pregunta a su cliente (3‑D Secure). No se mueve dinero.
merchant = Comercio
card = Tarjeta
amount = Importe
purpose = Finalidad
save-card = Guardar la tarjeta
approve = Aprobar
refuse = Rechazar

## The customer portal

portal-skip = Ir al contenido
portal-pages = Páginas
portal-open = Abrir su cuenta
portal-overview = Resumen
portal-orders = Pedidos
portal-subscriptions = Suscripciones
portal-cards = Métodos de pago
portal-details = Datos de facturación
portal-signed-in = Sesión iniciada como { $email }
portal-sign-out = Cerrar sesión
portal-sign-in = Iniciar sesión
portal-sign-in-body = Escriba la dirección de correo con la que compró. Recibirá un código para iniciar sesión.
portal-send-code = Enviar el código
portal-code-title = Revise su correo
portal-code-body = Si alguien ha comprado aquí con { $email }, un código va en camino a esa dirección. Sirve una vez, durante 30 minutos.
portal-code = Código
portal-code-again = Enviar otro código
portal-other-email = Usar otra dirección de correo
portal-code-missing = Escriba las seis letras y cifras del código.
portal-code-wrong = Este código es incorrecto o ya no sirve. Compruébelo o pida otro.
portal-no-mail = Esta tienda no envía correo, por lo que no puede iniciar sesión aquí. Abra esta página desde la tienda.
portal-test-mail = Modo de prueba: la tienda encuentra los códigos en su panel, en «Mail».
portal-signed-out = Su sesión ha terminado o su enlace ya no sirve. Inicie sesión para continuar.
portal-choose = Elija una cuenta
portal-account = Cuenta
portal-foreign-title = No se ha cambiado nada
portal-foreign-body = Este formulario no procede de una página de este servidor. Vuelva atrás, cargue de nuevo la página y envíelo otra vez.
portal-saved = Guardado.
portal-changed = Su suscripción se ha cambiado.
portal-moved = Algo ha cambiado desde que se mostró esta página. Compruébelo y decida de nuevo.
portal-not-possible = No es posible en el estado actual de la suscripción.
portal-state = Estado
portal-save = Guardar
portal-latest = Últimos pedidos
portal-all-orders = Todos los pedidos
portal-newer = Más recientes
portal-older = Anteriores
portal-no-orders = Todavía no hay pedidos.
portal-no-subscriptions = No hay ninguna suscripción.
portal-benefits = Beneficios
portal-no-benefits = Todavía no hay beneficios.
portal-all-benefits = Todos los beneficios
portal-files = Archivos: { $count }
portal-key = Clave de licencia
portal-key-expires = Válida hasta
portal-key-used = Usos
portal-key-usage = { $used } de { $total }
portal-key-expired = Caducada
portal-key-blocked = Bloqueada por la tienda
portal-key-activations = Activaciones
portal-key-not-activated = No está activada en ningún sitio.
portal-key-activated-on = Activada el { $date }
portal-key-deactivated = La activación se ha eliminado.
portal-downloads = Descargas
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Consumo
portal-no-usage = Todavía no se ha consumido nada.
portal-usage-used = Consumido
portal-usage-credited = Abonado
portal-usage-balance = Saldo
portal-usage-charge = Consumo hasta ahora
portal-usage-more = Se añadirá lo que se consuma hasta entonces.
portal-no-cards = No hay ninguna tarjeta guardada.
portal-order-due = Pago pendiente
portal-order-void = Anulado
portal-order-refunded = Reembolsado
portal-order-partly-refunded = Reembolsado en parte
portal-pay-order = Pagar { $total } por { $name }
portal-invoice = Descargar la factura
portal-receipt = Descargar el recibo
portal-invoice-needs = Una factura necesita su nombre y su dirección. Rellénelos abajo.
portal-billed-to = Facturado a
portal-billing-name = Nombre en las facturas
portal-country-fixed = Ya no se puede cambiar, porque el impuesto depende de ello.
portal-active = Activa
portal-trialing = Prueba gratuita
portal-past-due = Pago fallido
portal-past-due-body = El último pago ha fallado. Pague ahora para que la suscripción continúe.
portal-paused = En pausa
portal-ended = Finalizada
portal-ended-on = Finalizó el { $date }
portal-ends-on = Finaliza el { $date }
portal-renews-on = Se renueva el { $date }
portal-trial-until = Gratis hasta el { $date }
portal-pauses-on = Se pausa el { $date }
portal-resumes-on = En pausa hasta el { $date }
portal-price = Precio
portal-since = Desde
portal-pending = El { $date } entra en vigor un cambio.
portal-pending-plan = El plan cambia a { $name } el { $date }.
portal-pending-seats = Licencias desde el { $date }: { $count }
portal-plan = Plan
portal-plan-now = Su plan actual
portal-plan-change = Cambiar de plan
portal-plan-choose = Elija un plan distinto del que tiene.
portal-plan-unavailable = No se puede elegir para su suscripción.
portal-plan-by-seat = Este plan se vende por licencias y no puede cambiar a él por su cuenta. Póngase en contacto con la tienda.
portal-seats-change = Cambiar las licencias
portal-seats-same = Ese es el número de licencias que tiene.
portal-seats-bounds = Este número de licencias no es posible.
portal-preview = Ver cuánto cuesta
portal-confirm = Confirmar el cambio
portal-leave-it = Dejarlo como está
portal-due-now = A pagar ahora
portal-nothing-now = Ahora no se cobra nada.
portal-next-on = Próximo pago el { $date }
portal-applies-on = El cambio entra en vigor el { $date }.
portal-card-charged = Se cobra en su tarjeta guardada. Hasta que confirme, el importe aún puede variar unos céntimos.
portal-card-missing = No hay ninguna tarjeta guardada, así que no se puede cobrar. Añada primero una tarjeta.
portal-charge-failed = El cobro ha fallado, así que no ha cambiado nada. Compruebe su tarjeta o añada otra.
portal-credited = Abonado a su saldo
portal-cancel = Cancelar la suscripción
portal-cancel-body = La suscripción sigue activa hasta el { $date } y después no se renueva. Hasta entonces puede cambiar de opinión.
portal-cancel-why = ¿Por qué cancela?
portal-cancel-comment = ¿Quiere contarle algo más a la tienda?
portal-why-service = La atención no era suficientemente buena
portal-why-quality = La calidad no era suficientemente buena
portal-why-features = Falta algo que necesito
portal-why-switched = Uso otra cosa
portal-why-complex = Es demasiado complicado
portal-why-expensive = Es demasiado caro
portal-why-unused = No lo uso lo suficiente
portal-why-other = Otro motivo
portal-uncancel = Continuar la suscripción
portal-pause = Pausar la suscripción
portal-pause-body = La suscripción sigue activa hasta el { $date }. Después no se cobra nada hasta que se reanude.
portal-pause-until = Reanudar automáticamente el
portal-date-after = Elija un día posterior al { $date }.
portal-unpause = No pausar
portal-resume = Reanudar la suscripción
portal-resume-body = Un nuevo período empieza ahora y se cobra.
portal-discard = Retirar el cambio
portal-discard-body = La suscripción sigue como está cuando empiece el próximo período.
portal-add-card = Añadir una tarjeta
portal-save-card = Guardar la tarjeta
portal-card-added = La tarjeta está guardada.
portal-card-removed = La tarjeta se ha eliminado.
portal-card-kept = Ahora no se cobra nada. Los próximos pagos de sus suscripciones pueden cobrarse en esta tarjeta.
portal-card-ends = Caduca { $date }
portal-card-needed = Esta tarjeta hace falta para una suscripción. Añada antes otra.
portal-default = Predeterminada
portal-make-default = Usar como predeterminada
portal-offline = No hemos podido contactar con el servidor. Vuelva a cargar esta página para ver si se guardó la tarjeta.
portal-details-body = Estos datos figuran en sus próximas facturas. Las anteriores no cambian.
portal-email-body = Su cuenta usa { $email }. Enviaremos a la nueva dirección un enlace que confirma el cambio.
portal-email-new = Nueva dirección de correo
portal-email-send = Enviar el enlace
portal-email-sent = Un enlace va en camino a la nueva dirección. Ábralo para confirmar el cambio.
portal-email-same = Esa ya es su dirección de correo.
portal-email-confirm = Confirme su dirección de correo
portal-email-confirm-body = Su cuenta en { $shop } usará { $email } a partir de ahora.
portal-email-use = Usar esta dirección
portal-email-changed = Su dirección de correo se ha cambiado.
portal-email-gone = Este enlace ya se ha usado o ya no sirve. Pida otro en su cuenta.
portal-email-taken = Otra cuenta de esta tienda ya tiene esta dirección. No se ha cambiado nada.
portal-data = Descargar mis datos y documentos
portal-seats-used = Licencias: { $used } de { $total } en uso
portal-no-seats = Nadie tiene una licencia todavía.
portal-seat-pending = Invitación enviada
portal-seat-held = Aceptada
portal-seat-again = Volver a enviar la invitación
portal-seat-revoke = Retirar la licencia
portal-seat-invite = Invitar a alguien
portal-seat-invite-body = Recibirá un correo con un enlace para aceptar la licencia.
portal-seat-send = Enviar la invitación
portal-seat-invited = La invitación va en camino.
portal-seat-free = La licencia vuelve a estar libre.
portal-seats-full = Todas las licencias están en uso.
portal-seat-taken = Esta persona ya tiene una licencia o ya está invitada.
portal-seat-changed = La licencia ha cambiado entretanto. Revísela de nuevo.
portal-seat-claim = Aceptar la licencia
portal-seat-claim-body = Una licencia de { $product } en { $shop } está reservada para { $email }.
portal-seat-claimed = La licencia es suya.
portal-seat-gone = Esta invitación ya se ha usado o ya no sirve. Pida otra a quien le invitó.

## Letters

mail-order-subject = Su pedido en { $shop }
mail-order-body = Gracias por su pedido. Este es el resumen.
mail-subscribed-subject = Su suscripción a { $product }
mail-subscribed-body = Gracias. Su suscripción ha comenzado.
mail-trial-body = Su prueba gratuita ha comenzado. Termina el { $date }; después pasa a ser una suscripción de pago, salvo que la cancele antes.
mail-renewed-subject = Su suscripción a { $product } se ha renovado
mail-renewed-body = Su suscripción se ha renovado y está pagada hasta el { $date }.
mail-converted-subject = Su prueba de { $product } es ahora una suscripción
mail-converted-body = Su prueba ha terminado. Su suscripción está pagada hasta el { $date }.
mail-past-due-subject = El pago de { $product } ha fallado
mail-past-due-body = No hemos podido cobrar el período actual en su tarjeta. Pague ahora para que su suscripción continúe.
mail-usage-unpaid-body = No hemos podido cobrar su consumo en su tarjeta. Pague ahora, por favor.
mail-canceled-subject = Su suscripción a { $product } se ha cancelado
mail-canceled-body = Su suscripción sigue activa hasta el { $date }. Después no se renueva.
mail-uncanceled-subject = Su suscripción a { $product } continúa
mail-uncanceled-body = Se ha retirado la cancelación y su suscripción se renueva como antes.
mail-revoked-subject = Su suscripción a { $product } ha terminado
mail-revoked-body = Su suscripción ha terminado y ya no se renueva.
mail-paused-subject = Su suscripción a { $product } está en pausa
mail-paused-body = Mientras su suscripción está en pausa no se cobra nada.
mail-paused-until-body = Mientras su suscripción está en pausa no se cobra nada. Se reanuda el { $date }.
mail-resumed-subject = Su suscripción a { $product } se ha reanudado
mail-resumed-body = Su suscripción vuelve a estar activa.
mail-updated-subject = Su suscripción a { $product } ha cambiado
mail-updated-body = El cambio se aplica desde ahora.
mail-renewal-subject = Su suscripción a { $product } se renueva pronto
mail-renewal-body = Su suscripción se renueva el { $date }. Hasta entonces puede cambiarla o cancelarla.
mail-trial-ends-subject = Su prueba de { $product } termina pronto
mail-trial-ends-body = Su prueba gratuita termina el { $date }; después pasa a ser una suscripción de pago, salvo que la cancele antes.
mail-card-subject = Su tarjeta caduca pronto
mail-card-body = La tarjeta con la que paga su suscripción en { $shop } caduca pronto. Añada otra para que su suscripción continúe.
mail-discount = Descuento
mail-code-subject = Su código para { $shop }
mail-code-body = Escriba este código para iniciar sesión. Sirve una vez, durante { $count } minutos.
mail-code-ignore = Si no ha pedido este código, ignore este correo y no dé el código a nadie.
mail-email-subject = Confirme su nueva dirección de correo para { $shop }
mail-email-body = Alguien ha pedido usar esta dirección para una cuenta. Abra el enlace para confirmarla. Sirve una vez, durante { $count } minutos.
mail-email-ignore = Si no lo ha pedido, ignore este correo. No se cambiará nada.
mail-email-changed-subject = Su dirección de correo en { $shop } se ha cambiado
mail-email-changed-body = Los correos y códigos de su cuenta en { $shop } se envían ahora a otra dirección.
mail-email-changed-warning = Si no la ha cambiado usted, avise a la tienda de inmediato.
mail-seat-subject = Su licencia de { $product } en { $shop }
mail-seat-body = Le han invitado a usar { $product } de { $shop }. Abra el enlace para aceptar su licencia.
mail-seat-life = El enlace sirve una vez, durante { $count } horas.
mail-seat-ignore = Si no lo esperaba, ignore este correo. No se cambiará nada.
mail-questions = ¿Tiene alguna pregunta? Responda a este correo.
mail-footer = Recibe este correo porque ha comprado algo en { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Factura
doc-receipt = Recibo
doc-credit-note = Nota de crédito
doc-invoice-number = Número de factura
doc-receipt-number = Número de recibo
doc-credit-note-number = Número de nota de crédito
doc-issued = Fecha de emisión
doc-paid-date = Fecha de pago
doc-bill-to = Facturar a
doc-due = { $total } a pagar
doc-paid = { $total } pagados el { $date }
doc-refunded = { $total } reembolsados el { $date }
doc-description = Descripción
doc-quantity = Cant.
doc-unit-price = Precio unitario
doc-amount = Importe
doc-discount = Descuento
doc-net = Total sin impuestos
doc-tax-total = Total de impuestos
doc-reverse-charge = Inversión del sujeto pasivo: el cliente liquida el impuesto.
doc-payments = Historial de pagos
doc-method = Método de pago
doc-date = Fecha
doc-amount-paid = Importe pagado
doc-refunds = Reembolsos
doc-amount-refunded = Importe reembolsado
doc-total-refunded = Total reembolsado
doc-balance = Saldo del cliente
doc-refund-of = Reembolso de la factura { $number }
doc-page = Página { $page } de { $pages }
