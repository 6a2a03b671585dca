## Around every page

test-mode = Modo de teste
skip-to-form = Ir para o formulário
back-to = Voltar a { $name }
shop-links = Informações legais e apoio
shop-terms = Termos
shop-privacy = Privacidade
shop-refunds = Reembolsos
shop-support = Apoio
optional = (opcional)
update = Atualizar
remove = Remover

## How often

every-day = { $count ->
    [1] por dia
   *[other] a cada { $count } dias
}
every-week = { $count ->
    [1] por semana
   *[other] a cada { $count } semanas
}
every-month = { $count ->
    [1] por mês
   *[other] a cada { $count } meses
}
every-year = { $count ->
    [1] por ano
   *[other] a cada { $count } anos
}
price-per = { $price } { $interval }

## The offer

your-order = A sua encomenda
choose-option = Escolha uma opção
show-option = Mostrar esta opção
free = Grátis
you-choose = A escolha é sua
from-price = A partir de { $price }
pay-what-you-want = Pague o que quiser
original-price = Preço original:
discounted-price = Agora:
plus-usage = mais o consumo
included = O que está incluído
pictures = Imagens de { $name }
picture = Imagem { $number } de { $name }

name-your-price = O seu preço
update-total = Atualizar o total
amount-at-least = Pelo menos { $least }
amount-between = Entre { $least } e { $most }
amount-nothing-or-at-least = Nada, ou pelo menos { $least }
amount-nothing-or-between = Nada, ou entre { $least } e { $most }

## Seats

seats = Lugares
seats-fewer = Menos um lugar
seats-more = Mais um lugar
seats-count = { $count ->
    [one] { $count } lugar
   *[other] { $count } lugares
}
seats-at-least = { $least ->
    [one] Pelo menos { $least } lugar
   *[other] Pelo menos { $least } lugares
}
seats-between = Entre { $least } e { $most } lugares
seats-exactly = { $count ->
    [one] Exatamente { $count } lugar
   *[other] Exatamente { $count } lugares
}
per-seat = { $price } por lugar
tiers = Preço por lugar
tiers-volume = O número de lugares decide quanto custa cada um.
tiers-graduated = Os lugares de cada escalão custam o preço desse escalão.
tier-range = De { $from } a { $to }
tier-open = { $from } ou mais

## Usage

usage = Faturado pelo consumo
usage-unit = { $price } por unidade
usage-per = { $price } por { $unit }
usage-tokens = { $price } por milhão de tokens
usage-cap = no máximo { $price } por período de faturação

## Trials

trial-days = { $count ->
    [one] { $count } dia grátis
   *[other] { $count } dias grátis
}
trial-weeks = { $count ->
    [one] { $count } semana grátis
   *[other] { $count } semanas grátis
}
trial-months = { $count ->
    [one] { $count } mês grátis
   *[other] { $count } meses grátis
}
trial-years = { $count ->
    [one] { $count } ano grátis
   *[other] { $count } anos grátis
}
trial-after = Depois { $price }
trial-first-charge = A primeira cobrança será a { $date }.
due-on = A pagar a { $date }
no-trial = Continuar sem período experimental

## Discounts

discount-code = Código de desconto
apply = Aplicar
discount-remove = Remover o desconto { $name }
discount-named = Desconto: { $name }
discount-once = no primeiro pagamento
discount-months = { $count ->
    [one] durante { $count } mês
   *[other] durante { $count } meses
}
first-days = { $count ->
    [one] no primeiro dia
   *[other] nos primeiros { $count } dias
}
first-weeks = { $count ->
    [one] na primeira semana
   *[other] nas primeiras { $count } semanas
}
first-months = { $count ->
    [one] no primeiro mês
   *[other] nos primeiros { $count } meses
}
first-years = { $count ->
    [one] no primeiro ano
   *[other] nos primeiros { $count } anos
}
first-then = { $first }, depois { $full } { $interval }
now-then = { $now } { $first } e, em seguida, { $full } { $interval }

## Contact and card

your-details = Os seus dados
contact = Contacto
email = E-mail
email-locked = Este é o endereço da sua conta de cliente.
full-name = Nome completo
payment = Pagamento
test-warning = Modo de teste: não utilize um cartão real.
test-card = Este paga, com qualquer data futura e três algarismos quaisquer:
test-fill = Preencher com este cartão
test-more = Mais cartões de teste
test-declined = é recusado
test-funds = não tem saldo suficiente
test-secure = pede 3-D Secure
test-later = é aceite e depois falha
card-number = Número do cartão
card-expiry = Validade
card-expiry-form = MM / AA
card-cvc = Código de segurança
card-name = Nome no cartão

