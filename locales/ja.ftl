## Around every page

test-mode = テストモード
skip-to-form = フォームへ移動
back-to = { $name }に戻る
shop-links = 規約とサポート
shop-terms = 利用規約
shop-privacy = プライバシー
shop-refunds = 返金
shop-support = サポート
optional = 任意
update = 更新
remove = 削除

## How often

every-day = { $count ->
    [1] 毎日
   *[other] { $count }日ごとに
}
every-week = { $count ->
    [1] 毎週
   *[other] { $count }週間ごとに
}
every-month = { $count ->
    [1] 毎月
   *[other] { $count }か月ごとに
}
every-year = { $count ->
    [1] 毎年
   *[other] { $count }年ごとに
}
price-per = { $interval }{ $price }

## The offer

your-order = ご注文
choose-option = オプションを選択
show-option = このオプションを表示
free = 無料
you-choose = 金額はご自由に
from-price = { $price }から
pay-what-you-want = お好きな金額をお支払いください
original-price = 元の価格：
discounted-price = 現在の価格：
plus-usage = 別途、従量料金
included = 含まれるもの
pictures = { $name }の画像
picture = { $name }の画像{ $number }

name-your-price = 金額
update-total = 合計を更新
amount-at-least = { $least }以上
amount-between = { $least }から{ $most }まで
amount-nothing-or-at-least = 0、または{ $least }以上
amount-nothing-or-between = 0、または{ $least }から{ $most }まで

## Seats

seats = シート数
seats-fewer = 1シート減らす
seats-more = 1シート増やす
seats-count = { $count ->
   *[other] { $count }シート
}
seats-at-least = { $least ->
   *[other] { $least }シート以上
}
seats-between = { $least }から{ $most }シートまで
seats-exactly = { $count ->
   *[other] { $count }シートのみ
}
per-seat = 1シートあたり{ $price }
tiers = 1シートあたりの価格
tiers-volume = シート数によって全シートの単価が決まります。
tiers-graduated = 各段階のシートには、その段階の単価が適用されます。
tier-range = { $from }～{ $to }
tier-open = { $from }以上

## Usage

usage = 従量課金
usage-unit = 1単位あたり{ $price }
usage-per = { $unit }あたり{ $price }
usage-tokens = 100万トークンあたり{ $price }
usage-cap = 請求期間ごとの上限{ $price }

## Trials

trial-days = { $count ->
   *[other] { $count }日間無料
}
trial-weeks = { $count ->
   *[other] { $count }週間無料
}
trial-months = { $count ->
   *[other] { $count }か月間無料
}
trial-years = { $count ->
   *[other] { $count }年間無料
}
trial-after = トライアル終了後、{ $price }
trial-first-charge = 初回のお支払いは{ $date }です。
due-on = { $date }のお支払い
no-trial = トライアルなしで続ける

## Discounts

discount-code = 割引コード
apply = 適用
discount-remove = 割引「{ $name }」を削除
discount-named = 割引：{ $name }
discount-once = 初回のお支払いのみ
discount-months = { $count ->
   *[other] { $count }か月間
}
first-days = { $count ->
   *[other] 最初の{ $count }日間
}
first-weeks = { $count ->
   *[other] 最初の{ $count }週間
}
first-months = { $count ->
   *[other] 最初の{ $count }か月間
}
first-years = { $count ->
   *[other] 最初の{ $count }年間
}
first-then = { $first }、その後は{ $interval }{ $full }
now-then = { $first }は{ $now }、以降は{ $interval }{ $full }

## Contact and card

your-details = お客様の情報
contact = 連絡先
email = メールアドレス
email-locked = このショップにご登録のメールアドレスです。
full-name = 氏名
payment = お支払い
test-warning = テストモードです。実際のカードは使わないでください。
test-card = 次の番号で支払えます。有効期限は将来の任意の日付、セキュリティコードは任意の3桁です：
test-fill = このカードを入力
test-more = その他のテストカード
test-declined = 拒否されます
test-funds = 残高不足になります
test-secure = 3-Dセキュアを求められます
test-later = 受け付けられた後に失敗します
card-number = カード番号
card-expiry = 有効期限
card-expiry-form = MM / YY
card-cvc = セキュリティコード
card-name = カードの名義

## Address and business

