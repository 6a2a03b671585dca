## Around every page

test-mode = Test modu
skip-to-form = Forma geç
back-to = Geri dön: { $name }
shop-links = Yasal bilgiler ve destek
shop-terms = Koşullar
shop-privacy = Gizlilik
shop-refunds = İadeler
shop-support = Destek
optional = (isteğe bağlı)
update = Güncelle
remove = Kaldır

## How often

every-day = { $count ->
    [1] her gün
   *[other] { $count } günde bir
}
every-week = { $count ->
    [1] her hafta
   *[other] { $count } haftada bir
}
every-month = { $count ->
    [1] her ay
   *[other] { $count } ayda bir
}
every-year = { $count ->
    [1] her yıl
   *[other] { $count } yılda bir
}
price-per = { $interval } { $price }

## The offer

your-order = Siparişiniz
choose-option = Bir seçenek belirleyin
show-option = Bu seçeneği göster
free = Ücretsiz
you-choose = Siz belirlersiniz
from-price = En az { $price }
pay-what-you-want = İstediğiniz kadar ödeyin
original-price = Asıl fiyat:
discounted-price = Şimdi:
plus-usage = artı kullanım ücreti
included = Neler dahil
pictures = Görseller: { $name }
picture = Görsel { $number }: { $name }

name-your-price = Fiyatınız
update-total = Toplamı güncelle
amount-at-least = En az { $least }
amount-between = { $least } ile { $most } arasında
amount-nothing-or-at-least = Hiç ya da en az { $least }
amount-nothing-or-between = Hiç ya da { $least } ile { $most } arasında

## Seats

seats = Koltuk sayısı
seats-fewer = Bir koltuk azalt
seats-more = Bir koltuk artır
seats-count = { $count ->
    [one] { $count } koltuk
   *[other] { $count } koltuk
}
seats-at-least = { $least ->
    [one] En az { $least } koltuk
   *[other] En az { $least } koltuk
}
seats-between = { $least } ile { $most } arasında koltuk
seats-exactly = { $count ->
    [one] Tam { $count } koltuk
   *[other] Tam { $count } koltuk
}
per-seat = koltuk başına { $price }
tiers = Koltuk başına fiyat
tiers-volume = Koltuk sayısı her koltuğun fiyatını belirler.
tiers-graduated = Her kademedeki koltuklar o kademenin fiyatından ücretlendirilir.
tier-range = { $from }–{ $to }
tier-open = { $from } veya daha fazla

## Usage

usage = Kullanıma göre faturalandırılır
usage-unit = birim başına { $price }
usage-per = { $unit } başına { $price }
usage-tokens = bir milyon token başına { $price }
usage-cap = fatura dönemi başına en fazla { $price }

## Trials

trial-days = { $count ->
    [one] { $count } gün ücretsiz
   *[other] { $count } gün ücretsiz
}
trial-weeks = { $count ->
    [one] { $count } hafta ücretsiz
   *[other] { $count } hafta ücretsiz
}
trial-months = { $count ->
    [one] { $count } ay ücretsiz
   *[other] { $count } ay ücretsiz
}
trial-years = { $count ->
    [one] { $count } yıl ücretsiz
   *[other] { $count } yıl ücretsiz
}
trial-after = Sonra { $price }
trial-first-charge = İlk ödeme tarihi: { $date }.
due-on = Ödeme tarihi: { $date }
no-trial = Deneme olmadan devam et

## Discounts

discount-code = İndirim kodu
apply = Uygula
discount-remove = İndirimi kaldır: { $name }
discount-named = İndirim: { $name }
discount-once = ilk ödemede
discount-months = { $count ->
    [one] { $count } ay boyunca
   *[other] { $count } ay boyunca
}
first-days = { $count ->
    [one] ilk gün
   *[other] ilk { $count } gün
}
first-weeks = { $count ->
    [one] ilk hafta
   *[other] ilk { $count } hafta
}
first-months = { $count ->
    [one] ilk ay
   *[other] ilk { $count } ay
}
first-years = { $count ->
    [one] ilk yıl
   *[other] ilk { $count } yıl
}
first-then = { $first }, sonra { $interval } { $full }
now-then = { $first } { $now }, ardından { $interval } { $full }

## Contact and card

