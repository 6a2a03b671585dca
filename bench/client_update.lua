-- PATCH /v1/checkouts/client/{client_secret}, with another name every time so that something is written.
dofile("bench/sessions.lua")
wrk.headers["Content-Type"] = "application/json"
local count = 0

function request()
  count = count + 1
  local body = '{"customer_name":"Buyer ' .. count .. '"}'
  return wrk.format("PATCH", "/v1/checkouts/client/" .. next_session().secret, nil, body)
end