billing-address = 請求先住所
country = 国または地域
choose-country = 選択してください
use-country = この国を使う
line1 = 住所
line2 = 建物名・部屋番号
city = 市区町村
state = 州
province = 州
region = 都道府県・地域
postal-code = 郵便番号
zip-code = 郵便番号
postcode = 郵便番号
choose = 選択してください
is-business = 法人として購入する
show-business = 法人用の項目を表示
business-name = 法人名
tax-id = 納税者番号
more-details = その他の情報

## Amounts and the button

subtotal = 小計
tax = 税
tax-vat = 付加価値税
tax-gst = GST
tax-hst = HST
tax-consumption = 消費税
tax-sales = 売上税
tax-rated = { $tax }（{ $rate }）
tax-included = 内税：{ $tax }
tax-reverse = { $tax }：お客様による申告（リバースチャージ）
tax-later = ご住所により計算します
total = 合計
due-today = 本日のお支払い
amount-due = お支払い金額
balance-used = 残高からのお支払い
balance-owed = 以前からの繰り越し
order-keeps-card = カードは保存され、この定期購入の次回以降のお支払いに使われます。
pay = { $total }を支払う
subscribe = サブスクリプションを申し込む
get-free = 無料で入手
start-trial = 無料トライアルを開始
processing = 処理中…
terms-plain = 解約されるまで、{ $interval }{ $total }をお支払いいただきます。
terms-trial = 本日のお支払いはありません。{ $date }に{ $total }、その後は解約されるまで{ $interval }同額をお支払いいただきます。
terms-trial-discount = 本日のお支払いはありません。{ $date }から、{ $first }は{ $now }、その後は解約されるまで{ $interval }{ $full }をお支払いいただきます。
terms-discount = { $first }は{ $now }、その後は解約されるまで{ $interval }{ $full }をお支払いいただきます。
terms-usage = 解約されるまで、使用量を{ $interval }請求します。
terms-card = カードは保存され、お支払いは自動的に行われます。
plus-tax = { $amount }（税別）

## What is wrong

please-check = 次の項目をご確認ください：
error-field = この項目をご確認ください。
error-product = このオプションは利用できません。別のものを選んでください。
error-not-sold = この価格での販売は終了しました。ショップからやり直してください。
error-amount = 金額を入力してください（例：{ $example }）。
error-seats = シート数を整数で入力してください。
error-email-missing = メールアドレスを入力してください。
error-email = name@example.comのような正しいメールアドレスを入力してください。
error-country = 国または地域を選択してください。
error-line1 = 住所を入力してください。
error-city = 市区町村を入力してください。
error-state = リストから選択してください。
error-postal-code = 郵便番号を入力してください。
error-business-name = 法人名を入力してください。
error-tax-id = この番号は選択した国では無効です。確認するか、空欄にしてください。
error-address-tax = このご住所では税額を計算できません。ご確認ください。
error-discount = このコードはここでは使えません。確認するか、コードなしで続けてください。
error-discount-limit = この割引はこれ以上ご利用になれません。続けるには削除してください。
error-discount-ended = この割引は終了しました。続けるには削除してください。

error-card-number-missing = カード番号を入力してください。
error-card-number = カード番号が正しくありません。数字をご確認ください。
error-card-real = ここはテスト環境です。テストカードのみ使えます。実際のカードは入力しないでください。4242 4242 4242 4242をお使いください。
error-card-expiry = 有効期限を月と年で入力してください（例：12 / 34）。
error-card-expired = このカードは有効期限が切れています。日付を確認するか、別のカードをお使いください。
error-card-cvc = カード裏面の3桁のセキュリティコードを入力してください。
error-card-cvc-front = カード表面の4桁のセキュリティコードを入力してください。
error-card-unread = カードを読み取れませんでした。もう一度お試しください。
card-missing = カード情報を入力してください。入力欄が表示されない場合は、このページを再読み込みしてください。
card-needs-script = カードでのお支払いには JavaScript が必要です。ブラウザーで有効にして、このページを再読み込みしてください。
card-unloaded = お支払いフォームを読み込めませんでした。請求は行われていません。接続とコンテンツブロッカーを確認してください。
load-again = 再読み込み