your-details = Bilgileriniz
contact = İletişim
email = E-posta
email-locked = Bu, müşteri hesabınızın adresidir.
full-name = Ad soyad
payment = Ödeme
test-warning = Test modu: gerçek kart kullanmayın.
test-card = Bu kart, gelecekteki herhangi bir tarih ve herhangi üç rakamla ödeme yapar:
test-fill = Bu kartla doldur
test-more = Diğer test kartları
test-declined = reddedilir
test-funds = bakiyesi yetersizdir
test-secure = 3-D Secure ister
test-later = kabul edilir, sonra başarısız olur
card-number = Kart numarası
card-expiry = Son kullanma tarihi
card-expiry-form = AA / YY
card-cvc = Güvenlik kodu
card-name = Kart üzerindeki ad

## Address and business

billing-address = Fatura adresi
country = Ülke
choose-country = Ülke seçin
use-country = Bu ülkeyi kullan
line1 = Adres
line2 = Daire, kat
city = Şehir
state = Eyalet
province = Eyalet
region = Bölge
postal-code = Posta kodu
zip-code = ZIP kodu
postcode = Posta kodu
choose = Seçin
is-business = Bir işletme için satın alıyorum
show-business = İşletme alanlarını göster
business-name = İşletme adı
tax-id = Vergi numarası
more-details = Diğer bilgiler

## Amounts and the button

subtotal = Ara toplam
tax = Vergi
tax-vat = KDV
tax-gst = GST
tax-hst = HST
tax-consumption = Tüketim vergisi
tax-sales = Satış vergisi
tax-rated = { $tax } ({ $rate })
tax-included = { $tax } dahil
tax-reverse = { $tax }: vergiyi siz beyan edersiniz (ters yükleme)
tax-later = adresinize göre
total = Toplam
due-today = Bugün ödenecek
amount-due = Ödenecek tutar
balance-used = Bakiyenizden ödendi
balance-owed = Önceden kalan
order-keeps-card = Kartınız kaydedilir ve bu aboneliğin sonraki ödemeleri ondan alınır.
pay = { $total } öde
subscribe = Abone ol
get-free = Ücretsiz al
start-trial = Denemeyi başlat
processing = İşleniyor…
terms-plain = İptal edene kadar { $interval } { $total } ödersiniz.
terms-trial = Bugün hiçbir şey ödemezsiniz. İlk ödeme { $date } tarihinde { $total } olur, sonra iptal edene kadar { $interval } aynı tutarı ödersiniz.
terms-trial-discount = Bugün hiçbir şey ödemezsiniz. { $date } tarihinden itibaren { $first } { $now }, sonra iptal edene kadar { $interval } { $full } ödersiniz.
terms-discount = İptal edene kadar { $first } { $now }, sonra { $interval } { $full } ödersiniz.
terms-usage = Kullanımınız iptal edene kadar { $interval } faturalandırılır.
terms-card = Kartınız kaydedilir ve ödemeler otomatik olarak alınır.
plus-tax = { $amount } artı vergi

## What is wrong

please-check = Lütfen kontrol edin:
error-field = Bu alanı kontrol edin.
error-product = Bu seçenek kullanılamıyor. Başka birini seçin.
error-not-sold = Bu ürün artık bu fiyata satılmıyor. Mağazadan yeniden başlayın.
error-amount = Bir tutar girin, örneğin { $example }.
error-seats = Koltuk sayısını tam sayı olarak girin.
error-email-missing = E-posta adresinizi girin.
error-email = name@example.com gibi tam bir e-posta adresi girin.
error-country = Ülkenizi seçin.
error-line1 = Adresinizi girin.
error-city = Şehrinizi girin.
error-state = Listeden birini seçin.
error-postal-code = Posta kodunuzu girin.
error-business-name = İşletmenizin adını girin.
error-tax-id = Bu vergi numarası seçilen ülkede geçerli değil. Kontrol edin ya da boş bırakın.
error-address-tax = Bu adres için vergi hesaplanamıyor. Adresi kontrol edin.
error-discount = Bu kod burada geçerli değil. Kontrol edin ya da onsuz devam edin.
error-discount-limit = Bu indirimi kullanabileceğiniz kadar kullandınız. Devam etmek için kaldırın.
error-discount-ended = Bu indirim sona erdi. Devam etmek için kaldırın.

