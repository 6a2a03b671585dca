## Around every page

test-mode = 테스트 모드
skip-to-form = 양식으로 이동
back-to = { $name }(으)로 돌아가기
shop-links = 약관 및 고객 지원
shop-terms = 이용약관
shop-privacy = 개인정보
shop-refunds = 환불
shop-support = 고객 지원
optional = (선택)
update = 업데이트
remove = 삭제

## How often

every-day = { $count ->
    [1] 매일
   *[other] { $count }일마다
}
every-week = { $count ->
    [1] 매주
   *[other] { $count }주마다
}
every-month = { $count ->
    [1] 매월
   *[other] { $count }개월마다
}
every-year = { $count ->
    [1] 매년
   *[other] { $count }년마다
}
price-per = { $interval } { $price }

## The offer

your-order = 주문 내용
choose-option = 옵션 선택
show-option = 이 옵션 보기
free = 무료
you-choose = 금액 직접 선택
from-price = { $price }부터
pay-what-you-want = 원하는 만큼 결제하세요
original-price = 원래 가격:
discounted-price = 현재 가격:
plus-usage = 사용료 별도
included = 포함된 항목
pictures = { $name } 이미지
picture = { $name } 이미지 { $number }

name-your-price = 금액
update-total = 합계 업데이트
amount-at-least = { $least } 이상
amount-between = { $least }에서 { $most } 사이
amount-nothing-or-at-least = 0 또는 { $least } 이상
amount-nothing-or-between = 0 또는 { $least }에서 { $most } 사이

## Seats

seats = 좌석 수
seats-fewer = 좌석 1개 줄이기
seats-more = 좌석 1개 늘리기
seats-count = { $count ->
   *[other] { $count }석
}
seats-at-least = { $least ->
   *[other] { $least }석 이상
}
seats-between = { $least }석에서 { $most }석 사이
seats-exactly = { $count ->
   *[other] 정확히 { $count }석
}
per-seat = 좌석당 { $price }
tiers = 좌석당 가격
tiers-volume = 좌석 수에 따라 모든 좌석의 가격이 정해집니다.
tiers-graduated = 각 구간의 좌석에는 그 구간의 가격이 적용됩니다.
tier-range = { $from }~{ $to }
tier-open = { $from } 이상

## Usage

usage = 사용량에 따라 청구
usage-unit = 단위당 { $price }
usage-per = { $unit }당 { $price }
usage-tokens = 토큰 100만 개당 { $price }
usage-cap = 청구 기간당 최대 { $price }

## Trials

trial-days = { $count ->
   *[other] { $count }일 무료
}
trial-weeks = { $count ->
   *[other] { $count }주 무료
}
trial-months = { $count ->
   *[other] { $count }개월 무료
}
trial-years = { $count ->
   *[other] { $count }년 무료
}
trial-after = 이후 { $price }
trial-first-charge = 첫 결제일은 { $date }입니다.
due-on = { $date } 결제
no-trial = 체험 없이 계속하기

## Discounts

discount-code = 할인 코드
apply = 적용
discount-remove = 할인 { $name } 삭제
discount-named = 할인: { $name }
discount-once = 첫 결제에만 적용
discount-months = { $count ->
   *[other] { $count }개월 동안
}
first-days = { $count ->
   *[other] 처음 { $count }일 동안
}
first-weeks = { $count ->
   *[other] 처음 { $count }주 동안
}
first-months = { $count ->
   *[other] 처음 { $count }개월 동안
}
first-years = { $count ->
   *[other] 처음 { $count }년 동안
}
first-then = { $first }, 이후 { $interval } { $full }
now-then = { $first } { $now }, 그다음 { $interval } { $full }

## Contact and card

your-details = 내 정보
contact = 연락처
email = 이메일
email-locked = 이곳 계정의 이메일 주소입니다.
full-name = 이름
payment = 결제
test-warning = 테스트 모드: 실제 카드를 사용하지 마세요.
test-card = 다음 번호는 미래의 아무 날짜와 아무 숫자 세 자리로 결제됩니다:
test-fill = 이 카드로 채우기
test-more = 다른 테스트 카드
test-declined = 거절됩니다
test-funds = 잔액이 부족합니다
test-secure = 3-D Secure를 요청합니다
test-later = 승인된 후 실패합니다
card-number = 카드 번호
card-expiry = 유효 기간
card-expiry-form = MM / YY
card-cvc = 보안 코드
card-name = 카드 소유자 이름

