-- POST /v1/checkouts/ with one product, as the simplest program does.
wrk.method = "POST"
wrk.path = "/v1/checkouts/"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"products":["' .. os.getenv("PRODUCT") .. '"],"external_customer_id":"bench","metadata":{"source":"bench"}}'