error-answer-missing = この項目は必須です。
error-answer-tick = 続けるにはチェックを入れてください。
error-answer-number = 整数を入力してください。
error-answer-at-least = { $least }以上の数を入力してください。
error-answer-at-most = { $most }以下の数を入力してください。
error-answer-short = { $count ->
   *[other] { $count }文字以上で入力してください。
}
error-answer-long = { $count ->
   *[other] { $count }文字以内で入力してください。
}
error-answer-date = 日付を入力してください。
error-answer-from = { $date }以降の日付を選んでください。
error-answer-until = { $date }以前の日付を選んでください。
error-answer-choice = 選択肢から選んでください。

declined = カードが拒否されました。請求は行われていません。別のカードを使うか、銀行にお問い合わせください。
declined-funds = このカードは残高が不足しています。請求は行われていません。別のカードをお使いください。
declined-expired = このカードは有効期限が切れています。請求は行われていません。別のカードをお使いください。
declined-cvc = セキュリティコードが違います。請求は行われていません。カードのコードを確認して、もう一度お試しください。
declined-processing = 障害のため支払いが拒否されました。請求は行われていません。しばらくしてからもう一度お試しください。
declined-approval = 銀行での承認が完了しませんでした。請求は行われていません。もう一度試すか、別のカードをお使いください。
declined-number = カード番号が違います。請求は行われていません。カードの番号を確認して、もう一度お試しください。
declined-unsupported = このカードはこのお支払いには使えません。請求は行われていません。別のカードをお使いください。
declined-unfinished = お支払いが完了していません。請求は行われていません。もう一度試すか、別のカードをお使いください。

in-flight = お支払いはすでに処理中です。しばらく待ってから、このページを再読み込みしてください。
too-often = 試行回数が多すぎます。しばらくしてからもう一度お試しください。
too-many-codes = 割引コードの誤りが続きました。数秒待ってからもう一度お試しになるか、コードなしでお進みください。
too-many-declines = お支払いが何度も拒否されました。請求は行われていません。数分待ってからもう一度お試しください。
total-changed = 合計金額が変わりました。請求は行われていません。金額を確認してからお支払いください。
discount-changed = 割引が終了したか変更されたため、合計金額が変わりました。請求は行われていません。金額を確認してからお支払いください。
already-subscribed = すでに有効なサブスクリプションがあるため、請求は行われていません。
trial-used = 無料トライアルはすでにご利用済みです。トライアルなしで続けられます。その場合、初回のお支払いは本日です。
not-ready = このショップは現在お支払いを受け付けられません。請求は行われていません。
other-error = 処理できませんでした。請求は行われていません。このページを再読み込みして、もう一度お試しください。
our-fault = サーバーで問題が発生しました。このページを再読み込みして、お支払いが完了したかご確認ください。
offline = サーバーに接続できませんでした。このページを再読み込みして、お支払いが完了したかご確認ください。

## After paying

processing-title = お支払いを処理しています
processing-body = 数秒かかります。このページを開いたままお待ちください。自動的に進みます。
bank-title = あと一歩です
bank-body = 銀行がご本人確認を求めています。次のページで支払いを承認してください。
bank-continue = 銀行のページへ進む
bank-here = 銀行がご本人確認を求めています。銀行の画面で支払いを承認してください。
another-card = 別のカードを使う
thanks-title = ご注文ありがとうございます
order-summary = ご注文の概要
order-number = 注文番号
order-date = 日付
next-payment = 次回のお支払い
paid = お支払い済み
renews = サブスクリプションは{ $interval }{ $total }で更新されます。
renews-after-trial = トライアル期間は{ $date }に終わります。その後は解約されるまで{ $interval }{ $total }をお支払いいただきます。
return-to = { $name }に戻る
reopened-title = お支払いが完了しませんでした
try-again = もう一度試す
order-paid-title = このご注文はお支払い済みです
order-paid-body = これ以上のお支払いはありません。
failed-title = お支払いに失敗しました
failed-body = 請求は行われていません。ショップに戻り、そこからやり直してください。

## Other pages