## Address and business

billing-address = 청구지 주소
country = 국가
choose-country = 국가 선택
use-country = 이 국가 사용
line1 = 주소
line2 = 상세 주소
city = 시/군/구
state = 주
province = 주
region = 시/도
postal-code = 우편번호
zip-code = 우편번호
postcode = 우편번호
choose = 선택
is-business = 사업자로 구매합니다
show-business = 사업자 항목 표시
business-name = 상호
tax-id = 사업자 등록 번호
more-details = 추가 정보

## Amounts and the button

subtotal = 소계
tax = 세금
tax-vat = 부가세
tax-gst = GST
tax-hst = HST
tax-consumption = 소비세
tax-sales = 판매세
tax-rated = { $tax } ({ $rate })
tax-included = { $tax } 포함
tax-reverse = { $tax }: 구매자가 직접 신고(리버스 차지)
tax-later = 주소에 따라 계산
total = 합계
due-today = 오늘 결제 금액
amount-due = 결제할 금액
balance-used = 잔액으로 결제
balance-owed = 이전 미결제 금액
order-keeps-card = 카드가 저장되며, 이 구독의 다음 결제도 이 카드로 청구됩니다.
pay = { $total } 결제
subscribe = 구독하기
get-free = 무료로 받기
start-trial = 체험 시작
processing = 처리 중…
terms-plain = 해지할 때까지 { $interval } { $total }이(가) 결제됩니다.
terms-trial = 오늘은 결제되지 않습니다. { $date }에 { $total }이(가) 결제되고, 이후 해지할 때까지 { $interval } 같은 금액이 결제됩니다.
terms-trial-discount = 오늘은 결제되지 않습니다. { $date }부터 { $first } { $now }, 이후 해지할 때까지 { $interval } { $full }이(가) 결제됩니다.
terms-discount = { $first } { $now }, 이후 해지할 때까지 { $interval } { $full }이(가) 결제됩니다.
terms-usage = 해지할 때까지 사용량이 { $interval } 청구됩니다.
terms-card = 카드가 저장되며 자동으로 결제됩니다.
plus-tax = { $amount }(세금 별도)

## What is wrong

please-check = 다음을 확인하세요:
error-field = 이 항목을 확인하세요.
error-product = 이 옵션은 이용할 수 없습니다. 다른 옵션을 선택하세요.
error-not-sold = 이 가격으로는 더 이상 판매되지 않습니다. 상점에서 다시 시작하세요.
error-amount = 금액을 입력하세요. 예: { $example }
error-seats = 좌석 수를 정수로 입력하세요.
error-email-missing = 이메일 주소를 입력하세요.
error-email = name@example.com과 같은 전체 이메일 주소를 입력하세요.
error-country = 국가를 선택하세요.
error-line1 = 주소를 입력하세요.
error-city = 시/군/구를 입력하세요.
error-state = 목록에서 선택하세요.
error-postal-code = 우편번호를 입력하세요.
error-business-name = 상호를 입력하세요.
error-tax-id = 이 번호는 선택한 국가에서 유효하지 않습니다. 확인하거나 비워 두세요.
error-address-tax = 이 주소로는 세금을 계산할 수 없습니다. 확인해 주세요.
error-discount = 이 코드는 여기에서 사용할 수 없습니다. 확인하거나 코드 없이 계속하세요.
error-discount-limit = 이 할인은 더 이상 사용할 수 없습니다. 계속하려면 삭제하세요.
error-discount-ended = 이 할인은 종료되었습니다. 계속하려면 삭제하세요.

