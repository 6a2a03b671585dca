-- GET /v1/checkouts/{id}
dofile("bench/sessions.lua")
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")

function request()
  return wrk.format("GET", "/v1/checkouts/" .. next_session().id)
end