unknown-title = このお支払いが見つかりません
unknown-body = リンクが不完全か、無効になっている可能性があります。ショップに戻り、そこからやり直してください。請求は行われていません。
no-order-title = このご注文が見つかりません
no-order-body = リンクが不完全か、無効になっている可能性があります。受け取ったとおりに開くか、新しいリンクをショップにご依頼ください。
order-void-title = このご注文は取り消されました
order-void-body = お支払いの必要はありません。
order-not-due-title = このご注文はまだお支払いいただけません
order-not-due-body = ショップはこのお支払いを求めていません。お支払いの予定があった場合は、ショップにお問い合わせください。
order-attempts-spent-title = このご注文はこのページではお支払いいただけなくなりました
order-attempts-spent-body = お支払いの試行回数が上限に達しました。ショップにお問い合わせください。
no-link-title = このリンクは無効です
no-link-body = リンクが不完全か、ショップが取り下げた可能性があります。新しいリンクをショップにご依頼ください。
not-here-title = ここではお支払いを表示できません
not-here-body = ショップは、お越しになったサイトでのお支払いの表示を許可していません。ショップから直接開いてください。
unsigned-title = このリンクは不完全です
unsigned-body = アドレスの一部が欠けているか、変更されています。受け取ったとおりに開くか、新しいリンクをショップにご依頼ください。
not-for-sale-title = 現在は販売されていません
not-for-sale-body = ショップがこの商品の販売を休止しているか、お住まいの国では販売していません。請求は行われていません。
close-checkout = 閉じる
front-title = Tillは動作しています
front-body = ここは決済サーバーのアドレスです。プログラムは/v1以下のAPIを利用し、購入者は決済リンクからアクセスします。
front-demo = デモ購入を試す
front-dashboard = ダッシュボード
front-reference = APIリファレンス
nowhere-title = ページが見つかりません
nowhere-body = URLをご確認いただくか、前のページにお戻りください。
expired-title = このお支払いは期限切れです
expired-body = 安全のため、お支払いページは限られた時間だけ有効です。ショップに戻り、そこからやり直してください。
too-often-title = リクエストが多すぎます
too-often-body = お使いのネットワークからのリクエストが多すぎます。しばらくしてから、このページを再読み込みしてください。
trouble-title = サーバーで問題が発生しました
trouble-body = しばらくしてからこのページを再読み込みしてください。お支払い中だった場合は、完了したかどうかが表示されます。
reference = お問い合わせの際は、この番号をお伝えください：

## The test bank

test-bank = テスト銀行
test-bank-title = お支払いの承認
test-bank-ask = ご本人によるお支払いですか？
test-bank-body = このページは、銀行がご本人に確認するページ（3‑Dセキュア）の代わりです。お金は動きません。
merchant = 加盟店
card = カード
amount = 金額
purpose = 目的
save-card = カードの保存
approve = 承認
refuse = 拒否

## The customer portal

