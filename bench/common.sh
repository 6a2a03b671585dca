# What the benchmarks have alike. To be sourced from the root of the repository.
# shellcheck shell=bash

. scripts/postgres.sh

# begin TOOLS DATABASES...   checks for the tools (words of one argument), makes $work, a folder that is gone afterwards,
# and sees to it that TILL_BIN is what would be installed; sets databases, and wrong, which the run exits with
begin() {
  local tool missing=()
  for tool in $1 curl python3 cargo; do command -v "$tool" >/dev/null 2>&1 || missing+=("$tool"); done
  [ ${#missing[@]} = 0 ] || { echo "missing: ${missing[*]}; try: apt-get install ${missing[*]}" >&2; exit 1; }
  shift
  databases=("$@")
  [ ${#databases[@]} -gt 0 ] || databases=(sqlite postgres)
  wrong=0
  work="$(mktemp -d "${TILL_BENCH_FOLDER:-/var/tmp}/till-bench.XXXXXX")"
  chmod 755 "$work"
  trap cleanup EXIT
  trap 'exit 130' INT TERM
  if [ -z "${TILL_BIN:-}" ]; then
    cargo build --profile dist --locked -p till
    TILL_BIN="$(built)/till"
  fi
}

# built   the folder of what is built as it is installed
built() {
  cargo metadata --format-version 1 --no-deps --locked \
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"] + "/dist")'
}

till_pid="" hang_pid="" other_pid="" fake_pid=""
stop() { # stop NAME   ends the process that the variable NAME_pid names
  local name="$1_pid"
  if [ -n "${!name}" ]; then
    kill "${!name}" 2>/dev/null || true
    wait "${!name}" 2>/dev/null || true
    printf -v "$name" ''
  fi
}
cleanup() { stop till; stop other; stop hang; stop fake; stop_postgres; rm -rf "$work"; }

# headline WORDS   when, where and what is measured
headline() {
  echo "$(date -u +%F), $(nproc) cores of $(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo), $("$TILL_BIN" --version 2>/dev/null || echo till), $1"
}

field() { python3 -c 'import json, sys; v = json.load(open(sys.argv[1]))
for key in sys.argv[2:]: v = v[int(key) if key.isdigit() else key]
print(v)' "$@"; }

# start_till FOLDER ARGUMENTS...   sets till_pid, base, TOKEN, the products' ids, and the milliseconds until it was ready
# in ready_after
start_till() {
  local folder="$1" begin
  shift
  rm -f "$work/ready"
  mkfifo "$work/ready"
  begin="$(date +%s%N)"
  RUST_LOG="${RUST_LOG:-warn}" "$TILL_BIN" dev --data-dir "$folder" --listen 127.0.0.1:0 --json "$@" \
    >"$work/ready" 2>>"$work/till.log" &
  till_pid=$!
  IFS= read -r line <"$work/ready" || { tail -20 "$work/till.log" >&2; exit 1; }
  ready_after=$((($(date +%s%N) - begin) / 1000000))
  printf '%s' "$line" >"$work/ready.json"
  base="$(field "$work/ready.json" url)"
  TOKEN="$(field "$work/ready.json" token)"
  PRODUCT="$(field "$work/ready.json" products 0 id)"
  OTHER_PRODUCT="$(field "$work/ready.json" products 1 id)"
  export TOKEN PRODUCT OTHER_PRODUCT
}

# start_fake   starts a fake Stripe; sets fake_pid, and the variables by which a Till that is started sells through it
start_fake() {
  if [ -z "${TILL_FAKE_STRIPE_BIN:-}" ]; then
    cargo build --profile dist --locked -p till-fake-stripe
    TILL_FAKE_STRIPE_BIN="$(built)/till-fake-stripe"
  fi
  rm -f "$work/fake"
  mkfifo "$work/fake"
  "$TILL_FAKE_STRIPE_BIN" --json >"$work/fake" 2>>"$work/fake.log" &
  fake_pid=$!
  IFS= read -r line <"$work/fake" || { tail -20 "$work/fake.log" >&2; exit 1; }
  printf '%s' "$line" >"$work/fake.json"
  TILL_STRIPE_API_URL="$(field "$work/fake.json" api_url)"
  TILL_STRIPE_SCRIPT_URL="$(field "$work/fake.json" script_url)"
  TILL_STRIPE_SECRET_KEY="$(field "$work/fake.json" secret_key)"
  TILL_STRIPE_PUBLISHABLE_KEY="$(field "$work/fake.json" publishable_key)"
  export TILL_STRIPE_API_URL TILL_STRIPE_SCRIPT_URL TILL_STRIPE_SECRET_KEY TILL_STRIPE_PUBLISHABLE_KEY
}

# make_tokens COUNT   confirmation tokens of a card that pays and is kept, as the product is renewed, one a line in the file TOKENS
make_tokens() {
  export TOKENS="$work/tokens"
  python3 - "$1" "$TILL_STRIPE_API_URL" >"$TOKENS" <<'PY'
import http.client, json, os, sys
fake = http.client.HTTPConnection(sys.argv[2].removeprefix("http://"))
sent = {"authorization": "Bearer " + os.environ["TILL_STRIPE_SECRET_KEY"],
        "content-type": "application/x-www-form-urlencoded"}
for _ in range(int(sys.argv[1])):
    fake.request("POST", "/v1/test_helpers/confirmation_tokens", "payment_method=pm_card_visa&setup_future_usage=off_session", sent)
    print(json.loads(fake.getresponse().read())["id"])
PY
}

# call METHOD PATH BODY   what the API answers
call() { curl -fsS -X "$1" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d "$3" "$base$2"; }

# pay SECRET   pays for the session with the sandbox's card, and waits until it has succeeded
pay() {
  local status=""
  call POST /v1/sandbox/confirmation-tokens '{"number":"4242424242424242","exp_month":12,"exp_year":2040,"cvc":"123"}' >"$work/answer.json"
  call POST "/v1/checkouts/client/$1/confirm" "{\"customer_email\":\"first@example.com\",\"customer_name\":\"First\",\"customer_billing_address\":{\"country\":\"DE\"},\"confirmation_token_id\":\"$(field "$work/answer.json" id)\"}" >/dev/null
  for _ in $(seq 100); do
    curl -fsS "$base/v1/checkouts/client/$1" >"$work/answer.json"
    status="$(field "$work/answer.json" status)"
    [ "$status" = succeeded ] && return
    sleep 0.05
  done
  echo "the first session did not succeed: $status" >&2
  exit 1
}
