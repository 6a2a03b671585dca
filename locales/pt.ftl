## Around every page

test-mode = Modo de teste
skip-to-form = Ir para o formulário
back-to = Voltar para { $name }
shop-links = Informações legais e suporte
shop-terms = Termos
shop-privacy = Privacidade
shop-refunds = Reembolsos
shop-support = Suporte
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

your-order = Seu pedido
choose-option = Escolha uma opção
show-option = Mostrar esta opção
free = Grátis
you-choose = Você escolhe
from-price = A partir de { $price }
pay-what-you-want = Pague quanto quiser
original-price = Preço original:
discounted-price = Agora:
plus-usage = mais o consumo
included = O que está incluído
pictures = Imagens de { $name }
picture = Imagem { $number } de { $name }

name-your-price = Seu preço
update-total = Atualizar o total
amount-at-least = Pelo menos { $least }
amount-between = Entre { $least } e { $most }
amount-nothing-or-at-least = Nada, ou pelo menos { $least }
amount-nothing-or-between = Nada, ou entre { $least } e { $most }

## Seats

seats = Licenças
seats-fewer = Uma licença a menos
seats-more = Uma licença a mais
seats-count = { $count ->
    [one] { $count } licença
   *[other] { $count } licenças
}
seats-at-least = { $least ->
    [one] Pelo menos { $least } licença
   *[other] Pelo menos { $least } licenças
}
seats-between = Entre { $least } e { $most } licenças
seats-exactly = { $count ->
    [one] Exatamente { $count } licença
   *[other] Exatamente { $count } licenças
}
per-seat = { $price } por licença
tiers = Preço por licença
tiers-volume = O número de licenças decide quanto custa cada uma.
tiers-graduated = As licenças de cada faixa custam o preço dessa faixa.
tier-range = De { $from } a { $to }
tier-open = { $from } ou mais

## Usage

usage = Cobrado pelo consumo
usage-unit = { $price } por unidade
usage-per = { $price } por { $unit }
usage-tokens = { $price } por milhão de tokens
usage-cap = no máximo { $price } por período de cobrança

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
trial-first-charge = A primeira cobrança será em { $date }.
due-on = A pagar em { $date }
no-trial = Continuar sem teste grátis

## Discounts