## Address and business

billing-address = Morada de faturação
country = País
choose-country = Escolha um país
use-country = Utilizar este país
line1 = Morada
line2 = Andar, porta
city = Localidade
state = Estado
province = Província
region = Região
postal-code = Código postal
zip-code = Código ZIP
postcode = Código postal
choose = Escolha
is-business = Estou a comprar para uma empresa
show-business = Mostrar os campos para empresas
business-name = Nome da empresa
tax-id = NIF ou número de IVA
more-details = Mais informações

## Amounts and the button

subtotal = Subtotal
tax = Impostos
tax-vat = IVA
tax-gst = GST
tax-hst = HST
tax-consumption = Imposto sobre o consumo
tax-sales = Imposto sobre vendas
tax-rated = { $tax } ({ $rate })
tax-included = Inclui { $tax }
tax-reverse = { $tax }: é liquidado por si (autoliquidação)
tax-later = conforme a sua morada
total = Total
due-today = A pagar hoje
amount-due = Valor em dívida
balance-used = Pago com o seu saldo
balance-owed = Transitado de antes
order-keeps-card = O seu cartão é guardado e os próximos pagamentos desta subscrição serão cobrados nele.
pay = Pagar { $total }
subscribe = Subscrever
get-free = Obter grátis
start-trial = Iniciar o período experimental
processing = A processar…
terms-plain = Paga { $total } { $interval } até cancelar.
terms-trial = Hoje não paga nada. A { $date } paga { $total }, depois o mesmo valor { $interval } até cancelar.
terms-trial-discount = Hoje não paga nada. A partir de { $date } paga { $now } { $first }, depois { $full } { $interval } até cancelar.
terms-discount = Paga { $now } { $first }, depois { $full } { $interval } até cancelar.
terms-usage = O seu consumo é faturado { $interval } até cancelar.
terms-card = O seu cartão é guardado e os pagamentos são cobrados automaticamente.
plus-tax = { $amount } mais impostos

## What is wrong

please-check = Verifique:
error-field = Verifique este campo.
error-product = Esta opção não está disponível. Escolha outra.
error-not-sold = Isto já não é vendido a este preço. Comece novamente a partir da loja.
error-amount = Introduza um valor, por exemplo { $example }.
error-seats = Introduza um número inteiro de lugares.
error-email-missing = Introduza o seu e-mail.
error-email = Introduza um e-mail completo, como name@example.com.
error-country = Escolha o seu país.
error-line1 = Introduza a sua morada.
error-city = Introduza a sua localidade.
error-state = Escolha uma opção da lista.
error-postal-code = Introduza o seu código postal.
error-business-name = Introduza o nome da sua empresa.
error-tax-id = Este número fiscal não é válido no país escolhido. Verifique-o ou deixe o campo vazio.
error-address-tax = Não é possível calcular os impostos para esta morada. Verifique-a.
error-discount = Este código não funciona aqui. Verifique-o ou continue sem ele.
error-discount-limit = Já utilizou este desconto todas as vezes permitidas. Remova-o para continuar.
error-discount-ended = Este desconto terminou. Remova-o para continuar.

error-card-number-missing = Introduza o número do seu cartão.
error-card-number = Isto não é um número de cartão. Verifique os algarismos.
error-card-real = Este é um ambiente de teste: só aceita cartões de teste e nenhum cartão real deve ser introduzido aqui. Utilize 4242 4242 4242 4242.
error-card-expiry = Introduza a validade como mês e ano, por exemplo 12 / 34.
error-card-expired = Este cartão expirou. Verifique a data ou utilize outro cartão.
error-card-cvc = Introduza os três algarismos do código de segurança no verso do cartão.
error-card-cvc-front = Introduza os quatro algarismos do código de segurança na frente do cartão.
error-card-unread = Não foi possível ler o cartão neste momento. Tente novamente.
card-missing = Introduza os dados do seu cartão. Se não vir os campos, recarregue esta página.
card-needs-script = Os pagamentos com cartão precisam de JavaScript. Ative-o no seu navegador e recarregue esta página.
card-unloaded = Não foi possível carregar o formulário de pagamento. Nada foi cobrado. Verifique a sua ligação e o seu bloqueador de conteúdos.
load-again = Carregar novamente

