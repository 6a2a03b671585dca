-- The sessions that bench/run collected; every thread takes its own half, so that no two requests meet in one session.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local sessions = {}
local at = 0

function init()
  local line_number = 0
  for line in io.lines(os.getenv("SESSIONS")) do
    if line_number % 2 == number % 2 then
      local id, secret = line:match("^(%S+) (%S+)$")
      sessions[#sessions + 1] = { id = id, secret = secret }
    end
    line_number = line_number + 1
  end
end

function next_session()
  at = at % #sessions + 1
  return sessions[at], at
end