error-card-number-missing = 카드 번호를 입력하세요.
error-card-number = 카드 번호가 올바르지 않습니다. 숫자를 확인하세요.
error-card-real = 테스트 환경이므로 테스트 카드만 사용할 수 있습니다. 실제 카드를 입력하지 마세요. 4242 4242 4242 4242를 사용하세요.
error-card-expiry = 유효 기간을 월과 연도로 입력하세요. 예: 12 / 34
error-card-expired = 이 카드는 만료되었습니다. 날짜를 확인하거나 다른 카드를 사용하세요.
error-card-cvc = 카드 뒷면의 보안 코드 세 자리를 입력하세요.
error-card-cvc-front = 카드 앞면의 보안 코드 네 자리를 입력하세요.
error-card-unread = 지금은 카드를 읽을 수 없습니다. 다시 시도하세요.
card-missing = 카드 정보를 입력하세요. 입력란이 보이지 않으면 이 페이지를 새로 고치세요.
card-needs-script = 카드 결제에는 JavaScript가 필요합니다. 브라우저에서 켠 다음 이 페이지를 새로 고치세요.
card-unloaded = 결제 양식을 불러올 수 없습니다. 결제되지 않았습니다. 연결 상태와 콘텐츠 차단기를 확인하세요.
load-again = 다시 불러오기

error-answer-missing = 필수 항목입니다.
error-answer-tick = 계속하려면 체크하세요.
error-answer-number = 정수를 입력하세요.
error-answer-at-least = { $least } 이상을 입력하세요.
error-answer-at-most = { $most } 이하를 입력하세요.
error-answer-short = { $count ->
   *[other] { $count }자 이상 입력하세요.
}
error-answer-long = { $count ->
   *[other] { $count }자 이하로 입력하세요.
}
error-answer-date = 날짜를 입력하세요.
error-answer-from = { $date } 이후의 날짜를 선택하세요.
error-answer-until = { $date } 이전의 날짜를 선택하세요.
error-answer-choice = 옵션 중 하나를 선택하세요.

declined = 카드가 거절되었습니다. 결제되지 않았습니다. 다른 카드를 사용하거나 은행에 문의하세요.
declined-funds = 카드 잔액이 부족합니다. 결제되지 않았습니다. 다른 카드를 사용하세요.
declined-expired = 카드가 만료되었습니다. 결제되지 않았습니다. 다른 카드를 사용하세요.
declined-cvc = 보안 코드가 틀립니다. 결제되지 않았습니다. 카드의 코드를 확인하고 다시 시도하세요.
declined-processing = 오류로 결제가 거절되었습니다. 결제되지 않았습니다. 잠시 후 다시 시도하세요.
declined-approval = 은행에서 결제가 승인되지 않았습니다. 결제되지 않았습니다. 다시 시도하거나 다른 카드를 사용하세요.
declined-number = 카드 번호가 틀립니다. 결제되지 않았습니다. 카드의 번호를 확인하고 다시 시도하세요.
declined-unsupported = 이 카드는 이 결제에 사용할 수 없습니다. 결제되지 않았습니다. 다른 카드를 사용하세요.
declined-unfinished = 결제가 끝나지 않았습니다. 결제되지 않았습니다. 다시 시도하거나 다른 카드를 사용하세요.

in-flight = 결제가 이미 처리되고 있습니다. 잠시 기다린 후 이 페이지를 새로 고치세요.
too-often = 시도 횟수가 너무 많습니다. 잠시 후 다시 시도하세요.
too-many-codes = 잘못된 할인 코드가 너무 많습니다. 몇 초 후 다시 시도하거나 코드 없이 계속하세요.
too-many-declines = 거절된 결제가 너무 많습니다. 청구된 금액은 없습니다. 몇 분 후 다시 시도하세요.
total-changed = 합계가 변경되었습니다. 결제되지 않았습니다. 확인한 후 결제하세요.
discount-changed = 할인이 종료되었거나 변경되어 합계가 달라졌습니다. 결제되지 않았습니다. 확인한 후 결제하세요.
already-subscribed = 이미 이용 중인 구독이 있어 결제되지 않았습니다.
trial-used = 이미 무료 체험을 이용하셨습니다. 체험 없이 계속할 수 있으며, 이 경우 첫 결제는 오늘입니다.
not-ready = 이 상점은 현재 결제를 받을 수 없습니다. 결제되지 않았습니다.
other-error = 처리하지 못했습니다. 결제되지 않았습니다. 이 페이지를 새로 고치고 다시 시도하세요.
our-fault = 서버에 문제가 발생했습니다. 이 페이지를 새로 고쳐 결제가 완료되었는지 확인하세요.
offline = 서버에 연결할 수 없습니다. 이 페이지를 새로 고쳐 결제되었는지 확인하세요.

## After paying