error-answer-missing = Esta informação é necessária.
error-answer-tick = Assinale esta caixa para continuar.
error-answer-number = Introduza um número inteiro.
error-answer-at-least = Introduza { $least } ou mais.
error-answer-at-most = Introduza { $most } ou menos.
error-answer-short = { $count ->
    [one] Escreva pelo menos { $count } carácter.
   *[other] Escreva pelo menos { $count } caracteres.
}
error-answer-long = { $count ->
    [one] Escreva no máximo { $count } carácter.
   *[other] Escreva no máximo { $count } caracteres.
}
error-answer-date = Introduza uma data.
error-answer-from = Escolha { $date } ou depois.
error-answer-until = Escolha { $date } ou antes.
error-answer-choice = Escolha uma das opções.

declined = O seu cartão foi recusado. Nada foi cobrado. Tente outro cartão ou contacte o seu banco.
declined-funds = Não há saldo suficiente neste cartão. Nada foi cobrado. Tente outro cartão.
declined-expired = Este cartão expirou. Nada foi cobrado. Tente outro cartão.
declined-cvc = O código de segurança está errado. Nada foi cobrado. Verifique o código no seu cartão e tente novamente.
declined-processing = O pagamento foi recusado devido a uma falha. Nada foi cobrado. Tente novamente dentro de momentos.
declined-approval = O pagamento não foi aprovado no seu banco. Nada foi cobrado. Tente novamente ou utilize outro cartão.
declined-number = O número do cartão está errado. Nada foi cobrado. Verifique o número no seu cartão e tente novamente.
declined-unsupported = Este cartão não pode ser utilizado para este pagamento. Nada foi cobrado. Tente outro cartão.
declined-unfinished = O pagamento não foi terminado. Nada foi cobrado. Tente novamente ou utilize outro cartão.

in-flight = O seu pagamento já está a ser processado. Aguarde um momento e recarregue esta página.
too-often = Demasiadas tentativas. Tente novamente dentro de momentos.
too-many-codes = Demasiados códigos de desconto estavam errados. Aguarde alguns segundos e tente novamente, ou continue sem código.
too-many-declines = Foram recusados demasiados pagamentos. Nada foi cobrado. Aguarde alguns minutos e tente novamente.
total-changed = O total mudou. Nada foi cobrado. Verifique-o e depois pague.
discount-changed = O desconto terminou ou foi alterado, por isso o total mudou. Nada foi cobrado. Verifique-o e depois pague.
already-subscribed = Já tem aqui uma subscrição ativa, por isso nada foi cobrado.
trial-used = Já teve aqui um período experimental gratuito. Pode continuar sem ele; nesse caso, o primeiro pagamento é hoje.
not-ready = Esta loja não pode receber pagamentos neste momento. Nada foi cobrado.
other-error = Não funcionou. Nada foi cobrado. Recarregue esta página e tente novamente.
our-fault = Algo correu mal do nosso lado. Recarregue esta página para ver se o pagamento foi concluído.
offline = Não foi possível contactar o servidor. Recarregue esta página para ver se pagou.

## After paying

processing-title = A processar o seu pagamento
processing-body = Demora alguns segundos. Deixe esta página aberta; avança sozinha.
bank-title = Mais um passo
bank-body = O seu banco quer ter a certeza de que é o próprio. Aprove o pagamento na página seguinte.
bank-continue = Continuar para o banco
bank-here = O seu banco quer ter a certeza de que é o próprio. Aprove o pagamento na janela do banco.
another-card = Utilizar outro cartão
thanks-title = Obrigado pela sua encomenda
order-summary = Resumo da encomenda
order-number = Número da encomenda
order-date = Data
next-payment = Próximo pagamento
paid = Pago
renews = A sua subscrição renova-se por { $total } { $interval }.
renews-after-trial = O seu período experimental termina a { $date }. Depois paga { $total } { $interval } até cancelar.
return-to = Voltar a { $name }
reopened-title = O pagamento não foi concluído
try-again = Tentar novamente
order-paid-title = Esta encomenda está paga
order-paid-body = Não há mais nada a pagar.
failed-title = O pagamento falhou
failed-body = Nada foi cobrado. Volte à loja e comece novamente a partir daí.

## Other pages

