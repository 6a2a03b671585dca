-- PATCH /v1/checkouts/client/{client_secret}: another name, a discount's code and a taxed address, so that every
-- request works out the sum anew.
dofile("bench/sessions.lua")
wrk.headers["Content-Type"] = "application/json"
local count = 0

function request()
  count = count + 1
  local body = '{"customer_name":"Buyer ' .. count .. '","discount_code":"BENCH","customer_billing_address":{"country":"DE"}}'
  return wrk.format("PATCH", "/v1/checkouts/client/" .. next_session().secret, nil, body)
end