processing-title = 결제를 처리하고 있습니다
processing-body = 몇 초 정도 걸립니다. 이 페이지를 열어 두면 자동으로 진행됩니다.
bank-title = 한 단계 남았습니다
bank-body = 은행에서 본인 확인을 요청합니다. 다음 페이지에서 결제를 승인하세요.
bank-continue = 은행으로 계속
bank-here = 은행에서 본인 확인을 요청합니다. 은행 창에서 결제를 승인하세요.
another-card = 다른 카드 사용
thanks-title = 주문해 주셔서 감사합니다
order-summary = 주문 요약
order-number = 주문 번호
order-date = 날짜
next-payment = 다음 결제
paid = 결제 완료
renews = 구독은 { $interval } { $total }(으)로 갱신됩니다.
renews-after-trial = 체험은 { $date }에 끝납니다. 이후 해지할 때까지 { $interval } { $total }이(가) 결제됩니다.
return-to = { $name }(으)로 돌아가기
reopened-title = 결제가 완료되지 않았습니다
try-again = 다시 시도
order-paid-title = 이 주문은 결제되었습니다
order-paid-body = 더 결제할 금액이 없습니다.
failed-title = 결제에 실패했습니다
failed-body = 결제되지 않았습니다. 상점으로 돌아가 다시 시작하세요.

## Other pages

unknown-title = 이 결제를 찾을 수 없습니다
unknown-body = 링크가 불완전하거나 더 이상 유효하지 않을 수 있습니다. 상점으로 돌아가 다시 시작하세요. 결제되지 않았습니다.
no-order-title = 이 주문을 찾을 수 없습니다
no-order-body = 링크가 불완전하거나 더 이상 유효하지 않을 수 있습니다. 받은 그대로 열거나 상점에 새 링크를 요청하세요.
order-void-title = 이 주문은 취소되었습니다
order-void-body = 결제하지 않아도 됩니다.
order-not-due-title = 이 주문은 아직 결제할 수 없습니다
order-not-due-body = 상점이 이 결제를 요청하지 않았습니다. 결제할 예정이었다면 상점에 문의하세요.
order-attempts-spent-title = 이 주문은 더 이상 여기에서 결제할 수 없습니다
order-attempts-spent-body = 결제 시도 횟수가 너무 많았습니다. 상점에 문의하세요.
no-link-title = 이 링크는 더 이상 작동하지 않습니다
no-link-body = 링크가 불완전하거나 상점에서 철회했을 수 있습니다. 상점에 새 링크를 요청하세요.
not-here-title = 여기에서는 이 결제를 표시할 수 없습니다
not-here-body = 상점은 방문하신 웹사이트에서 결제를 표시하는 것을 허용하지 않습니다. 상점에서 직접 여세요.
unsigned-title = 이 링크는 불완전합니다
unsigned-body = 주소의 일부가 없거나 변경되었습니다. 받은 그대로 열거나 상점에 새 링크를 요청하세요.
not-for-sale-title = 현재 판매하지 않습니다
not-for-sale-body = 상점이 이 링크의 판매를 중단했거나 귀하의 국가에서는 판매하지 않습니다. 결제되지 않았습니다.
close-checkout = 닫기
front-title = Till이 실행 중입니다
front-body = 결제 서버의 주소입니다. 프로그램은 /v1 아래의 API를 사용하고, 구매자는 결제 링크로 이곳에 옵니다.
front-demo = 데모 구매 해 보기
front-dashboard = 대시보드
front-reference = API 레퍼런스
nowhere-title = 페이지를 찾을 수 없습니다
nowhere-body = 주소를 확인하거나 이전 위치로 돌아가세요.
expired-title = 이 결제는 만료되었습니다
expired-body = 안전을 위해 결제 페이지는 제한된 시간 동안만 열려 있습니다. 상점으로 돌아가 다시 시작하세요.
too-often-title = 요청이 너무 많습니다
too-often-body = 사용 중인 네트워크에서 요청이 너무 많이 들어왔습니다. 잠시 후 이 페이지를 다시 불러오세요.
trouble-title = 서버에 문제가 발생했습니다
trouble-body = 잠시 후 이 페이지를 새로 고치세요. 결제 중이었다면 결제가 완료되었는지 표시됩니다.
reference = 도움을 요청할 때 이 번호를 알려 주세요:

## The test bank