discount-code = Código de desconto
apply = Aplicar
discount-remove = Remover o desconto { $name }
discount-named = Desconto: { $name }
discount-once = no primeiro pagamento
discount-months = { $count ->
    [one] por { $count } mês
   *[other] por { $count } meses
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
now-then = { $now } { $first } e então { $full } { $interval }

## Contact and card

your-details = Seus dados
contact = Contato
email = E-mail
email-locked = Este é o endereço da sua conta de cliente.
full-name = Nome completo
payment = Pagamento
test-warning = Modo de teste: não use um cartão real.
test-card = Este paga, com qualquer data futura e três dígitos quaisquer:
test-fill = Preencher com este cartão
test-more = Mais cartões de teste
test-declined = é recusado
test-funds = não tem saldo suficiente
test-secure = pede 3-D Secure
test-later = é aceito e depois falha
card-number = Número do cartão
card-expiry = Validade
card-expiry-form = MM / AA
card-cvc = Código de segurança
card-name = Nome no cartão

## Address and business

billing-address = Endereço de cobrança
country = País
choose-country = Escolha um país
use-country = Usar este país
line1 = Endereço
line2 = Complemento
city = Cidade
state = Estado
province = Província
region = Região
postal-code = CEP ou código postal
zip-code = ZIP code
postcode = Código postal
choose = Escolha
is-business = Estou comprando para uma empresa
show-business = Mostrar os campos para empresas
business-name = Nome da empresa
tax-id = CNPJ ou número fiscal
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
tax-reverse = { $tax }: você mesmo recolhe (autoliquidação)
tax-later = conforme seu endereço
total = Total
due-today = A pagar hoje
amount-due = Valor a pagar
balance-used = Pago com o seu saldo
balance-owed = Pendente de antes
order-keeps-card = Seu cartão é salvo, e os próximos pagamentos desta assinatura serão cobrados nele.
pay = Pagar { $total }
subscribe = Assinar
get-free = Obter grátis
start-trial = Começar o teste grátis
processing = Processando…
terms-plain = Você paga { $total } { $interval } até cancelar.
terms-trial = Hoje você não paga nada. Em { $date } você paga { $total }, depois o mesmo valor { $interval } até cancelar.
terms-trial-discount = Hoje você não paga nada. A partir de { $date } você paga { $now } { $first }, depois { $full } { $interval } até cancelar.
terms-discount = Você paga { $now } { $first }, depois { $full } { $interval } até cancelar.
terms-usage = Seu consumo é cobrado { $interval } até você cancelar.
terms-card = Seu cartão é salvo, e os pagamentos são cobrados automaticamente.
plus-tax = { $amount } mais impostos

## What is wrong

please-check = Verifique:
error-field = Verifique este campo.
error-product = Esta opção não está disponível. Escolha outra.
error-not-sold = Isto não é mais vendido por este preço. Comece novamente pela loja.
error-amount = Digite um valor, por exemplo { $example }.
error-seats = Digite um número inteiro de licenças.
error-email-missing = Digite seu e-mail.
error-email = Digite um e-mail completo, como name@example.com.
error-country = Escolha seu país.
error-line1 = Digite seu endereço.
error-city = Digite sua cidade.
error-state = Escolha uma opção da lista.
error-postal-code = Digite seu código postal.
error-business-name = Digite o nome da sua empresa.
error-tax-id = Este número fiscal não é válido no país escolhido. Verifique-o ou deixe o campo vazio.
error-address-tax = Não é possível calcular os impostos para este endereço. Verifique-o.
error-discount = Este código não funciona aqui. Verifique-o ou continue sem ele.
error-discount-limit = Você já usou este desconto todas as vezes permitidas. Remova-o para continuar.
error-discount-ended = Este desconto terminou. Remova-o para continuar.

error-card-number-missing = Digite o número do seu cartão.
error-card-number = Isto não é um número de cartão. Verifique os dígitos.
error-card-real = Este é um ambiente de teste: só aceita cartões de teste e nenhum cartão real deve ser digitado aqui. Use 4242 4242 4242 4242.
error-card-expiry = Digite a validade como mês e ano, por exemplo 12 / 34.
error-card-expired = Este cartão está vencido. Verifique a data ou use outro cartão.
error-card-cvc = Digite os três dígitos do código de segurança no verso do cartão.
error-card-cvc-front = Digite os quatro dígitos do código de segurança na frente do cartão.
error-card-unread = Não foi possível ler o cartão agora. Tente novamente.
card-missing = Digite os dados do seu cartão. Se não vir os campos, recarregue esta página.
card-needs-script = Pagamentos com cartão precisam de JavaScript. Ative-o no navegador e recarregue esta página.
card-unloaded = Não foi possível carregar o formulário de pagamento. Nada foi cobrado. Verifique sua conexão e seu bloqueador de conteúdo.
load-again = Carregar novamente

error-answer-missing = Esta informação é necessária.
error-answer-tick = Marque esta caixa para continuar.
error-answer-number = Digite um número inteiro.
error-answer-at-least = Digite { $least } ou mais.
error-answer-at-most = Digite { $most } ou menos.
error-answer-short = { $count ->
    [one] Escreva pelo menos { $count } caractere.
   *[other] Escreva pelo menos { $count } caracteres.
}
error-answer-long = { $count ->
    [one] Escreva no máximo { $count } caractere.
   *[other] Escreva no máximo { $count } caracteres.
}
error-answer-date = Digite uma data.
error-answer-from = Escolha { $date } ou depois.
error-answer-until = Escolha { $date } ou antes.
error-answer-choice = Escolha uma das opções.

declined = Seu cartão foi recusado. Nada foi cobrado. Tente outro cartão ou fale com seu banco.
declined-funds = Não há saldo suficiente neste cartão. Nada foi cobrado. Tente outro cartão.
declined-expired = Este cartão está vencido. Nada foi cobrado. Tente outro cartão.
declined-cvc = O código de segurança está errado. Nada foi cobrado. Verifique o código no seu cartão e tente novamente.
declined-processing = O pagamento foi recusado por causa de uma falha. Nada foi cobrado. Tente novamente em instantes.
declined-approval = O pagamento não foi aprovado no seu banco. Nada foi cobrado. Tente novamente ou use outro cartão.
declined-number = O número do cartão está errado. Nada foi cobrado. Verifique o número no seu cartão e tente novamente.
declined-unsupported = Este cartão não pode ser usado para este pagamento. Nada foi cobrado. Tente outro cartão.
declined-unfinished = O pagamento não foi finalizado. Nada foi cobrado. Tente novamente ou use outro cartão.

in-flight = Seu pagamento já está sendo processado. Espere um momento e recarregue esta página.
too-often = Tentativas demais. Tente novamente em instantes.
too-many-codes = Códigos de desconto errados demais. Aguarde alguns segundos e tente novamente, ou continue sem código.
too-many-declines = Pagamentos demais foram recusados. Nada foi cobrado. Aguarde alguns minutos e tente novamente.
total-changed = O total mudou. Nada foi cobrado. Verifique-o e depois pague.
discount-changed = O desconto terminou ou foi alterado, por isso o total mudou. Nada foi cobrado. Verifique-o e depois pague.
already-subscribed = Você já tem uma assinatura ativa aqui, por isso nada foi cobrado.
trial-used = Você já teve um teste grátis aqui. Pode continuar sem ele; nesse caso, o primeiro pagamento é hoje.
not-ready = Esta loja não pode receber pagamentos no momento. Nada foi cobrado.
other-error = Não funcionou. Nada foi cobrado. Recarregue esta página e tente novamente.
our-fault = Algo deu errado do nosso lado. Recarregue esta página para ver se o pagamento foi concluído.
offline = Não conseguimos falar com o servidor. Recarregue esta página para ver se você pagou.

## After paying

processing-title = Processando seu pagamento
processing-body = Isso leva alguns segundos. Deixe esta página aberta; ela avança sozinha.
bank-title = Mais uma etapa
bank-body = Seu banco quer ter certeza de que é você. Aprove o pagamento na próxima página.
bank-continue = Continuar para o banco
bank-here = Seu banco quer ter certeza de que é você. Aprove o pagamento na janela do banco.
another-card = Usar outro cartão
thanks-title = Obrigado pelo seu pedido
order-summary = Resumo do pedido
order-number = Número do pedido
order-date = Data
next-payment = Próximo pagamento
paid = Pago
renews = Sua assinatura é renovada por { $total } { $interval }.
renews-after-trial = Seu teste grátis termina em { $date }. Depois você paga { $total } { $interval } até cancelar.
return-to = Voltar para { $name }
reopened-title = O pagamento não foi concluído
try-again = Tentar novamente
order-paid-title = Este pedido está pago
order-paid-body = Não há mais nada a pagar.
failed-title = O pagamento falhou
failed-body = Nada foi cobrado. Volte à loja e comece novamente por lá.

## Other pages

unknown-title = Não encontramos este pagamento
unknown-body = O link pode estar incompleto ou não ser mais válido. Volte à loja e comece novamente por lá. Nada foi cobrado.
no-order-title = Não encontramos este pedido
no-order-body = O link pode estar incompleto ou não ser mais válido. Abra-o exatamente como o recebeu ou peça um novo à loja.
order-void-title = Este pedido foi cancelado
order-void-body = Você não precisa pagá-lo.
order-not-due-title = Este pedido ainda não pode ser pago
order-not-due-body = A loja não solicitou este pagamento. Pergunte à loja se você esperava pagar.
order-attempts-spent-title = Este pedido não pode mais ser pago aqui
order-attempts-spent-body = Houve tentativas de pagamento demais. Entre em contato com a loja.
no-link-title = Este link não funciona mais
no-link-body = Ele pode estar incompleto, ou a loja o retirou. Peça um novo à loja.
not-here-title = Este pagamento não pode ser mostrado aqui
not-here-body = A loja não permite que o site de onde você veio mostre o pagamento dela. Abra-o pela própria loja.
unsigned-title = Este link está incompleto
unsigned-body = Uma parte do endereço está faltando ou foi alterada. Abra-o exatamente como o recebeu ou peça um novo à loja.
not-for-sale-title = Isto não está à venda no momento
not-for-sale-body = A loja suspendeu o que este link vende, ou não o vende no seu país. Nada foi cobrado.
close-checkout = Fechar
front-title = O Till está funcionando
front-body = Este é o endereço de um servidor de pagamentos. Programas usam sua API em /v1; compradores chegam aqui pelo link do seu pagamento.
front-demo = Testar uma compra de demonstração
front-dashboard = Painel
front-reference = Referência da API
nowhere-title = Página não encontrada
nowhere-body = Verifique o endereço ou volte para onde você estava.
expired-title = Este pagamento expirou
expired-body = Para sua segurança, um pagamento fica aberto só por tempo limitado. Volte à loja e comece novamente por lá.
too-often-title = Solicitações demais
too-often-body = Chegaram solicitações demais da sua rede. Aguarde um instante e recarregue esta página.
trouble-title = Algo deu errado do nosso lado
trouble-body = Recarregue esta página em instantes. Se você estava pagando, ela mostrará se o pagamento foi concluído.
reference = Se pedir ajuda, informe este número:

## The test bank

test-bank = Banco de teste
test-bank-title = Aprove seu pagamento
test-bank-ask = É você?
test-bank-body = Esta página representa aquela em que um banco consulta seu cliente (3‑D Secure). Nenhum dinheiro é movimentado.
merchant = Loja
card = Cartão
amount = Valor
purpose = Finalidade
save-card = Salvar o cartão
approve = Aprovar
refuse = Recusar

## The customer portal

portal-skip = Ir para o conteúdo
portal-pages = Páginas
portal-open = Abrir sua conta
portal-overview = Visão geral
portal-orders = Pedidos
portal-subscriptions = Assinaturas
portal-cards = Formas de pagamento
portal-details = Dados de cobrança
portal-signed-in = Você entrou como { $email }
portal-sign-out = Sair
portal-sign-in = Entrar
portal-sign-in-body = Digite o e-mail com que você comprou. Você receberá um código para entrar.
portal-send-code = Enviar o código
portal-code-title = Confira seu e-mail
portal-code-body = Se alguém comprou aqui com { $email }, um código está a caminho desse endereço. Ele vale uma vez, por 30 minutos.
portal-code = Código
portal-code-again = Enviar outro código
portal-other-email = Usar outro e-mail
portal-code-missing = Digite as seis letras e números do código.
portal-code-wrong = Este código está errado ou não vale mais. Confira-o ou peça outro.
portal-no-mail = Esta loja não envia e-mails, por isso você não pode entrar aqui. Abra esta página pela loja.
portal-test-mail = Modo de teste: a loja encontra os códigos em seu painel, em “Mail”.
portal-signed-out = Sua sessão terminou ou seu link não vale mais. Entre para continuar.
portal-choose = Escolha uma conta
portal-account = Conta
portal-foreign-title = Nada foi alterado
portal-foreign-body = Este formulário não veio de uma página deste servidor. Volte, recarregue a página e envie-o de novo.
portal-saved = Salvo.
portal-changed = Sua assinatura foi alterada.
portal-moved = Algo mudou desde que esta página foi mostrada. Confira e decida de novo.
portal-not-possible = Isso não é possível no estado atual da assinatura.
portal-state = Situação
portal-save = Salvar
portal-latest = Últimos pedidos
portal-all-orders = Todos os pedidos
portal-newer = Mais recentes
portal-older = Anteriores
portal-no-orders = Ainda não há pedidos.
portal-no-subscriptions = Não há nenhuma assinatura.
portal-benefits = Benefícios
portal-no-benefits = Ainda não há benefícios.
portal-all-benefits = Todos os benefícios
portal-files = Arquivos: { $count }
portal-key = Chave de licença
portal-key-expires = Válida até
portal-key-used = Usos
portal-key-usage = { $used } de { $total }
portal-key-expired = Expirada
portal-key-blocked = Bloqueada pela loja
portal-key-activations = Ativações
portal-key-not-activated = Não está ativada em nenhum lugar.
portal-key-activated-on = Ativada em { $date }
portal-key-deactivated = A ativação foi removida.
portal-downloads = Downloads
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Uso
portal-no-usage = Nada foi usado ainda.
portal-usage-used = Usado
portal-usage-credited = Creditado
portal-usage-balance = Saldo
portal-usage-charge = Uso até agora
portal-usage-more = O que for usado até lá será somado.
portal-no-cards = Nenhum cartão salvo.
portal-order-due = Pagamento pendente
portal-order-void = Cancelado
portal-order-refunded = Reembolsado
portal-order-partly-refunded = Reembolsado em parte
portal-pay-order = Pagar { $total } por { $name }
portal-invoice = Baixar a fatura
portal-receipt = Baixar o recibo
portal-invoice-needs = Uma fatura precisa do seu nome e endereço. Preencha-os abaixo.
portal-billed-to = Cobrado de
portal-billing-name = Nome nas faturas
portal-country-fixed = Isso não pode mais ser alterado, porque o imposto depende disso.
portal-active = Ativa
portal-trialing = Teste grátis
portal-past-due = Pagamento falhou
portal-past-due-body = O último pagamento falhou. Pague agora para que a assinatura continue.
portal-paused = Pausada
portal-ended = Encerrada
portal-ended-on = Encerrada em { $date }
portal-ends-on = Termina em { $date }
portal-renews-on = Renova em { $date }
portal-trial-until = Grátis até { $date }
portal-pauses-on = Será pausada em { $date }
portal-resumes-on = Pausada até { $date }
portal-price = Preço
portal-since = Desde
portal-pending = Uma alteração entra em vigor em { $date }.
portal-pending-plan = O plano muda para { $name } em { $date }.
portal-pending-seats = Licenças a partir de { $date }: { $count }
portal-plan = Plano
portal-plan-now = Seu plano atual
portal-plan-change = Mudar de plano
portal-plan-choose = Escolha um plano diferente do seu.
portal-plan-unavailable = Isso não pode ser escolhido para sua assinatura.
portal-plan-by-seat = Este plano é vendido por licenças, e você não pode mudar para ele por conta própria. Entre em contato com a loja.
portal-seats-change = Alterar as licenças
portal-seats-same = Esse é o número de licenças que você tem.
portal-seats-bounds = Este número de licenças não é possível.
portal-preview = Ver quanto custa
portal-confirm = Confirmar a alteração
portal-leave-it = Deixar como está
portal-due-now = A pagar agora
portal-nothing-now = Nada é cobrado agora.
portal-next-on = Próximo pagamento em { $date }
portal-applies-on = A alteração entra em vigor em { $date }.
portal-card-charged = O valor é cobrado no cartão salvo. Até você confirmar, ele ainda pode variar alguns centavos.
portal-card-missing = Nenhum cartão está salvo, por isso não é possível cobrar. Adicione um cartão primeiro.
portal-charge-failed = A cobrança falhou, por isso nada mudou. Confira seu cartão ou adicione outro.
portal-credited = Creditado no seu saldo
portal-cancel = Cancelar a assinatura
portal-cancel-body = A assinatura continua ativa até { $date } e depois não é renovada. Até lá, você pode mudar de ideia.
portal-cancel-why = Por que você está cancelando?
portal-cancel-comment = Quer contar mais à loja?
portal-why-service = O atendimento não foi bom o bastante
portal-why-quality = A qualidade não foi boa o bastante
portal-why-features = Falta algo de que preciso
portal-why-switched = Uso outra coisa
portal-why-complex = É complicado demais
portal-why-expensive = É caro demais
portal-why-unused = Não uso o bastante
portal-why-other = Outro motivo
portal-uncancel = Continuar a assinatura
portal-pause = Pausar a assinatura
portal-pause-body = A assinatura continua ativa até { $date }. Depois, nada é cobrado até ser retomada.
portal-pause-until = Retomar automaticamente em
portal-date-after = Escolha um dia depois de { $date }.
portal-unpause = Não pausar
portal-resume = Retomar a assinatura
portal-resume-body = Um novo período começa agora e é cobrado.
portal-discard = Desfazer a alteração
portal-discard-body = A assinatura continua como está quando o próximo período começar.
portal-add-card = Adicionar um cartão
portal-save-card = Salvar o cartão
portal-card-added = O cartão foi salvo.
portal-card-removed = O cartão foi removido.
portal-card-kept = Nada é cobrado agora. Os próximos pagamentos das suas assinaturas podem ser cobrados neste cartão.
portal-card-ends = Vence em { $date }
portal-card-needed = Este cartão é necessário para uma assinatura. Adicione outro primeiro.
portal-default = Padrão
portal-make-default = Tornar padrão
portal-offline = Não foi possível acessar o servidor. Recarregue esta página para ver se o cartão foi salvo.
portal-details-body = Estes dados aparecem nas próximas faturas. As anteriores não mudam.
portal-email-body = Sua conta usa { $email }. Enviaremos ao novo endereço um link que confirma a alteração.
portal-email-new = Novo e-mail
portal-email-send = Enviar o link
portal-email-sent = Um link está a caminho do novo endereço. Abra-o para confirmar a alteração.
portal-email-same = Esse já é o seu e-mail.
portal-email-confirm = Confirme seu e-mail
portal-email-confirm-body = Sua conta em { $shop } usará { $email } a partir de agora.
portal-email-use = Usar este endereço
portal-email-changed = Seu e-mail foi alterado.
portal-email-gone = Este link já foi usado ou não vale mais. Peça outro na sua conta.
portal-email-taken = Outra conta desta loja já tem este endereço. Nada foi alterado.
portal-data = Baixar meus dados e documentos
portal-seats-used = Licenças: { $used } de { $total } em uso
portal-no-seats = Ninguém tem uma licença ainda.
portal-seat-pending = Convite enviado
portal-seat-held = Aceita
portal-seat-again = Enviar o convite de novo
portal-seat-revoke = Retirar a licença
portal-seat-invite = Convidar alguém
portal-seat-invite-body = A pessoa recebe um e-mail com um link para aceitar a licença.
portal-seat-send = Enviar o convite
portal-seat-invited = O convite está a caminho.
portal-seat-free = A licença está livre de novo.
portal-seats-full = Todas as licenças estão em uso.
portal-seat-taken = Esta pessoa já tem uma licença ou já foi convidada.
portal-seat-changed = A licença mudou nesse meio-tempo. Confira de novo.
portal-seat-claim = Aceitar a licença
portal-seat-claim-body = Uma licença de { $product } da { $shop } está reservada para { $email }.
portal-seat-claimed = A licença é sua.
portal-seat-gone = Este convite já foi usado ou não vale mais. Peça outro a quem convidou você.

## Letters

mail-order-subject = Seu pedido em { $shop }
mail-order-body = Obrigado pelo seu pedido. Aqui está o resumo.
mail-subscribed-subject = Sua assinatura de { $product }
mail-subscribed-body = Obrigado. Sua assinatura começou.
mail-trial-body = Seu teste grátis começou. Ele termina em { $date }; depois se torna uma assinatura paga, a menos que você cancele antes.
mail-renewed-subject = Sua assinatura de { $product } foi renovada
mail-renewed-body = Sua assinatura foi renovada e está paga até { $date }.
mail-converted-subject = Seu teste de { $product } virou uma assinatura
mail-converted-body = Seu teste terminou. Sua assinatura está paga até { $date }.
mail-past-due-subject = O pagamento de { $product } falhou
mail-past-due-body = Não conseguimos cobrar o período atual no seu cartão. Pague agora para que sua assinatura continue.
mail-usage-unpaid-body = Não conseguimos cobrar seu consumo no seu cartão. Pague agora.
mail-canceled-subject = Sua assinatura de { $product } foi cancelada
mail-canceled-body = Sua assinatura continua ativa até { $date }. Depois disso, não será renovada.
mail-uncanceled-subject = Sua assinatura de { $product } continua
mail-uncanceled-body = O cancelamento foi desfeito e sua assinatura será renovada como antes.
mail-revoked-subject = Sua assinatura de { $product } terminou
mail-revoked-body = Sua assinatura terminou e não será mais renovada.
mail-paused-subject = Sua assinatura de { $product } está pausada
mail-paused-body = Nada é cobrado enquanto sua assinatura está pausada.
mail-paused-until-body = Nada é cobrado enquanto sua assinatura está pausada. Ela será retomada em { $date }.
mail-resumed-subject = Sua assinatura de { $product } foi retomada
mail-resumed-body = Sua assinatura está ativa novamente.
mail-updated-subject = Sua assinatura de { $product } foi alterada
mail-updated-body = A alteração vale a partir de agora.
mail-renewal-subject = Sua assinatura de { $product } será renovada em breve
mail-renewal-body = Sua assinatura será renovada em { $date }. Até lá, você pode alterá-la ou cancelá-la.
mail-trial-ends-subject = Seu teste de { $product } termina em breve
mail-trial-ends-body = Seu teste grátis termina em { $date }; depois se torna uma assinatura paga, a menos que você cancele antes.
mail-card-subject = Seu cartão vence em breve
mail-card-body = O cartão que paga sua assinatura em { $shop } vence em breve. Adicione outro para que sua assinatura continue.
mail-discount = Desconto
mail-code-subject = Seu código para { $shop }
mail-code-body = Digite este código para entrar. Ele vale uma vez, por { $count } minutos.
mail-code-ignore = Se você não pediu este código, ignore este e-mail e não dê o código a ninguém.
mail-email-subject = Confirme seu novo e-mail para { $shop }
mail-email-body = Alguém pediu para usar este endereço em uma conta. Abra o link para confirmá-lo. Ele vale uma vez, por { $count } minutos.
mail-email-ignore = Se você não pediu isso, ignore este e-mail. Nada será alterado.
mail-email-changed-subject = Seu e-mail em { $shop } foi alterado
mail-email-changed-body = Os e-mails e códigos da sua conta em { $shop } agora vão para outro endereço.
mail-email-changed-warning = Se não foi você, avise a loja imediatamente.
mail-seat-subject = Sua licença de { $product } da { $shop }
mail-seat-body = Você recebeu um convite para usar { $product } da { $shop }. Abra o link para aceitar sua licença.
mail-seat-life = O link vale uma vez, por { $count } horas.
mail-seat-ignore = Se você não esperava isso, ignore este e-mail. Nada será alterado.
mail-questions = Tem alguma dúvida? Responda a este e-mail.
mail-footer = Você recebe este e-mail porque comprou algo em { $shop }.

## Invoices, receipts and credit notes

doc-invoice = Fatura
doc-receipt = Recibo
doc-credit-note = Nota de crédito
doc-invoice-number = Número da fatura
doc-receipt-number = Número do recibo
doc-credit-note-number = Número da nota de crédito
doc-issued = Data de emissão
doc-paid-date = Data do pagamento
doc-bill-to = Faturar para
doc-due = { $total } a pagar
doc-paid = { $total } pagos em { $date }
doc-refunded = { $total } reembolsados em { $date }
doc-description = Descrição
doc-quantity = Qtd.
doc-unit-price = Preço unitário
doc-amount = Valor
doc-discount = Desconto
doc-net = Total sem impostos
doc-tax-total = Total de impostos
doc-reverse-charge = Autoliquidação: o imposto é devido pelo cliente.
doc-payments = Histórico de pagamentos
doc-method = Forma de pagamento
doc-date = Data
doc-amount-paid = Valor pago
doc-refunds = Reembolsos
doc-amount-refunded = Valor reembolsado
doc-total-refunded = Total reembolsado
doc-balance = Saldo do cliente
doc-refund-of = Reembolso da fatura { $number }
doc-page = Página { $page } de { $pages }
