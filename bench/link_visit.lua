-- GET of a checkout link: every visit opens a session, and is sent on to its page.
local count = 0

function request()
  count = count + 1
  return wrk.format("GET", os.getenv("LINK") .. "?customer_email=buyer" .. count .. "%40example.com&utm_source=bench")
end