test-bank = 테스트 은행
test-bank-title = 결제 승인
test-bank-ask = 본인이신가요?
test-bank-body = 이 페이지는 은행이 고객에게 확인하는 페이지(3‑D Secure)를 대신합니다. 돈은 이동하지 않습니다.
merchant = 판매자
card = 카드
amount = 금액
purpose = 용도
save-card = 카드 저장
approve = 승인
refuse = 거절

## The customer portal

portal-skip = 본문으로 이동
portal-pages = 페이지
portal-open = 계정 열기
portal-overview = 개요
portal-orders = 주문
portal-subscriptions = 구독
portal-cards = 결제 수단
portal-details = 청구 정보
portal-signed-in = { $email } 계정으로 로그인됨
portal-sign-out = 로그아웃
portal-sign-in = 로그인
portal-sign-in-body = 구매할 때 사용한 이메일 주소를 입력하세요. 로그인 코드를 보내 드립니다.
portal-send-code = 코드 보내기
portal-code-title = 이메일을 확인하세요
portal-code-body = { $email } 주소로 구매한 적이 있다면 그 주소로 코드를 보냈습니다. 코드는 30분 동안 한 번만 사용할 수 있습니다.
portal-code = 코드
portal-code-again = 코드 다시 보내기
portal-other-email = 다른 이메일 주소 사용
portal-code-missing = 코드의 영문자와 숫자 여섯 자를 입력하세요.
portal-code-wrong = 코드가 잘못되었거나 더 이상 유효하지 않습니다. 확인하거나 새 코드를 요청하세요.
portal-no-mail = 이 상점은 이메일을 보내지 않으므로 여기에서 로그인할 수 없습니다. 상점에서 이 페이지를 여세요.
portal-test-mail = 테스트 모드: 상점은 대시보드의 ‘Mail’에서 코드를 찾을 수 있습니다.
portal-signed-out = 로그아웃되었거나 링크가 더 이상 유효하지 않습니다. 계속하려면 로그인하세요.
portal-choose = 계정 선택
portal-account = 계정
portal-foreign-title = 변경된 내용이 없습니다
portal-foreign-body = 이 양식은 이 서버의 페이지에서 온 것이 아닙니다. 뒤로 가서 페이지를 새로 고친 후 다시 보내세요.
portal-saved = 저장되었습니다.
portal-changed = 구독이 변경되었습니다.
portal-moved = 이 페이지가 표시된 후 내용이 바뀌었습니다. 확인한 후 다시 결정하세요.
portal-not-possible = 현재 구독 상태에서는 할 수 없습니다.
portal-state = 상태
portal-save = 저장
portal-latest = 최근 주문
portal-all-orders = 모든 주문
portal-newer = 이전 페이지(최신)
portal-older = 다음 페이지(과거)
portal-no-orders = 아직 주문이 없습니다.
portal-no-subscriptions = 구독이 없습니다.
portal-benefits = 혜택
portal-no-benefits = 아직 혜택이 없습니다.
portal-all-benefits = 모든 혜택
portal-files = 파일 수: { $count }
portal-key = 라이선스 키
portal-key-expires = 유효 기간
portal-key-used = 사용 횟수
portal-key-usage = { $used } / { $total }
portal-key-expired = 만료됨
portal-key-blocked = 상점에서 차단함
portal-key-activations = 활성화
portal-key-not-activated = 활성화된 곳이 없습니다.
portal-key-activated-on = { $date }에 활성화됨
portal-key-deactivated = 활성화를 삭제했습니다.
portal-downloads = 다운로드
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = 사용량
portal-no-usage = 아직 사용량이 없습니다.
portal-usage-used = 사용
portal-usage-credited = 제공
portal-usage-balance = 잔량
portal-usage-charge = 지금까지의 사용 요금
portal-usage-more = 그때까지 사용한 만큼 더해집니다.
portal-no-cards = 저장된 카드가 없습니다.
portal-order-due = 결제 필요
portal-order-void = 취소됨
portal-order-refunded = 환불됨
portal-order-partly-refunded = 일부 환불됨
portal-pay-order = { $name } { $total } 결제
portal-invoice = 청구서 내려받기
portal-receipt = 영수증 내려받기
portal-invoice-needs = 청구서에는 이름과 주소가 필요합니다. 아래에 입력하세요.
portal-billed-to = 청구 대상
portal-billing-name = 청구서에 표시할 이름
portal-country-fixed = 세금이 이에 따라 정해지므로 더 이상 변경할 수 없습니다.
portal-active = 활성
portal-trialing = 무료 체험
portal-past-due = 결제 실패
portal-past-due-body = 마지막 결제에 실패했습니다. 구독을 유지하려면 지금 결제하세요.
portal-paused = 일시 중지됨
portal-ended = 종료됨
portal-ended-on = { $date }에 종료됨
portal-ends-on = { $date }에 종료됩니다
portal-renews-on = { $date }에 갱신됩니다
portal-trial-until = { $date }까지 무료
portal-pauses-on = { $date }에 일시 중지됩니다
portal-resumes-on = { $date }까지 일시 중지
portal-price = 가격
portal-since = 시작일
portal-pending = { $date }에 변경 사항이 적용됩니다.
portal-pending-plan = { $date }에 요금제가 { $name }(으)로 바뀝니다.
portal-pending-seats = { $date }부터 좌석 수: { $count }
portal-plan = 요금제
portal-plan-now = 현재 요금제
portal-plan-change = 요금제 변경
portal-plan-choose = 현재와 다른 요금제를 선택하세요.
portal-plan-unavailable = 이 구독에서는 선택할 수 없습니다.
portal-plan-by-seat = 이 요금제는 좌석 단위로 판매되며 직접 변경할 수 없습니다. 상점에 문의해 주세요.
portal-seats-change = 좌석 수 변경
portal-seats-same = 현재 좌석 수와 같습니다.
portal-seats-bounds = 이 좌석 수는 선택할 수 없습니다.
portal-preview = 비용 보기
portal-confirm = 변경 확인
portal-leave-it = 그대로 두기
portal-due-now = 지금 결제할 금액
portal-nothing-now = 지금은 결제되지 않습니다.
portal-next-on = 다음 결제: { $date }
portal-applies-on = 변경 사항은 { $date }에 적용됩니다.
portal-card-charged = 저장된 카드로 결제됩니다. 확인할 때까지 금액이 조금 달라질 수 있습니다.
portal-card-missing = 저장된 카드가 없어 결제할 수 없습니다. 먼저 카드를 추가하세요.
portal-charge-failed = 결제에 실패하여 변경된 내용이 없습니다. 카드를 확인하거나 다른 카드를 추가하세요.
portal-credited = 잔액에 적립
portal-cancel = 구독 해지
portal-cancel-body = 구독은 { $date }까지 유지되며 그 후에는 갱신되지 않습니다. 그때까지는 마음을 바꿀 수 있습니다.
portal-cancel-why = 해지 이유
portal-cancel-comment = 상점에 더 전할 말이 있나요?
portal-why-service = 고객 지원이 만족스럽지 않음
portal-why-quality = 품질이 만족스럽지 않음
portal-why-features = 필요한 기능이 없음
portal-why-switched = 다른 서비스를 사용함
portal-why-complex = 너무 복잡함
portal-why-expensive = 너무 비쌈
portal-why-unused = 자주 사용하지 않음
portal-why-other = 기타
portal-uncancel = 구독 계속하기
portal-pause = 구독 일시 중지
portal-pause-body = 구독은 { $date }까지 유지됩니다. 그 후에는 다시 시작할 때까지 결제되지 않습니다.
portal-pause-until = 자동으로 다시 시작할 날짜
portal-date-after = { $date } 이후의 날짜를 선택하세요.
portal-unpause = 일시 중지 취소
portal-resume = 구독 다시 시작
portal-resume-body = 새 기간이 지금 시작되며 결제됩니다.
portal-discard = 변경 취소
portal-discard-body = 다음 기간이 시작되어도 구독은 그대로 유지됩니다.
portal-add-card = 카드 추가
portal-save-card = 카드 저장
portal-card-added = 카드가 저장되었습니다.
portal-card-removed = 카드가 삭제되었습니다.
portal-card-kept = 지금은 결제되지 않습니다. 다음 구독 결제가 이 카드로 청구될 수 있습니다.
portal-card-ends = 유효 기간 { $date }
portal-card-needed = 이 카드는 구독에 필요합니다. 먼저 다른 카드를 추가하세요.
portal-default = 기본
portal-make-default = 기본으로 설정
portal-offline = 서버에 연결할 수 없습니다. 이 페이지를 새로 고쳐 카드가 저장되었는지 확인하세요.
portal-details-body = 이 정보는 다음 청구서부터 표시됩니다. 이전 청구서는 바뀌지 않습니다.
portal-email-body = 현재 계정의 이메일은 { $email }입니다. 변경을 확인하는 링크를 새 주소로 보내 드립니다.
portal-email-new = 새 이메일 주소
portal-email-send = 링크 보내기
portal-email-sent = 새 주소로 링크를 보냈습니다. 링크를 열어 변경을 확인하세요.
portal-email-same = 이미 사용 중인 이메일 주소입니다.
portal-email-confirm = 이메일 주소 확인
portal-email-confirm-body = { $shop } 계정에서 앞으로 { $email } 주소를 사용합니다.
portal-email-use = 이 주소 사용
portal-email-changed = 이메일 주소가 변경되었습니다.
portal-email-gone = 이미 사용했거나 더 이상 유효하지 않은 링크입니다. 계정에서 새 링크를 요청하세요.
portal-email-taken = 이 상점의 다른 계정에서 이미 이 주소를 사용하고 있습니다. 아무것도 변경되지 않았습니다.
portal-data = 내 데이터와 문서 다운로드
portal-seats-used = 좌석: { $total }석 중 { $used }석 사용
portal-no-seats = 아직 좌석을 받은 사람이 없습니다.
portal-seat-pending = 초대됨
portal-seat-held = 수락됨
portal-seat-again = 초대 다시 보내기
portal-seat-revoke = 좌석 회수
portal-seat-invite = 사람 초대하기
portal-seat-invite-body = 좌석을 수락하는 링크가 이메일로 전송됩니다.
portal-seat-send = 초대 보내기
portal-seat-invited = 초대를 보냈습니다.
portal-seat-free = 좌석이 다시 비었습니다.
portal-seats-full = 모든 좌석이 사용 중입니다.
portal-seat-taken = 이미 좌석이 있거나 초대된 사람입니다.
portal-seat-changed = 그동안 좌석이 변경되었습니다. 다시 확인하세요.
portal-seat-claim = 좌석 수락하기
portal-seat-claim-body = { $shop }의 { $product } 좌석이 { $email } 님을 위해 준비되어 있습니다.
portal-seat-claimed = 이제 좌석을 사용할 수 있습니다.
portal-seat-gone = 이미 사용했거나 더 이상 유효하지 않은 초대입니다. 초대한 사람에게 새 초대를 요청하세요.