error-card-number-missing = Kart numaranızı girin.
error-card-number = Bu bir kart numarası değil. Rakamları kontrol edin.
error-card-real = Burası bir test ortamıdır: yalnızca test kartları kabul edilir ve buraya gerçek kart girilmemelidir. 4242 4242 4242 4242 kullanın.
error-card-expiry = Son kullanma tarihini ay ve yıl olarak girin, örneğin 12 / 34.
error-card-expired = Bu kartın süresi dolmuş. Tarihi kontrol edin ya da başka bir kart kullanın.
error-card-cvc = Kartın arkasındaki üç haneli güvenlik kodunu girin.
error-card-cvc-front = Kartın önündeki dört haneli güvenlik kodunu girin.
error-card-unread = Kart şu anda okunamadı. Lütfen tekrar deneyin.
card-missing = Kart bilgilerinizi girin. Bunun için alan görmüyorsanız bu sayfayı yeniden yükleyin.
card-needs-script = Kartla ödeme için JavaScript gerekir. Tarayıcınızda açın, sonra bu sayfayı yeniden yükleyin.
card-unloaded = Ödeme formu yüklenemedi. Hiçbir ücret alınmadı. Bağlantınızı ve içerik engelleyicinizi kontrol edin.
load-again = Yeniden yükle

error-answer-missing = Bu bilgi gerekli.
error-answer-tick = Devam etmek için bu kutuyu işaretleyin.
error-answer-number = Bir tam sayı girin.
error-answer-at-least = { $least } veya daha fazlasını girin.
error-answer-at-most = { $most } veya daha azını girin.
error-answer-short = { $count ->
    [one] En az { $count } karakter yazın.
   *[other] En az { $count } karakter yazın.
}
error-answer-long = { $count ->
    [one] En fazla { $count } karakter yazın.
   *[other] En fazla { $count } karakter yazın.
}
error-answer-date = Bir tarih girin.
error-answer-from = { $date } veya sonrasını seçin.
error-answer-until = { $date } veya öncesini seçin.
error-answer-choice = Seçeneklerden birini belirleyin.

declined = Kartınız reddedildi. Hiçbir ücret alınmadı. Başka bir kart deneyin ya da bankanıza sorun.
declined-funds = Bu kartta yeterli para yok. Hiçbir ücret alınmadı. Başka bir kart deneyin.
declined-expired = Bu kartın süresi dolmuş. Hiçbir ücret alınmadı. Başka bir kart deneyin.
declined-cvc = Güvenlik kodu yanlış. Hiçbir ücret alınmadı. Kartınızdaki kodu kontrol edip tekrar deneyin.
declined-processing = Ödeme bir arıza nedeniyle reddedildi. Hiçbir ücret alınmadı. Biraz sonra tekrar deneyin.
declined-approval = Ödeme bankanızda onaylanmadı. Hiçbir ücret alınmadı. Tekrar deneyin ya da başka bir kart kullanın.
declined-number = Kart numarası yanlış. Hiçbir ücret alınmadı. Kartınızdaki numarayı kontrol edip tekrar deneyin.
declined-unsupported = Bu kart bu ödeme için kullanılamaz. Hiçbir ücret alınmadı. Başka bir kart deneyin.
declined-unfinished = Ödeme tamamlanmadı. Hiçbir ücret alınmadı. Tekrar deneyin ya da başka bir kart kullanın.

in-flight = Ödemeniz zaten işleniyor. Biraz bekleyin, sonra bu sayfayı yenileyin.
too-often = Çok fazla deneme yapıldı. Biraz sonra tekrar deneyin.
too-many-codes = Çok fazla indirim kodu yanlıştı. Birkaç saniye bekleyip tekrar deneyin veya kod olmadan devam edin.
too-many-declines = Çok fazla ödeme reddedildi. Hiçbir ücret alınmadı. Birkaç dakika bekleyin, sonra tekrar deneyin.
total-changed = Toplam değişti. Hiçbir ücret alınmadı. Kontrol edin, sonra ödeyin.
discount-changed = İndirim sona erdi veya değiştirildi, bu yüzden toplam değişti. Hiçbir ücret alınmadı. Kontrol edin, sonra ödeyin.
already-subscribed = Burada zaten etkin bir aboneliğiniz var, bu yüzden ücret alınmadı.
trial-used = Burada daha önce ücretsiz deneme kullandınız. Onsuz devam edebilirsiniz; o zaman ilk ödeme bugün alınır.
not-ready = Bu mağaza şu anda ödeme alamıyor. Hiçbir ücret alınmadı.
other-error = İşlem tamamlanamadı. Hiçbir ücret alınmadı. Bu sayfayı yenileyip tekrar deneyin.
our-fault = Bizim tarafımızda bir sorun oluştu. Ödemenin gerçekleşip gerçekleşmediğini görmek için bu sayfayı yenileyin.
offline = Sunucuya ulaşamadık. Ödeme yapıp yapmadığınızı görmek için bu sayfayı yenileyin.

