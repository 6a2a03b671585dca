# A PostgreSQL of one's own, for scripts/test and bench/run. To be sourced.
# shellcheck shell=bash

as_root() { [ "$(id -u)" = 0 ]; }

# Where Debian keeps initdb, newest first; else wherever the PATH has it.
postgres_bin() {
  local dir
  for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    [ -x "$dir/initdb" ] && { echo "$dir"; return 0; }
  done
  command -v initdb >/dev/null 2>&1 && dirname "$(command -v initdb)"
}

postgres_pid="" postgres_url=""

# start_postgres FOLDER LOG SETTING=VALUE...   sets postgres_pid and postgres_url
start_postgres() {
  local bin dir="$1" log="$2" run=() options=() user port setting
  shift 2
  bin="$(postgres_bin)" || { echo "no PostgreSQL: apt-get install postgresql" >&2; return 1; }
  for setting in "$@"; do options+=(-c "$setting"); done
  mkdir -p "$dir"
  if as_root; then # PostgreSQL refuses to run as root
    user="$(id -un postgres 2>/dev/null || echo nobody)"
    chown "$user" "$dir"
    run=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups env "HOME=$dir")
  fi
  (cd "$dir" && "${run[@]}" "$bin/initdb" -D "$dir/data" -U till --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync) \
    >"$log" 2>&1 || { tail -20 "$log" >&2; return 1; }
  for _ in 1 2 3; do # another program may take the port between asking for it and using it
    port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
    (cd "$dir" && exec "${run[@]}" "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" -h 127.0.0.1 \
      -c log_min_messages=warning "${options[@]}") >>"$log" 2>&1 &
    postgres_pid=$!
    for _ in $(seq 100); do
      if "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U till -d postgres; then
        postgres_url="postgres://till@127.0.0.1:$port/postgres"
        echo "PostgreSQL $("$bin/postgres" --version | awk '{print $3}') on port $port"
        return 0
      fi
      kill -0 "$postgres_pid" 2>/dev/null || break
      sleep 0.1
    done
    stop_postgres
  done
  echo "PostgreSQL did not start:" >&2
  tail -20 "$log" >&2
  return 1
}

stop_postgres() {
  if [ -n "$postgres_pid" ]; then
    kill -INT "$postgres_pid" 2>/dev/null || true # fast shutdown
    wait "$postgres_pid" 2>/dev/null || true
    postgres_pid=""
  fi
}
