-- Validations of license keys, one after the other, each of which uses one.
local keys = {}
for key in io.lines(os.getenv("KEYS")) do keys[#keys + 1] = key end
local organization = os.getenv("ORGANIZATION")
local sent = 0
wrk.method = "POST"
wrk.path = "/v1/license-keys/validate"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
wrk.headers["Content-Type"] = "application/json"

function request()
  sent = sent + 1
  local key = keys[sent % #keys + 1]
  return wrk.format(nil, nil, nil, '{"key":"' .. key .. '","organization_id":"' .. organization .. '","increment_usage":1}')
end

function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %.1f %.1f\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.read + summary.errors.timeout + summary.errors.connect,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