## After paying

processing-title = Ödemeniz işleniyor
processing-body = Bu birkaç saniye sürer. Bu sayfayı açık tutun; kendiliğinden ilerler.
bank-title = Bir adım kaldı
bank-body = Bankanız sizin olduğunuzdan emin olmak istiyor. Ödemeyi sonraki sayfada onaylayın.
bank-continue = Bankanıza gidin
bank-here = Bankanız sizin olduğunuzdan emin olmak istiyor. Ödemeyi bankanızın penceresinde onaylayın.
another-card = Başka bir kart kullan
thanks-title = Siparişiniz için teşekkürler
order-summary = Sipariş özeti
order-number = Sipariş numarası
order-date = Tarih
next-payment = Sonraki ödeme
paid = Ödendi
renews = Aboneliğiniz { $interval } { $total } karşılığında yenilenir.
renews-after-trial = Denemeniz { $date } tarihinde biter. Sonra iptal edene kadar { $interval } { $total } ödersiniz.
return-to = Geri dön: { $name }
reopened-title = Ödeme gerçekleşmedi
try-again = Tekrar dene
order-paid-title = Bu sipariş ödendi
order-paid-body = Ödenecek başka bir şey yok.
failed-title = Ödeme başarısız oldu
failed-body = Hiçbir ücret alınmadı. Mağazaya dönün ve oradan yeniden başlayın.

## Other pages

unknown-title = Bu ödemeyi bulamıyoruz
unknown-body = Bağlantı eksik ya da artık geçersiz olabilir. Mağazaya dönün ve oradan yeniden başlayın. Hiçbir ücret alınmadı.
no-order-title = Bu siparişi bulamıyoruz
no-order-body = Bağlantı eksik ya da artık geçersiz olabilir. Aldığınız haliyle açın ya da mağazadan yenisini isteyin.
order-void-title = Bu sipariş iptal edildi
order-void-body = Ödemeniz gerekmez.
order-not-due-title = Bu sipariş henüz ödenemez
order-not-due-body = Mağaza bu ödemeyi istemedi. Ödeme yapmayı bekliyorsanız mağazaya sorun.
order-attempts-spent-title = Bu sipariş artık buradan ödenemez
order-attempts-spent-body = Ödemek için çok fazla deneme yapıldı. Mağazayla iletişime geçin.
no-link-title = Bu bağlantı artık çalışmıyor
no-link-body = Eksik olabilir ya da mağaza geri çekmiş olabilir. Mağazadan yenisini isteyin.
not-here-title = Bu ödeme burada gösterilemez
not-here-body = Mağaza, geldiğiniz web sitesinin ödemesini göstermesine izin vermiyor. Ödemeyi mağazanın kendisinden açın.
unsigned-title = Bu bağlantı eksik
unsigned-body = Adresinin bir bölümü eksik ya da değiştirilmiş. Aldığınız haliyle açın ya da mağazadan yenisini isteyin.
not-for-sale-title = Bu şu anda satışta değil
not-for-sale-body = Mağaza bu bağlantı üzerinden satışı durdurmuş ya da ülkenizde satış yapmıyor. Hiçbir ücret alınmadı.
close-checkout = Kapat
front-title = Till çalışıyor
front-body = Bu, bir ödeme sunucusunun adresidir. Programlar /v1 altındaki API’yi kullanır; alıcılar buraya ödemelerinin bağlantısıyla gelir.
front-demo = Deneme alışverişi yapın
front-dashboard = Kontrol paneli
front-reference = API referansı
nowhere-title = Sayfa bulunamadı
nowhere-body = Adresi kontrol edin ya da geldiğiniz yere dönün.
expired-title = Bu ödemenin süresi doldu
expired-body = Güvenliğiniz için bir ödeme yalnızca sınırlı bir süre açık kalır. Mağazaya dönün ve oradan yeniden başlayın.
too-often-title = Çok fazla istek
too-often-body = Ağınızdan çok fazla istek geldi. Biraz bekleyin, sonra bu sayfayı yeniden yükleyin.
trouble-title = Bizim tarafımızda bir sorun oluştu
trouble-body = Bu sayfayı biraz sonra yenileyin. Ödeme yapıyorduysanız gerçekleşip gerçekleşmediğini gösterir.
reference = Yardım isterseniz bu numarayı verin:

