-- Events of usage in batches: each with an id of its own, one of 1,000 customers by the merchant's own id, and metadata. With
-- SPAN, days, their times go from so long ago to now, one after the other, as event OFFSET and so on of TOTAL. With RATE, so
-- many of them a second, spread evenly, as long as they are taken in time; without, as many as are taken.
local ffi = require("ffi")
ffi.cdef([[
  typedef struct { long seconds; long nanos; } moment;
  int clock_gettime(int clock, moment *now);
]])
local size = tonumber(os.getenv("BATCH") or "100")
local span = (tonumber(os.getenv("SPAN")) or 0) * 86400
local offset, total = tonumber(os.getenv("OFFSET") or "0"), tonumber(os.getenv("TOTAL") or "1")
local threads, now = 2, os.time()
local thread = 0
function setup(t)
  thread = thread + 1
  t:set("number", thread)
end

local sent = 0
wrk.method = "POST"
wrk.path = "/v1/events/ingest"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
wrk.headers["Content-Type"] = "application/json"

function request()
  local events, at = {}, ""
  if span > 0 then
    local share = math.min(1, (offset + sent * threads) / total)
    at = os.date('!"timestamp":"%Y-%m-%dT%H:%M:%SZ",', now - 1 - math.floor(span * (1 - share)))
  end
  for i = 1, size do
    sent = sent + 1
    events[i] = string.format(
      '{%s"name":"%s","external_customer_id":"%s_%d","external_id":"%s-%d-%d","metadata":{"tokens":%d,"model":"small","cached":false}}',
      at, sent % 4 == 0 and "call" or "llm", os.getenv("CUSTOMERS") or "user", sent % 1000, os.getenv("RUN") or "run", number, sent, sent % 97)
  end
  return wrk.format(nil, nil, nil, '{"events":[' .. table.concat(events, ",") .. ']}')
end

local rate = tonumber(os.getenv("RATE") or "0")
local due = 0

-- Milliseconds until the next batch is due.
function delay()
  if rate == 0 then return 0 end
  local moment = ffi.new("moment")
  ffi.C.clock_gettime(1, moment)
  local now = tonumber(moment.seconds) * 1000 + tonumber(moment.nanos) / 1e6
  if due == 0 then due = now end
  due = due + size * threads * 1000 / rate
  return math.max(0, math.floor(due - now))
end

local failed = 0
function response(status)
  if status ~= 200 then failed = failed + 1 end
end

function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %.1f %.1f %d\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.read + summary.errors.timeout + summary.errors.connect,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, size))
end
