-- GET /v1/products/
wrk.path = "/v1/products/"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