unknown-title = Não encontramos este pagamento
unknown-body = A ligação pode estar incompleta ou já não ser válida. Volte à loja e comece novamente a partir daí. Nada foi cobrado.
no-order-title = Não encontramos esta encomenda
no-order-body = A ligação pode estar incompleta ou já não ser válida. Abra-a exatamente como a recebeu ou peça uma nova à loja.
order-void-title = Esta encomenda foi cancelada
order-void-body = Não tem de a pagar.
order-not-due-title = Esta encomenda ainda não pode ser paga
order-not-due-body = A loja não pediu este pagamento. Contacte a loja se esperava pagar.
order-attempts-spent-title = Esta encomenda já não pode ser paga aqui
order-attempts-spent-body = Houve demasiadas tentativas de pagamento. Contacte a loja.
no-link-title = Esta ligação já não funciona
no-link-body = Pode estar incompleta, ou a loja retirou-a. Peça uma nova à loja.
not-here-title = Este pagamento não pode ser mostrado aqui
not-here-body = A loja não permite que o site de onde veio mostre o pagamento dela. Abra-o a partir da própria loja.
unsigned-title = Esta ligação está incompleta
unsigned-body = Falta uma parte do endereço ou foi alterada. Abra-a exatamente como a recebeu ou peça uma nova à loja.
not-for-sale-title = Isto não está à venda neste momento
not-for-sale-body = A loja suspendeu o que esta ligação vende, ou não o vende no seu país. Nada foi cobrado.
close-checkout = Fechar
front-title = O Till está a funcionar
front-body = Este é o endereço de um servidor de pagamentos. Os programas utilizam a sua API em /v1; os compradores chegam aqui pela ligação do seu pagamento.
front-demo = Experimentar uma compra de demonstração
front-dashboard = Painel de controlo
front-reference = Referência da API
nowhere-title = Página não encontrada
nowhere-body = Verifique o endereço ou volte ao sítio de onde veio.
expired-title = Este pagamento expirou
expired-body = Para sua segurança, um pagamento fica aberto apenas durante um tempo limitado. Volte à loja e comece novamente a partir daí.
too-often-title = Demasiados pedidos
too-often-body = Chegaram demasiados pedidos da sua rede. Aguarde um momento e volte a carregar esta página.
trouble-title = Algo correu mal do nosso lado
trouble-body = Recarregue esta página dentro de momentos. Se estava a pagar, mostrará se o pagamento foi concluído.
reference = Se pedir ajuda, indique este número:

## The test bank

test-bank = Banco de teste
test-bank-title = Aprove o seu pagamento
test-bank-ask = Confirma que é o próprio?
test-bank-body = Esta página representa aquela em que um banco consulta o seu cliente (3‑D Secure). Nenhum dinheiro é movimentado.
merchant = Comerciante
card = Cartão
amount = Valor
purpose = Finalidade
save-card = Guardar o cartão
approve = Aprovar
refuse = Recusar

## The customer portal