## The test bank

test-bank = Test bankası
test-bank-title = Ödemenizi onaylayın
test-bank-ask = Bu siz misiniz?
test-bank-body = Bu sayfa, bankanın müşterisine sorduğu sayfanın yerine geçer (3‑D Secure). Para hareketi olmaz.
merchant = Satıcı
card = Kart
amount = Tutar
purpose = Amaç
save-card = Kart kaydı
approve = Onayla
refuse = Reddet

## The customer portal

portal-skip = İçeriğe geç
portal-pages = Sayfalar
portal-open = Hesabınızı açın
portal-overview = Genel bakış
portal-orders = Siparişler
portal-subscriptions = Abonelikler
portal-cards = Ödeme yöntemleri
portal-details = Fatura bilgileri
portal-signed-in = { $email } olarak giriş yapıldı
portal-sign-out = Çıkış yap
portal-sign-in = Giriş yap
portal-sign-in-body = Satın alırken kullandığınız e-posta adresini girin. Giriş yapmanız için bir kod alırsınız.
portal-send-code = Kodu gönder
portal-code-title = E-postanızı kontrol edin
portal-code-body = Burada { $email } ile alışveriş yapıldıysa o adrese bir kod yola çıktı. Kod bir kez, 30 dakika boyunca geçerlidir.
portal-code = Kod
portal-code-again = Yeni kod gönder
portal-other-email = Başka bir e-posta adresi kullan
portal-code-missing = Kodun altı harf ve rakamını girin.
portal-code-wrong = Bu kod yanlış ya da artık geçerli değil. Kontrol edin ya da yenisini isteyin.
portal-no-mail = Bu mağaza e-posta göndermediği için buradan giriş yapamazsınız. Bu sayfayı mağazadan açın.
portal-test-mail = Test modu: mağaza kodları panelindeki “Mail” bölümünde bulur.
portal-signed-out = Oturumunuz kapandı ya da bağlantınız artık geçerli değil. Devam etmek için giriş yapın.
portal-choose = Bir hesap seçin
portal-account = Hesap
portal-foreign-title = Hiçbir şey değiştirilmedi
portal-foreign-body = Bu form bu sunucunun bir sayfasından gelmedi. Geri dönün, sayfayı yenileyin ve formu yeniden gönderin.
portal-saved = Kaydedildi.
portal-changed = Aboneliğiniz değiştirildi.
portal-moved = Bu sayfa gösterildikten sonra bir şey değişti. Kontrol edip yeniden karar verin.
portal-not-possible = Aboneliğin şu anki durumunda bu mümkün değil.
portal-state = Durum
portal-save = Kaydet
portal-latest = Son siparişler
portal-all-orders = Tüm siparişler
portal-newer = Daha yeni
portal-older = Daha eski
portal-no-orders = Henüz sipariş yok.
portal-no-subscriptions = Abonelik yok.
portal-benefits = Avantajlar
portal-no-benefits = Henüz avantaj yok.
portal-all-benefits = Tüm avantajlar
portal-files = Dosya sayısı: { $count }
portal-key = Lisans anahtarı
portal-key-expires = Geçerlilik sonu
portal-key-used = Kullanım
portal-key-usage = { $used } / { $total }
portal-key-expired = Süresi doldu
portal-key-blocked = Mağaza tarafından engellendi
portal-key-activations = Etkinleştirmeler
portal-key-not-activated = Hiçbir yerde etkinleştirilmemiş.
portal-key-activated-on = { $date } tarihinde etkinleştirildi
portal-key-deactivated = Etkinleştirme kaldırıldı.
portal-downloads = İndirmeler
portal-file-sums = { $size } · SHA-256: { $sum }
portal-usage = Kullanım
portal-no-usage = Henüz bir kullanım yok.
portal-usage-used = Kullanılan
portal-usage-credited = Eklenen
portal-usage-balance = Bakiye
portal-usage-charge = Şimdiye kadarki kullanım
portal-usage-more = O zamana kadar kullanılanlar eklenir.
portal-no-cards = Kayıtlı kart yok.
portal-order-due = Ödeme bekliyor
portal-order-void = İptal edildi
portal-order-refunded = İade edildi
portal-order-partly-refunded = Kısmen iade edildi
portal-pay-order = { $name } için { $total } öde
portal-invoice = Faturayı indir
portal-receipt = Makbuzu indir
portal-invoice-needs = Fatura için adınız ve adresiniz gerekir. Aşağıda doldurun.
portal-billed-to = Fatura edilen
portal-billing-name = Faturalardaki ad
portal-country-fixed = Vergi buna bağlı olduğu için artık değiştirilemez.
portal-active = Etkin
portal-trialing = Ücretsiz deneme
portal-past-due = Ödeme başarısız
portal-past-due-body = Son ödeme başarısız oldu. Aboneliğin sürmesi için şimdi ödeyin.
portal-paused = Duraklatıldı
portal-ended = Sona erdi
portal-ended-on = { $date } tarihinde sona erdi
portal-ends-on = { $date } tarihinde sona erer
portal-renews-on = { $date } tarihinde yenilenir
portal-trial-until = { $date } tarihine kadar ücretsiz
portal-pauses-on = { $date } tarihinde duraklar
portal-resumes-on = { $date } tarihine kadar duraklatıldı
portal-price = Fiyat
portal-since = Başlangıç
portal-pending = { $date } tarihinde bir değişiklik yürürlüğe girer.
portal-pending-plan = Plan { $date } tarihinde { $name } olur.
portal-pending-seats = { $date } tarihinden itibaren koltuk sayısı: { $count }
portal-plan = Plan
portal-plan-now = Şu anki planınız
portal-plan-change = Planı değiştir
portal-plan-choose = Şu ankinden farklı bir plan seçin.
portal-plan-unavailable = Aboneliğiniz için bu seçilemez.
portal-plan-by-seat = Bu plan koltuk başına satılır ve bu plana kendiniz geçemezsiniz. Mağazayla iletişime geçin.
portal-seats-change = Koltuk sayısını değiştir
portal-seats-same = Şu anki koltuk sayınız zaten bu.
portal-seats-bounds = Bu koltuk sayısı mümkün değil.
portal-preview = Maliyeti göster
portal-confirm = Değişikliği onayla
portal-leave-it = Olduğu gibi bırak
portal-due-now = Şimdi ödenecek
portal-nothing-now = Şimdi ücret alınmaz.
portal-next-on = Sonraki ödeme: { $date }
portal-applies-on = Değişiklik { $date } tarihinde yürürlüğe girer.
portal-card-charged = Kayıtlı kartınızdan alınır. Siz onaylayana kadar tutar birkaç kuruş değişebilir.
portal-card-missing = Kayıtlı kart olmadığından ücret alınamıyor. Önce bir kart ekleyin.
portal-charge-failed = Ödeme alınamadı, bu yüzden hiçbir şey değişmedi. Kartınızı kontrol edin ya da başka bir kart ekleyin.
portal-credited = Bakiyenize eklenir
portal-cancel = Aboneliği iptal et
portal-cancel-body = Abonelik { $date } tarihine kadar etkin kalır ve sonra yenilenmez. O zamana kadar fikrinizi değiştirebilirsiniz.
portal-cancel-why = Neden iptal ediyorsunuz?
portal-cancel-comment = Mağazaya başka bir şey söylemek ister misiniz?
portal-why-service = Destek yeterince iyi değildi
portal-why-quality = Kalite yeterince iyi değildi
portal-why-features = İhtiyacım olan bir şey eksik
portal-why-switched = Başka bir şey kullanıyorum
portal-why-complex = Çok karmaşık
portal-why-expensive = Çok pahalı
portal-why-unused = Yeterince kullanmıyorum
portal-why-other = Başka bir neden
portal-uncancel = Aboneliğe devam et
portal-pause = Aboneliği duraklat
portal-pause-body = Abonelik { $date } tarihine kadar etkin kalır. Sonra, sürdürülene kadar ücret alınmaz.
portal-pause-until = Kendiliğinden sürdürülecek tarih
portal-date-after = { $date } tarihinden sonraki bir günü seçin.
portal-unpause = Duraklatma
portal-resume = Aboneliği sürdür
portal-resume-body = Yeni bir dönem şimdi başlar ve ücreti alınır.
portal-discard = Değişikliği geri al
portal-discard-body = Sonraki dönem başladığında abonelik olduğu gibi kalır.
portal-add-card = Kart ekle
portal-save-card = Kartı kaydet
portal-card-added = Kart kaydedildi.
portal-card-removed = Kart kaldırıldı.
portal-card-kept = Şimdi ücret alınmaz. Aboneliklerinizin sonraki ödemeleri bu karttan alınabilir.
portal-card-ends = Son kullanma { $date }
portal-card-needed = Bu kart bir abonelik için gerekli. Önce başka bir kart ekleyin.
portal-default = Varsayılan
portal-make-default = Varsayılan yap
portal-offline = Sunucuya ulaşılamadı. Kartın kaydedilip kaydedilmediğini görmek için bu sayfayı yenileyin.
portal-details-body = Bu bilgiler sonraki faturalarınızda yer alır. Öncekiler olduğu gibi kalır.
portal-email-body = Hesabınız { $email } adresini kullanıyor. Yeni adrese değişikliği onaylayan bir bağlantı göndeririz.
portal-email-new = Yeni e-posta adresi
portal-email-send = Bağlantıyı gönder
portal-email-sent = Yeni adrese bir bağlantı yola çıktı. Değişikliği onaylamak için bağlantıyı açın.
portal-email-same = Bu zaten sizin e-posta adresiniz.
portal-email-confirm = E-posta adresinizi onaylayın
portal-email-confirm-body = { $shop } hesabınız bundan sonra { $email } adresini kullanacak.
portal-email-use = Bu adresi kullan
portal-email-changed = E-posta adresiniz değiştirildi.
portal-email-gone = Bu bağlantı daha önce kullanılmış ya da artık geçerli değil. Hesabınızdan yenisini isteyin.
portal-email-taken = Bu mağazadaki başka bir hesap zaten bu adresi kullanıyor. Hiçbir şey değiştirilmedi.
portal-data = Verilerimi ve belgelerimi indir
portal-seats-used = Koltuklar: { $total } koltuktan { $used } tanesi kullanılıyor
portal-no-seats = Henüz kimsenin koltuğu yok.
portal-seat-pending = Davet edildi
portal-seat-held = Kabul edildi
portal-seat-again = Daveti yeniden gönder
portal-seat-revoke = Koltuğu geri al
portal-seat-invite = Birini davet et
portal-seat-invite-body = Bu kişi, koltuğu kabul edeceği bağlantıyı e-postayla alır.
portal-seat-send = Daveti gönder
portal-seat-invited = Davet yola çıktı.
portal-seat-free = Koltuk yeniden boş.
portal-seats-full = Tüm koltuklar kullanılıyor.
portal-seat-taken = Bu kişinin zaten bir koltuğu var ya da davet edilmiş.
portal-seat-changed = Koltuk bu arada değişti. Yeniden bakın.
portal-seat-claim = Koltuğu kabul et
portal-seat-claim-body = { $shop }: { $product } için bir koltuk { $email } adresini bekliyor.
portal-seat-claimed = Koltuk sizin.
portal-seat-gone = Bu davet daha önce kullanılmış ya da artık geçerli değil. Sizi davet edenden yenisini isteyin.

