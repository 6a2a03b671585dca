from polar.<MODULE> import Polar

polar = Polar(
    "<TOKEN>",
    base_url="<URL>",
)

checkout = polar.checkouts.create(
    products=["<PRODUCT_ID>"],
)

print(checkout.url)