portal-skip = Ir para o conteúdo
portal-pages = Páginas
portal-open = Abrir a sua conta
portal-overview = Visão geral
portal-orders = Encomendas
portal-subscriptions = Subscrições
portal-cards = Métodos de pagamento
portal-details = Dados de faturação
portal-signed-in = Sessão iniciada como { $email }
portal-sign-out = Terminar sessão
portal-sign-in = Iniciar sessão
portal-sign-in-body = Introduza o e-mail com que comprou. Receberá um código para iniciar sessão.
portal-send-code = Enviar o código
portal-code-title = Verifique o seu e-mail
portal-code-body = Se alguém comprou aqui com { $email }, um código está a caminho desse endereço. É válido uma vez, durante 30 minutos.
portal-code = Código
portal-code-again = Enviar outro código
portal-other-email = Usar outro e-mail
portal-code-missing = Introduza as seis letras e algarismos do código.
portal-code-wrong = Este código está errado ou já não é válido. Verifique-o ou peça outro.
portal-no-mail = Esta loja não envia e-mails, por isso não pode iniciar sessão aqui. Abra esta página a partir da loja.
portal-test-mail = Modo de teste: a loja encontra os códigos no seu painel, em «Mail».
portal-signed-out = A sua sessão terminou ou a sua ligação já não é válida. Inicie sessão para continuar.
portal-choose = Escolha uma conta
portal-account = Conta
portal-foreign-title = Nada foi alterado
portal-foreign-body = Este formulário não veio de uma página deste servidor. Volte atrás, recarregue a página e envie-o de novo.
portal-saved = Guardado.
portal-changed = A sua subscrição foi alterada.
portal-moved = Algo mudou desde que esta página foi mostrada. Verifique e decida de novo.
portal-not-possible = Isso não é possível no estado atual da subscrição.
portal-state = Estado
portal-save = Guardar
portal-latest = Últimas encomendas
portal-all-orders = Todas as encomendas
portal-newer = Mais recentes
portal-older = Anteriores
portal-no-orders = Ainda não há encomendas.
portal-no-subscriptions = Não há nenhuma subscrição.
portal-benefits = Benefícios
portal-no-benefits = Ainda não há benefícios.
portal-all-benefits = Todos os benefícios
portal-files = Ficheiros: { $count }
portal-key = Chave de licença
portal-key-expires = Válida até
portal-key-used = Utilizações
portal-key-usage = { $used } de { $total }
portal-key-expired = Expirada
portal-key-blocked = Bloqueada pela loja
portal-key-activations = Ativações
portal-key-not-activated = Não está ativada em lado nenhum.
portal-key-activated-on = Ativada em { $date }
portal-key-deactivated = A ativação foi removida.
portal-downloads = Transferências
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Consumo
portal-no-usage = Ainda não foi consumido nada.
portal-usage-used = Consumido
portal-usage-credited = Creditado
portal-usage-balance = Saldo
portal-usage-charge = Consumo até agora
portal-usage-more = Acresce o que for consumido até lá.
portal-no-cards = Nenhum cartão guardado.
portal-order-due = Por pagar
portal-order-void = Anulada
portal-order-refunded = Reembolsada
portal-order-partly-refunded = Reembolsada em parte
portal-pay-order = Pagar { $total } por { $name }
portal-invoice = Transferir a fatura
portal-receipt = Transferir o recibo
portal-invoice-needs = Uma fatura precisa do seu nome e da sua morada. Preencha-os abaixo.
portal-billed-to = Faturado a
portal-billing-name = Nome nas faturas
portal-country-fixed = Isto já não pode ser alterado, porque o imposto depende disso.
portal-active = Ativa
portal-trialing = Teste gratuito
portal-past-due = Pagamento falhado
portal-past-due-body = O último pagamento falhou. Pague agora para que a subscrição continue.
portal-paused = Em pausa
portal-ended = Terminada
portal-ended-on = Terminou em { $date }
portal-ends-on = Termina em { $date }
portal-renews-on = Renova-se em { $date }
portal-trial-until = Grátis até { $date }
portal-pauses-on = Fica em pausa em { $date }
portal-resumes-on = Em pausa até { $date }
portal-price = Preço
portal-since = Desde
portal-pending = Uma alteração entra em vigor em { $date }.
portal-pending-plan = O plano muda para { $name } em { $date }.
portal-pending-seats = Lugares a partir de { $date }: { $count }
portal-plan = Plano
portal-plan-now = O seu plano atual
portal-plan-change = Mudar de plano
portal-plan-choose = Escolha um plano diferente do seu.
portal-plan-unavailable = Isto não pode ser escolhido para a sua subscrição.
portal-plan-by-seat = Este plano é vendido por lugares e não pode mudar para ele por si. Contacte a loja.
portal-seats-change = Alterar os lugares
portal-seats-same = Esse é o número de lugares que tem.
portal-seats-bounds = Este número de lugares não é possível.
portal-preview = Ver quanto custa
portal-confirm = Confirmar a alteração
portal-leave-it = Deixar como está
portal-due-now = A pagar agora
portal-nothing-now = Nada é cobrado agora.
portal-next-on = Próximo pagamento em { $date }
portal-applies-on = A alteração entra em vigor em { $date }.
portal-card-charged = O valor é cobrado no cartão guardado. Até confirmar, ainda pode variar alguns cêntimos.
portal-card-missing = Nenhum cartão está guardado, por isso não é possível cobrar. Adicione primeiro um cartão.
portal-charge-failed = A cobrança falhou, por isso nada mudou. Verifique o seu cartão ou adicione outro.
portal-credited = Creditado no seu saldo
portal-cancel = Cancelar a subscrição
portal-cancel-body = A subscrição mantém-se ativa até { $date } e depois não é renovada. Até lá, pode mudar de ideias.
portal-cancel-why = Porque está a cancelar?
portal-cancel-comment = Quer dizer mais alguma coisa à loja?
portal-why-service = O apoio não foi suficientemente bom
portal-why-quality = A qualidade não foi suficientemente boa
portal-why-features = Falta algo de que preciso
portal-why-switched = Uso outra coisa
portal-why-complex = É demasiado complicado
portal-why-expensive = É demasiado caro
portal-why-unused = Não uso o suficiente
portal-why-other = Outro motivo
portal-uncancel = Continuar a subscrição
portal-pause = Pôr a subscrição em pausa
portal-pause-body = A subscrição mantém-se ativa até { $date }. Depois, nada é cobrado até ser retomada.
portal-pause-until = Retomar automaticamente em
portal-date-after = Escolha um dia depois de { $date }.
portal-unpause = Não pôr em pausa
portal-resume = Retomar a subscrição
portal-resume-body = Um novo período começa agora e é cobrado.
portal-discard = Anular a alteração
portal-discard-body = A subscrição fica como está quando o próximo período começar.
portal-add-card = Adicionar um cartão
portal-save-card = Guardar o cartão
portal-card-added = O cartão foi guardado.
portal-card-removed = O cartão foi removido.
portal-card-kept = Nada é cobrado agora. Os próximos pagamentos das suas subscrições podem ser cobrados neste cartão.
portal-card-ends = Expira em { $date }
portal-card-needed = Este cartão é necessário para uma subscrição. Adicione primeiro outro.
portal-default = Predefinido
portal-make-default = Tornar predefinido
portal-offline = Não foi possível contactar o servidor. Recarregue esta página para ver se o cartão foi guardado.
portal-details-body = Estes dados constam das próximas faturas. As anteriores não mudam.
portal-email-body = A sua conta usa { $email }. Enviaremos para o novo endereço uma ligação que confirma a alteração.
portal-email-new = Novo e-mail
portal-email-send = Enviar a ligação
portal-email-sent = Uma ligação está a caminho do novo endereço. Abra-a para confirmar a alteração.
portal-email-same = Esse já é o seu e-mail.
portal-email-confirm = Confirme o seu e-mail
portal-email-confirm-body = A sua conta em { $shop } passará a usar { $email }.
portal-email-use = Usar este endereço
portal-email-changed = O seu e-mail foi alterado.
portal-email-gone = Esta ligação já foi usada ou já não é válida. Peça outra na sua conta.
portal-email-taken = Outra conta desta loja já tem este endereço. Nada foi alterado.
portal-data = Transferir os meus dados e documentos
portal-seats-used = Lugares: { $used } de { $total } em uso
portal-no-seats = Ainda ninguém tem um lugar.
portal-seat-pending = Convite enviado
portal-seat-held = Aceite
portal-seat-again = Enviar o convite de novo
portal-seat-revoke = Retirar o lugar
portal-seat-invite = Convidar alguém
portal-seat-invite-body = A pessoa recebe um e-mail com uma ligação para aceitar o lugar.
portal-seat-send = Enviar o convite
portal-seat-invited = O convite está a caminho.
portal-seat-free = O lugar está livre de novo.
portal-seats-full = Todos os lugares estão em uso.
portal-seat-taken = Esta pessoa já tem um lugar ou já foi convidada.
portal-seat-changed = Entretanto, o lugar foi alterado. Verifique-o de novo.
portal-seat-claim = Aceitar o lugar
portal-seat-claim-body = Um lugar em { $product } de { $shop } está reservado para { $email }.
portal-seat-claimed = O lugar é seu.
portal-seat-gone = Este convite já foi usado ou já não é válido. Peça outro a quem o convidou.