## Letters

mail-order-subject = { $shop } 주문 내역
mail-order-body = 주문해 주셔서 감사합니다. 주문 내역은 다음과 같습니다.
mail-subscribed-subject = ‘{ $product }’ 구독
mail-subscribed-body = 감사합니다. 구독이 시작되었습니다.
mail-trial-body = 무료 체험이 시작되었습니다. 체험은 { $date }에 끝나며, 그 전에 해지하지 않으면 유료 구독으로 바뀝니다.
mail-renewed-subject = ‘{ $product }’ 구독이 갱신되었습니다
mail-renewed-body = 구독이 갱신되었고 { $date }까지 결제가 완료되었습니다.
mail-converted-subject = ‘{ $product }’ 체험이 구독으로 바뀌었습니다
mail-converted-body = 체험 기간이 끝났습니다. { $date }까지 결제가 완료되었습니다.
mail-past-due-subject = ‘{ $product }’ 결제에 실패했습니다
mail-past-due-body = 이번 기간의 요금을 카드로 결제하지 못했습니다. 구독을 계속하려면 지금 결제해 주세요.
mail-usage-unpaid-body = 사용량 요금을 카드로 결제하지 못했습니다. 지금 결제해 주세요.
mail-canceled-subject = ‘{ $product }’ 구독이 해지되었습니다
mail-canceled-body = 구독은 { $date }까지 유지되며 그 후에는 갱신되지 않습니다.
mail-uncanceled-subject = ‘{ $product }’ 구독이 계속됩니다
mail-uncanceled-body = 해지가 취소되어 구독이 이전처럼 갱신됩니다.
mail-revoked-subject = ‘{ $product }’ 구독이 종료되었습니다
mail-revoked-body = 구독이 종료되었으며 더 이상 갱신되지 않습니다.
mail-paused-subject = ‘{ $product }’ 구독이 일시 중지되었습니다
mail-paused-body = 구독이 일시 중지된 동안에는 결제되지 않습니다.
mail-paused-until-body = 구독이 일시 중지된 동안에는 결제되지 않습니다. { $date }에 다시 시작됩니다.
mail-resumed-subject = ‘{ $product }’ 구독이 다시 시작되었습니다
mail-resumed-body = 구독이 다시 활성화되었습니다.
mail-updated-subject = ‘{ $product }’ 구독이 변경되었습니다
mail-updated-body = 변경 사항은 지금부터 적용됩니다.
mail-renewal-subject = ‘{ $product }’ 구독이 곧 갱신됩니다
mail-renewal-body = 구독이 { $date }에 갱신됩니다. 그 전까지 구독을 변경하거나 해지할 수 있습니다.
mail-trial-ends-subject = ‘{ $product }’ 체험이 곧 끝납니다
mail-trial-ends-body = 무료 체험이 { $date }에 끝나며, 그 전에 해지하지 않으면 유료 구독으로 바뀝니다.
mail-card-subject = 카드 유효 기간이 곧 만료됩니다
mail-card-body = { $shop } 구독 결제에 사용하는 카드의 유효 기간이 곧 만료됩니다. 구독을 계속하려면 다른 카드를 추가해 주세요.
mail-discount = 할인
mail-code-subject = { $shop } 로그인 코드
mail-code-body = 로그인하려면 이 코드를 입력하세요. { $count }분 동안 한 번만 사용할 수 있습니다.
mail-code-ignore = 이 코드를 요청하지 않았다면 이 이메일을 무시하고 코드를 누구에게도 알려 주지 마세요.
mail-email-subject = { $shop } 새 이메일 주소 확인
mail-email-body = 이 주소를 계정에 사용해 달라는 요청을 받았습니다. 링크를 열어 확인하세요. { $count }분 동안 한 번만 사용할 수 있습니다.
mail-email-ignore = 요청하지 않았다면 이 이메일을 무시하세요. 아무것도 변경되지 않습니다.
mail-email-changed-subject = { $shop } 이메일 주소가 변경되었습니다
mail-email-changed-body = { $shop } 계정의 이메일과 코드는 이제 다른 주소로 전송됩니다.
mail-email-changed-warning = 직접 변경하지 않았다면 즉시 상점에 알려 주세요.
mail-seat-subject = { $shop }의 { $product } 좌석 초대
mail-seat-body = { $shop }의 { $product }에 초대되었습니다. 링크를 열어 좌석을 수락하세요.
mail-seat-life = 링크는 { $count }시간 동안 한 번만 사용할 수 있습니다.
mail-seat-ignore = 예상하지 못한 이메일이라면 무시하세요. 아무것도 변경되지 않습니다.
mail-questions = 궁금한 점이 있으면 이 이메일에 회신해 주세요.
mail-footer = { $shop }에서 구매하셨기 때문에 이 이메일을 보내 드립니다.

## Invoices, receipts and credit notes

doc-invoice = 청구서
doc-receipt = 영수증
doc-credit-note = 환불 명세서
doc-invoice-number = 청구서 번호
doc-receipt-number = 영수증 번호
doc-credit-note-number = 환불 명세서 번호
doc-issued = 발행일
doc-paid-date = 결제일
doc-bill-to = 청구 대상
doc-due = { $total } 결제 예정
doc-paid = { $date }에 { $total } 결제됨
doc-refunded = { $date }에 { $total } 환불됨
doc-description = 내용
doc-quantity = 수량
doc-unit-price = 단가
doc-amount = 금액
doc-discount = 할인
doc-net = 세금 제외 합계
doc-tax-total = 세금 합계
doc-reverse-charge = 역과세: 고객이 세금을 신고하고 납부합니다.
doc-payments = 결제 내역
doc-method = 결제 수단
doc-date = 날짜
doc-amount-paid = 결제 금액
doc-refunds = 환불
doc-amount-refunded = 환불 금액
doc-total-refunded = 총 환불 금액
doc-balance = 고객 잔액
doc-refund-of = 청구서 { $number } 환불
doc-page = { $page }/{ $pages }쪽
