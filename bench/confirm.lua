-- POST /v1/checkouts/client/{client_secret}/confirm with a test card: each session is paid once, until there are none
-- left. The answer comes when the order is there.
dofile("bench/sessions.lua")
wrk.headers["Content-Type"] = "application/json"
local begun = os.time()
local left
all = {}

local number_them = setup
function setup(thread)
  number_them(thread)
  thread:set("unpaid", 0)
  table.insert(all, thread)
end

function request()
  local session, place = next_session()
  -- The first request that is made is thrown away by wrk.
  if left == nil then left = #sessions_of_thread() end
  local body = '{"customer_email":"confirm' .. begun .. "." .. number .. "." .. place
    .. '@example.com","customer_billing_address":{"country":"FR"},"confirmation_token_id":"pm_card_visa"}'
  return wrk.format("POST", "/v1/checkouts/client/" .. session.secret .. "/confirm", nil, body)
end

function response(status, _, body)
  left = left - 1
  if status ~= 200 or not body:find('"status":"succeeded"', 1, true) then
    unpaid = unpaid + 1
    if unpaid <= 3 then io.stderr:write(status .. " " .. body:sub(1, 200) .. "\n") end
  end
  if left <= 8 then wrk.thread:stop() end
end

function done()
  local sum = 0
  for _, thread in ipairs(all) do sum = sum + thread:get("unpaid") end
  if sum > 0 then print("Non-2xx or not paid: " .. sum) end
end
