"""The two databases of the benchmarks that make rows by SQL, in the words that both understand."""

import sqlite3
import subprocess
import uuid


def octet_length(value):
    """As SQLite 3.43 has it; the one that Python brings may be older."""
    return None if value is None else len(value if isinstance(value, bytes) else str(value).encode())


class Sqlite:
    yes, no, bytes = "1", "0", "blob"

    def __init__(self, path, tables):
        self.tables = tables
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.create_function("new_id", 0, lambda: uuid.uuid4().bytes)
        self.db.create_function("octet_length", 1, octet_length, deterministic=True)
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -524288", "locking_mode = exclusive"):
            self.db.execute("pragma " + pragma)

    def columns(self, table):
        return [row[1] for row in self.db.execute(f"pragma table_info({table})")]

    def indexes(self):
        rows = self.db.execute("select name, tbl_name, sql from sqlite_master where type = 'index' and sql is not null")
        return [(name, sql) for name, table, sql in rows if table in self.tables]

    def run(self, sql):
        self.db.executescript(sql)

    def series(self, count):
        return f"(with recursive s(n) as (select 0 union all select n + 1 from s where n + 1 < {count}) select n from s)"

    def id(self, text):
        return "x'" + text.replace("-", "") + "'"

    def time(self, micros):
        return f"({micros})"

    def secret(self):
        return "'polar_c_' || hex(randomblob(20))"

    def finish(self):
        self.db.close()


class Postgres:
    yes, no, bytes = "true", "false", "uuid"

    def __init__(self, url, tables):
        self.url, self.tables = url, tables

    def ask(self, sql):
        out = subprocess.run(["psql", "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", self.url, "-c", sql],
                             check=True, capture_output=True, text=True).stdout
        return [line.split("\t") for line in out.splitlines()]

    def columns(self, table):
        rows = self.ask(f"select column_name from information_schema.columns where table_name = '{table}' order by ordinal_position")
        return [name for (name,) in rows]

    def indexes(self):
        names = ", ".join(f"'{table}'" for table in self.tables)
        return self.ask(f"select indexname, indexdef from pg_indexes where tablename in ({names}) and indexname not like '%_pkey'")

    def run(self, sql):
        self.ask("set session_replication_role = replica; " + sql)

    def series(self, count):
        return f"(select generate_series(0, {count} - 1) as n)"

    def id(self, text):
        return f"'{text}'::uuid"

    def time(self, micros):
        return f"(timestamptz 'epoch' + ({micros}) * interval '1 microsecond')"

    def secret(self):
        return "'polar_c_' || replace(gen_random_uuid()::text, '-', '') || substr(md5(random()::text), 1, 8)"

    def finish(self):
        self.ask("vacuum analyze")


def opened(place, tables):
    """The database at a path or an address, whose rows of these tables are made by SQL."""
    return Postgres(place, tables) if place.startswith("postgres") else Sqlite(place, tables)


def fill(db, table, source, values):
    """Fills a table from `source`, which names the row to be made like `t`; `values` say what differs."""
    known = db.columns(table)
    for column in values:
        assert column in known or column == "kind", (table, column)
    chosen = ", ".join(f"{values[c]} as {c}" if c in values else f"t.{c}" for c in known)
    db.run(f"insert into {table} ({', '.join(known)}) select {chosen} from {source}")
