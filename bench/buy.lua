-- A whole purchase, one after the other on each thread (give wrk as many threads as connections): creates a session,
-- confirms it with a test card, and asks for it until it says succeeded. At the end it prints how many were bought, and
-- how long it took from the confirmation's sending to the answer that says succeeded: median and 99th percentile, in ms.
-- TOKENS is a file of confirmation tokens, one a line, of which each purchase takes another; without it, a test card of
-- the sandbox's pays.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } till_time;
  int clock_gettime(int clock, till_time *time);
]]
local clock = ffi.new("till_time")
local function now()
  ffi.C.clock_gettime(1, clock) -- CLOCK_MONOTONIC
  return tonumber(clock.seconds) * 1000 + tonumber(clock.nanoseconds) / 1e6
end

local all, count = {}, 0
function setup(thread)
  thread:set("number", count)
  count = count + 1
  all[#all + 1] = thread
end

-- The threads that bench/run gives wrk, and this one's share of the tokens.
local THREADS = 8
local tokens = {}
function init()
  local file, line = os.getenv("TOKENS"), 0
  if not file then return end
  for token in io.lines(file) do
    if line % THREADS == number then tokens[#tokens + 1] = token end
    line = line + 1
  end
end

local function token()
  if not os.getenv("TOKENS") then return "pm_card_visa" end
  return table.remove(tokens) or "none_left"
end

local json = { ["Content-Type"] = "application/json" }
local merchant = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. os.getenv("TOKEN") }
local product = '{"products":["' .. os.getenv("PRODUCT") .. '"]}'
local step, secret, begun = "create", nil, nil
local bought = 0
times, wrong = {}, 0

function request()
  if step == "create" then return wrk.format("POST", "/v1/checkouts/", merchant, product) end
  local path = "/v1/checkouts/client/" .. secret
  if step == "ask" then return wrk.format("GET", path, json) end
  begun = now()
  local body = '{"customer_email":"' .. os.time() .. "." .. number .. "." .. bought
    .. '@example.com","customer_billing_address":{"country":"FR"},"confirmation_token_id":"' .. token() .. '"}'
  return wrk.format("POST", path .. "/confirm", json, body)
end

-- A millisecond between one question and the next, or PAUSE milliseconds.
local pause = tonumber(os.getenv("PAUSE") or 1)
function delay()
  return step == "ask" and pause or 0
end

function response(status, _, body)
  if status >= 300 then
    wrong, step = wrong + 1, "create"
    if wrong <= 3 then io.stderr:write(status .. " " .. body:sub(1, 300) .. "\n") end
  elseif step == "create" then
    -- wrk throws a thread's first request away, and asks for the next one before it has this answer.
    secret = body:match('"client_secret":"([^"]+)"')
    if secret then step = "confirm" end
  elseif body:find('"status":"succeeded"', 1, true) then
    times[#times + 1] = now() - begun
    bought = bought + 1
    step = "create"
  else
    step = "ask"
  end
end

function done()
  local merged, refused = {}, 0
  for _, thread in ipairs(all) do
    for _, time in ipairs(thread:get("times")) do merged[#merged + 1] = time end
    refused = refused + thread:get("wrong")
  end
  table.sort(merged)
  local function at(part) return merged[math.max(1, math.ceil(#merged * part))] or 0 end
  print(string.format("bought %d p50 %.2f p99 %.2f refused %d", #merged, at(0.5), at(0.99), refused))
end