## Letters

mail-order-subject = { $shop } siparişiniz
mail-order-body = Siparişiniz için teşekkürler. Özeti aşağıdadır.
mail-subscribed-subject = { $product } aboneliğiniz
mail-subscribed-body = Teşekkürler. Aboneliğiniz başladı.
mail-trial-body = Ücretsiz denemeniz başladı. { $date } tarihinde biter; daha önce iptal etmezseniz ücretli aboneliğe dönüşür.
mail-renewed-subject = { $product } aboneliğiniz yenilendi
mail-renewed-body = Aboneliğiniz yenilendi ve { $date } tarihine kadar ödendi.
mail-converted-subject = { $product } denemeniz aboneliğe dönüştü
mail-converted-body = Denemeniz bitti. Aboneliğiniz { $date } tarihine kadar ödendi.
mail-past-due-subject = { $product } ödemesi başarısız oldu
mail-past-due-body = İçinde bulunulan dönem için kartınızdan ödeme alamadık. Aboneliğinizin devam etmesi için şimdi ödeyin.
mail-usage-unpaid-body = Kullanımınız için kartınızdan ödeme alamadık. Lütfen şimdi ödeyin.
mail-canceled-subject = { $product } aboneliğiniz iptal edildi
mail-canceled-body = Aboneliğiniz { $date } tarihine kadar etkin kalır ve sonra yenilenmez.
mail-uncanceled-subject = { $product } aboneliğiniz devam ediyor
mail-uncanceled-body = İptal geri alındı; aboneliğiniz eskisi gibi yenilenecek.
mail-revoked-subject = { $product } aboneliğiniz sona erdi
mail-revoked-body = Aboneliğiniz sona erdi ve artık yenilenmeyecek.
mail-paused-subject = { $product } aboneliğiniz duraklatıldı
mail-paused-body = Aboneliğiniz duraklatılmışken ücret alınmaz.
mail-paused-until-body = Aboneliğiniz duraklatılmışken ücret alınmaz. { $date } tarihinde devam eder.
mail-resumed-subject = { $product } aboneliğiniz yeniden başladı
mail-resumed-body = Aboneliğiniz yeniden etkin.
mail-updated-subject = { $product } aboneliğiniz değiştirildi
mail-updated-body = Değişiklik şu andan itibaren geçerlidir.
mail-renewal-subject = { $product } aboneliğiniz yakında yenilenecek
mail-renewal-body = Aboneliğiniz { $date } tarihinde yenilenecek. O zamana kadar değiştirebilir veya iptal edebilirsiniz.
mail-trial-ends-subject = { $product } denemeniz yakında bitiyor
mail-trial-ends-body = Ücretsiz denemeniz { $date } tarihinde biter; daha önce iptal etmezseniz ücretli aboneliğe dönüşür.
mail-card-subject = Kartınızın süresi yakında doluyor
mail-card-body = { $shop } aboneliğinizi ödediğiniz kartın süresi yakında doluyor. Aboneliğinizin devam etmesi için başka bir kart ekleyin.
mail-discount = İndirim
mail-code-subject = { $shop } için kodunuz
mail-code-body = Giriş yapmak için bu kodu girin. Kod bir kez, { $count } dakika boyunca geçerlidir.
mail-code-ignore = Bu kodu siz istemediyseniz bu e-postayı dikkate almayın ve kodu kimseye vermeyin.
mail-email-subject = { $shop } için yeni e-posta adresinizi onaylayın
mail-email-body = Bu adresin bir hesap için kullanılması istendi. Onaylamak için bağlantıyı açın. Bağlantı bir kez, { $count } dakika boyunca geçerlidir.
mail-email-ignore = Bunu siz istemediyseniz bu e-postayı dikkate almayın. O zaman hiçbir şey değişmez.
mail-email-changed-subject = { $shop } hesabınızın e-posta adresi değiştirildi
mail-email-changed-body = { $shop } hesabınıza ait e-postalar ve kodlar artık başka bir adrese gidiyor.
mail-email-changed-warning = Bunu siz yapmadıysanız hemen mağazaya bildirin.
mail-seat-subject = { $shop }: { $product } için koltuğunuz
mail-seat-body = { $shop }, { $product } ürününü kullanmanız için sizi davet ediyor. Koltuğunuzu kabul etmek için bağlantıyı açın.
mail-seat-life = Bağlantı bir kez, { $count } saat boyunca geçerlidir.
mail-seat-ignore = Bunu beklemiyorsanız bu e-postayı dikkate almayın. O zaman hiçbir şey değişmez.
mail-questions = Bir sorunuz mu var? Bu e-postayı yanıtlayın.
mail-footer = Bu e-postayı, { $shop } mağazasından alışveriş yaptığınız için alıyorsunuz.