## Letters

mail-order-subject = A sua encomenda em { $shop }
mail-order-body = Obrigado pela sua encomenda. Eis o resumo.
mail-subscribed-subject = A sua subscrição de { $product }
mail-subscribed-body = Obrigado. A sua subscrição começou.
mail-trial-body = O seu período experimental gratuito começou. Termina a { $date }; depois passa a ser uma subscrição paga, salvo se cancelar antes.
mail-renewed-subject = A sua subscrição de { $product } foi renovada
mail-renewed-body = A sua subscrição foi renovada e está paga até { $date }.
mail-converted-subject = O período experimental de { $product } passou a subscrição
mail-converted-body = O período experimental terminou. A sua subscrição está paga até { $date }.
mail-past-due-subject = O pagamento de { $product } falhou
mail-past-due-body = Não foi possível cobrar o período atual no seu cartão. Pague agora para que a sua subscrição continue.
mail-usage-unpaid-body = Não foi possível cobrar o seu consumo no seu cartão. Pague agora.
mail-canceled-subject = A sua subscrição de { $product } foi cancelada
mail-canceled-body = A sua subscrição mantém-se ativa até { $date }. Depois não será renovada.
mail-uncanceled-subject = A sua subscrição de { $product } continua
mail-uncanceled-body = O cancelamento foi retirado e a sua subscrição renova-se como antes.
mail-revoked-subject = A sua subscrição de { $product } terminou
mail-revoked-body = A sua subscrição terminou e já não será renovada.
mail-paused-subject = A sua subscrição de { $product } está em pausa
mail-paused-body = Nada é cobrado enquanto a sua subscrição estiver em pausa.
mail-paused-until-body = Nada é cobrado enquanto a sua subscrição estiver em pausa. É retomada a { $date }.
mail-resumed-subject = A sua subscrição de { $product } foi retomada
mail-resumed-body = A sua subscrição está novamente ativa.
mail-updated-subject = A sua subscrição de { $product } foi alterada
mail-updated-body = A alteração aplica-se a partir de agora.
mail-renewal-subject = A sua subscrição de { $product } será renovada em breve
mail-renewal-body = A sua subscrição será renovada a { $date }. Até lá, pode alterá-la ou cancelá-la.
mail-trial-ends-subject = O período experimental de { $product } termina em breve
mail-trial-ends-body = O seu período experimental gratuito termina a { $date }; depois passa a ser uma subscrição paga, salvo se cancelar antes.
mail-card-subject = O seu cartão expira em breve
mail-card-body = O cartão que paga a sua subscrição em { $shop } expira em breve. Adicione outro para que a sua subscrição continue.
mail-discount = Desconto
mail-code-subject = O seu código para { $shop }
mail-code-body = Introduza este código para iniciar sessão. É válido uma vez, durante { $count } minutos.
mail-code-ignore = Se não pediu este código, ignore este e-mail e não dê o código a ninguém.
mail-email-subject = Confirme o seu novo e-mail para { $shop }
mail-email-body = Alguém pediu para usar este endereço numa conta. Abra a ligação para o confirmar. É válida uma vez, durante { $count } minutos.
mail-email-ignore = Se não pediu isto, ignore este e-mail. Nada será alterado.
mail-email-changed-subject = O seu e-mail em { $shop } foi alterado
mail-email-changed-body = Os e-mails e códigos da sua conta em { $shop } seguem agora para outro endereço.
mail-email-changed-warning = Se não foi você, avise a loja de imediato.
mail-seat-subject = O seu lugar em { $product } de { $shop }
mail-seat-body = Foi convidado a usar { $product } de { $shop }. Abra a ligação para aceitar o seu lugar.
mail-seat-life = A ligação é válida uma vez, durante { $count } horas.
mail-seat-ignore = Se não esperava isto, ignore este e-mail. Nada será alterado.
mail-questions = Tem alguma pergunta? Responda a este e-mail.
mail-footer = Recebe este e-mail porque comprou algo em { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Fatura
doc-receipt = Recibo
doc-credit-note = Nota de crédito
doc-invoice-number = Número da fatura
doc-receipt-number = Número do recibo
doc-credit-note-number = Número da nota de crédito
doc-issued = Data de emissão
doc-paid-date = Data de pagamento
doc-bill-to = Faturar a
doc-due = { $total } a pagar
doc-paid = { $total } pagos em { $date }
doc-refunded = { $total } reembolsados em { $date }
doc-description = Descrição
doc-quantity = Qtd.
doc-unit-price = Preço unitário
doc-amount = Montante
doc-discount = Desconto
doc-net = Total sem impostos
doc-tax-total = Total de impostos
doc-reverse-charge = IVA – autoliquidação: o imposto é devido pelo cliente.
doc-payments = Histórico de pagamentos
doc-method = Método de pagamento
doc-date = Data
doc-amount-paid = Montante pago
doc-refunds = Reembolsos
doc-amount-refunded = Montante reembolsado
doc-total-refunded = Total reembolsado
doc-balance = Saldo do cliente
doc-refund-of = Reembolso da fatura { $number }
doc-page = Página { $page } de { $pages }
