from polar_sdk import Polar

with Polar(
    access_token="<TOKEN>",
    server_url="<URL>",
) as polar:
    checkout = polar.checkouts.create(request={
        "allow_discount_codes": True,
        "product_id": "<PRODUCT_ID>",
    })

    print(checkout.url)
