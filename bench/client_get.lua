-- GET /v1/checkouts/client/{client_secret}
dofile("bench/sessions.lua")

function request()
  return wrk.format("GET", "/v1/checkouts/client/" .. next_session().secret)
end