## Invoices, receipts and credit notes

doc-invoice = Fatura
doc-receipt = Makbuz
doc-credit-note = İade faturası
doc-invoice-number = Fatura numarası
doc-receipt-number = Makbuz numarası
doc-credit-note-number = İade faturası numarası
doc-issued = Düzenleme tarihi
doc-paid-date = Ödeme tarihi
doc-bill-to = Fatura adresi
doc-due = Ödenecek: { $total }
doc-paid = { $date } tarihinde { $total } ödendi
doc-refunded = { $date } tarihinde { $total } iade edildi
doc-description = Açıklama
doc-quantity = Adet
doc-unit-price = Birim fiyat
doc-amount = Tutar
doc-discount = İndirim
doc-net = Vergi hariç toplam
doc-tax-total = Toplam vergi
doc-reverse-charge = Ters yükleme: vergiyi müşteri beyan eder.
doc-payments = Ödemeler
doc-method = Ödeme yöntemi
doc-date = Tarih
doc-amount-paid = Ödenen tutar
doc-refunds = İadeler
doc-amount-refunded = İade edilen tutar
doc-total-refunded = Toplam iade
doc-balance = Müşteri bakiyesi
doc-refund-of = { $number } numaralı faturanın iadesi
doc-page = Sayfa { $page } / { $pages }