portal-skip = 本文へ移動
portal-pages = ページ
portal-open = アカウントを開く
portal-overview = 概要
portal-orders = ご注文
portal-subscriptions = サブスクリプション
portal-cards = お支払い方法
portal-details = 請求先情報
portal-signed-in = { $email }としてログイン中
portal-sign-out = ログアウト
portal-sign-in = ログイン
portal-sign-in-body = ご購入時のメールアドレスを入力してください。ログイン用のコードが届きます。
portal-send-code = コードを送信
portal-code-title = メールをご確認ください
portal-code-body = { $email }でのご購入がある場合は、そのアドレスにコードをお送りしています。コードは30分間、1回だけ使えます。
portal-code = コード
portal-code-again = コードを再送信
portal-other-email = 別のメールアドレスを使う
portal-code-missing = 6文字のコード（英数字）を入力してください。
portal-code-wrong = コードが正しくないか、無効になっています。確認するか、新しいコードを取得してください。
portal-no-mail = このショップはメールを送信しないため、ここからはログインできません。ショップからこのページを開いてください。
portal-test-mail = テストモード：コードはショップのダッシュボードの「Mail」で確認できます。
portal-signed-out = ログアウトしたか、リンクが無効になっています。続けるにはログインしてください。
portal-choose = アカウントを選ぶ
portal-account = アカウント
portal-foreign-title = 何も変更されていません
portal-foreign-body = このフォームはこのサーバーのページから送信されたものではありません。戻ってページを再読み込みし、もう一度送信してください。
portal-saved = 保存しました。
portal-changed = サブスクリプションを変更しました。
portal-moved = このページの表示後に内容が変わりました。確認してからもう一度お選びください。
portal-not-possible = 現在のサブスクリプションの状態ではできません。
portal-state = 状態
portal-save = 保存
portal-latest = 最近のご注文
portal-all-orders = すべてのご注文
portal-newer = 新しい順へ
portal-older = 古いものへ
portal-no-orders = ご注文はまだありません。
portal-no-subscriptions = サブスクリプションはありません。
portal-benefits = 特典
portal-no-benefits = 特典はまだありません。
portal-all-benefits = すべての特典
portal-files = ファイル数：{ $count }
portal-key = ライセンスキー
portal-key-expires = 有効期限
portal-key-used = 使用回数
portal-key-usage = { $used } / { $total }
portal-key-expired = 期限切れ
portal-key-blocked = ショップにより停止中
portal-key-activations = アクティベーション
portal-key-not-activated = どこでもアクティベートされていません。
portal-key-activated-on = { $date } にアクティベート
portal-key-deactivated = アクティベーションを削除しました。
portal-downloads = ダウンロード
portal-file-sums = { $size }・SHA-256：{ $sum }
portal-usage = 利用状況
portal-no-usage = まだ利用はありません。
portal-usage-used = 使用量
portal-usage-credited = 付与量
portal-usage-balance = 残量
portal-usage-charge = これまでの利用料金
portal-usage-more = それまでの利用分が加算されます。
portal-no-cards = 保存されたカードはありません。
portal-order-due = お支払い待ち
portal-order-void = 取消済み
portal-order-refunded = 返金済み
portal-order-partly-refunded = 一部返金済み
portal-pay-order = 「{ $name }」の{ $total }を支払う
portal-invoice = 請求書をダウンロード
portal-receipt = 領収書をダウンロード
portal-invoice-needs = 請求書にはお名前とご住所が必要です。下に入力してください。
portal-billed-to = 請求先
portal-billing-name = 請求書の宛名
portal-country-fixed = 税額に関わるため、変更できません。
portal-active = 有効
portal-trialing = 無料トライアル中
portal-past-due = お支払い失敗
portal-past-due-body = 前回のお支払いができませんでした。続けるには今すぐお支払いください。
portal-paused = 一時停止中
portal-ended = 終了
portal-ended-on = { $date }に終了
portal-ends-on = { $date }に終了します
portal-renews-on = { $date }に更新されます
portal-trial-until = { $date }まで無料
portal-pauses-on = { $date }に一時停止します
portal-resumes-on = { $date }まで一時停止
portal-price = 料金
portal-since = 開始日
portal-pending = { $date }に変更が適用されます。
portal-pending-plan = { $date }にプランが「{ $name }」に変わります。
portal-pending-seats = { $date }からのシート数：{ $count }
portal-plan = プラン
portal-plan-now = 現在のプラン
portal-plan-change = プランを変更
portal-plan-choose = 現在とは別のプランを選んでください。
portal-plan-unavailable = このサブスクリプションでは選べません。
portal-plan-by-seat = このプランはシート単位で販売されており、ご自身では変更できません。ショップにお問い合わせください。
portal-seats-change = シート数を変更
portal-seats-same = 現在のシート数と同じです。
portal-seats-bounds = このシート数は選べません。
portal-preview = 料金を確認
portal-confirm = 変更を確定
portal-leave-it = 変更しない
portal-due-now = 今回のお支払い
portal-nothing-now = 今回の請求はありません。
portal-next-on = 次回のお支払い：{ $date }
portal-applies-on = 変更は{ $date }に適用されます。
portal-card-charged = 保存されたカードに請求されます。確定するまでに金額がわずかに変わることがあります。
portal-card-missing = 保存されたカードがないため請求できません。先にカードを追加してください。
portal-charge-failed = 請求できなかったため、何も変更されていません。カードを確認するか、別のカードを追加してください。
portal-credited = 残高に加算
portal-cancel = サブスクリプションを解約
portal-cancel-body = サブスクリプションは{ $date }まで有効で、その後は更新されません。それまでは取り消せます。
portal-cancel-why = 解約の理由
portal-cancel-comment = ショップへのご意見
portal-why-service = サポートに満足できなかった
portal-why-quality = 品質に満足できなかった
portal-why-features = 必要な機能がない
portal-why-switched = 別のサービスを使っている
portal-why-complex = 複雑すぎる
portal-why-expensive = 高すぎる
portal-why-unused = あまり使わない
portal-why-other = その他
portal-uncancel = 解約を取り消す
portal-pause = サブスクリプションを一時停止
portal-pause-body = サブスクリプションは{ $date }まで有効です。その後は再開するまで請求されません。
portal-pause-until = 自動で再開する日
portal-date-after = { $date }より後の日を選んでください。
portal-unpause = 一時停止をやめる
portal-resume = サブスクリプションを再開
portal-resume-body = 新しい期間が今から始まり、料金が請求されます。
portal-discard = 変更を取り消す
portal-discard-body = 次の期間が始まっても、現在の内容のまま続きます。
portal-add-card = カードを追加
portal-save-card = カードを保存
portal-card-added = カードを保存しました。
portal-card-removed = カードを削除しました。
portal-card-kept = 今は請求されません。今後のサブスクリプションのお支払いにこのカードが使われることがあります。
portal-card-ends = 有効期限 { $date }
portal-card-needed = このカードはサブスクリプションに必要です。先に別のカードを追加してください。
portal-default = 既定
portal-make-default = 既定にする
portal-offline = サーバーに接続できませんでした。ページを再読み込みして、カードが保存されたか確認してください。
portal-details-body = この情報は今後の請求書に記載されます。過去の請求書は変わりません。
portal-email-body = 現在のメールアドレスは{ $email }です。変更を確認するリンクを新しいアドレスにお送りします。
portal-email-new = 新しいメールアドレス
portal-email-send = リンクを送信
portal-email-sent = 新しいアドレスにリンクをお送りしています。リンクを開いて変更を確認してください。
portal-email-same = すでにこのメールアドレスをお使いです。
portal-email-confirm = メールアドレスの確認
portal-email-confirm-body = { $shop }のアカウントは今後{ $email }を使用します。
portal-email-use = このアドレスを使う
portal-email-changed = メールアドレスを変更しました。
portal-email-gone = このリンクは使用済みか、無効になっています。アカウントから新しいリンクを取得してください。
portal-email-taken = このショップの別のアカウントがすでにこのアドレスを使用しています。何も変更されていません。
portal-data = データと書類をダウンロード
portal-seats-used = シート：{ $total }席中{ $used }席を使用
portal-no-seats = まだ誰もシートを使用していません。
portal-seat-pending = 招待済み
portal-seat-held = 承諾済み
portal-seat-again = 招待を再送する
portal-seat-revoke = シートを取り消す
portal-seat-invite = メンバーを招待
portal-seat-invite-body = シートを承諾するためのリンクがメールで届きます。
portal-seat-send = 招待を送る
portal-seat-invited = 招待をお送りしています。
portal-seat-free = シートが空きました。
portal-seats-full = すべてのシートが使用されています。
portal-seat-taken = この方はすでにシートをお持ちか、招待されています。
portal-seat-changed = シートの状態が変わりました。もう一度確認してください。
portal-seat-claim = シートを承諾する
portal-seat-claim-body = { $shop }の{ $product }のシートが{ $email }さんに用意されています。
portal-seat-claimed = シートをご利用いただけます。
portal-seat-gone = この招待は使用済みか、無効になっています。招待した方に新しい招待を依頼してください。

