-- A buyer after the other, each thread its own: a session is created, read and changed by its buyer, read by the
-- merchant, paid, and the lists that a dashboard shows are read. SOAK_DELAY: milliseconds between two requests.
local bearer = "Bearer " .. os.getenv("TOKEN")
local product = os.getenv("PRODUCT")
local pause = tonumber(os.getenv("SOAK_DELAY") or "0")
local json = "application/json"
local threads = 0

function setup(thread)
  thread:set("number", threads)
  thread:set("bad", 0)
  thread:set("sold", 0)
  all = all or {}
  table.insert(all, thread)
  threads = threads + 1
end

local at = 0
local count = 0
local id, secret
local begun = os.time()

local steps = {
  function()
    count = count + 1
    local body = '{"products":["' .. product .. '"],"external_customer_id":"soak-' .. begun .. "-" .. number .. "-" .. count .. '"}'
    return wrk.format("POST", "/v1/checkouts/", { Authorization = bearer, ["Content-Type"] = json }, body)
  end,
  function() return wrk.format("GET", "/v1/checkouts/client/" .. secret) end,
  function()
    local body = '{"customer_name":"Buyer ' .. count .. '","customer_billing_address":{"country":"FR"}}'
    return wrk.format("PATCH", "/v1/checkouts/client/" .. secret, { ["Content-Type"] = json }, body)
  end,
  function() return wrk.format("GET", "/v1/checkouts/" .. id, { Authorization = bearer }) end,
  function()
    local email = "soak" .. begun .. "." .. number .. "." .. count .. "@example.com"
    local body = '{"customer_email":"' .. email .. '","confirmation_token_id":"pm_card_visa"}'
    return wrk.format("POST", "/v1/checkouts/client/" .. secret .. "/confirm", { ["Content-Type"] = json }, body)
  end,
  function() return wrk.format("GET", "/v1/orders/?limit=10", { Authorization = bearer }) end,
  function() return wrk.format("GET", "/v1/products/", { Authorization = bearer }) end,
}

function delay() return pause end

function request()
  -- The first request that is made is thrown away by wrk, and so is one whose session is not known.
  if at == 0 or not secret then at = 1 end
  return steps[at]()
end

function response(status, _, body)
  if status >= 400 then
    bad = bad + 1
    if bad <= 3 then io.stderr:write("step " .. at .. ": " .. status .. " " .. body:sub(1, 200) .. "\n") end
    at, secret = 1, nil
    return
  end
  if at == 1 then
    secret = body:match('"client_secret":"([^"]+)"')
    id = body:match('"url":"[^"]*"') and body:match('"id":"([^"]+)"')
  elseif at == 5 then
    sold = sold + 1
  end
  at = at % #steps + 1
  if at == 1 then secret = nil end
end

function done(summary, latency)
  local wrong, paid = 0, 0
  for _, thread in ipairs(all) do
    wrong = wrong + thread:get("bad")
    paid = paid + thread:get("sold")
  end
  local errors = summary.errors
  wrong = wrong + errors.connect + errors.read + errors.write + errors.timeout
  print(string.format('SOAK {"requests":%d,"seconds":%.3f,"p50":%.3f,"p99":%.3f,"sold":%d,"wrong":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, paid, wrong))
end