## Letters

mail-order-subject = { $shop }でのご注文
mail-order-body = ご注文ありがとうございます。内容は以下のとおりです。
mail-subscribed-subject = 「{ $product }」のサブスクリプション
mail-subscribed-body = ありがとうございます。サブスクリプションが始まりました。
mail-trial-body = 無料トライアルが始まりました。{ $date }に終了し、それまでに解約されない場合は有料のサブスクリプションになります。
mail-renewed-subject = 「{ $product }」のサブスクリプションが更新されました
mail-renewed-body = サブスクリプションが更新され、{ $date }までのお支払いが完了しました。
mail-converted-subject = 「{ $product }」のトライアルがサブスクリプションになりました
mail-converted-body = トライアル期間が終了しました。{ $date }までのお支払いが完了しています。
mail-past-due-subject = 「{ $product }」のお支払いができませんでした
mail-past-due-body = 今回の期間の料金をカードに請求できませんでした。サブスクリプションを続けるには、今すぐお支払いください。
mail-usage-unpaid-body = ご利用分の料金をカードに請求できませんでした。今すぐお支払いください。
mail-canceled-subject = 「{ $product }」のサブスクリプションが解約されました
mail-canceled-body = サブスクリプションは{ $date }まで有効で、その後は更新されません。
mail-uncanceled-subject = 「{ $product }」のサブスクリプションは継続されます
mail-uncanceled-body = 解約が取り消され、サブスクリプションはこれまでどおり更新されます。
mail-revoked-subject = 「{ $product }」のサブスクリプションが終了しました
mail-revoked-body = サブスクリプションは終了し、今後は更新されません。
mail-paused-subject = 「{ $product }」のサブスクリプションは一時停止中です
mail-paused-body = 一時停止中は請求されません。
mail-paused-until-body = 一時停止中は請求されません。{ $date }に再開されます。
mail-resumed-subject = 「{ $product }」のサブスクリプションが再開されました
mail-resumed-body = サブスクリプションは再び有効になりました。
mail-updated-subject = 「{ $product }」のサブスクリプションが変更されました
mail-updated-body = 変更は今から適用されます。
mail-renewal-subject = 「{ $product }」のサブスクリプションがまもなく更新されます
mail-renewal-body = サブスクリプションは{ $date }に更新されます。それまでは変更または解約できます。
mail-trial-ends-subject = 「{ $product }」のトライアルがまもなく終了します
mail-trial-ends-body = 無料トライアルは{ $date }に終了し、それまでに解約されない場合は有料のサブスクリプションになります。
mail-card-subject = カードの有効期限がまもなく切れます
mail-card-body = { $shop }のサブスクリプションのお支払いに使われているカードの有効期限がまもなく切れます。サブスクリプションを続けるには、別のカードを追加してください。
mail-discount = 割引
mail-code-subject = { $shop }のログインコード
mail-code-body = このコードを入力してログインしてください。{ $count }分間、1回だけ使えます。
mail-code-ignore = このコードに心当たりがない場合は、このメールを無視し、コードを誰にも教えないでください。
mail-email-subject = { $shop }の新しいメールアドレスの確認
mail-email-body = このアドレスをアカウントで使用するリクエストを受け付けました。リンクを開いて確認してください。{ $count }分間、1回だけ使えます。
mail-email-ignore = 心当たりがない場合は、このメールを無視してください。何も変更されません。
mail-email-changed-subject = { $shop }のメールアドレスが変更されました
mail-email-changed-body = { $shop }のアカウントに関するメールとコードは、別のアドレスに送信されます。
mail-email-changed-warning = お心当たりがない場合は、すぐにショップにご連絡ください。
mail-seat-subject = { $shop }の{ $product }へのご招待
mail-seat-body = { $shop }の{ $product }に招待されました。リンクを開いてシートを承諾してください。
mail-seat-life = リンクは{ $count }時間、1回だけ使えます。
mail-seat-ignore = 心当たりがない場合は、このメールを無視してください。何も変更されません。
mail-questions = ご不明な点がありましたら、このメールにご返信ください。
mail-footer = このメールは、{ $shop }でご購入いただいた方にお送りしています。

## Invoices, receipts and credit notes

doc-invoice = 請求書
doc-receipt = 領収書
doc-credit-note = 返金明細書
doc-invoice-number = 請求書番号
doc-receipt-number = 領収書番号
doc-credit-note-number = 返金明細書番号
doc-issued = 発行日
doc-paid-date = 支払日
doc-bill-to = 請求先
doc-due = お支払い金額 { $total }
doc-paid = { $date }に{ $total }をお支払い済み
doc-refunded = { $date }に{ $total }を返金済み
doc-description = 内容
doc-quantity = 数量
doc-unit-price = 単価
doc-amount = 金額
doc-discount = 割引
doc-net = 税抜合計
doc-tax-total = 税額合計
doc-reverse-charge = リバースチャージ：税の申告と納付はお客様が行います。
doc-payments = お支払い履歴
doc-method = お支払い方法
doc-date = 日付
doc-amount-paid = お支払い額
doc-refunds = 返金
doc-amount-refunded = 返金額
doc-total-refunded = 返金合計
doc-balance = お客様の残高
doc-refund-of = 請求書 { $number } の返金
doc-page = { $page } / { $pages } ページ
