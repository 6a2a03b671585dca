# The verbs of this repository, for those who like `just`. Each line works without it.

# A shop to try things on: http://127.0.0.1:8080
dev *options:
    cargo run -- dev {{options}}

# Everything, as CI runs it, or the named parts: lint rust chaos fuzz stripe clients browser package
test *parts:
    scripts/test {{parts}}

# The tests of one crate, or those whose name contains a word: just unit -p till-core, just unit currency
unit *filter:
    cargo nextest run {{filter}}

# Formatting, lints, documentation, licences
lint:
    scripts/test lint

# The crates' documentation in a browser
doc:
    cargo doc --no-deps --workspace --open

# Till killed while buyers buy: just chaos --kills 200
chaos *options:
    scripts/chaos {{options}}

# What strangers may send: just fuzz create 600
fuzz *options:
    scripts/fuzz {{options}}

# A picture of every page, and contact sheets of them: just screenshots, or just screenshots receipt seats
screenshots *words:
    scripts/screenshots {{words}}

# Throughput on both databases, or on one of them
bench *database:
    bench/run {{database}}

# The program that is to be installed: target/dist/till
dist:
    cargo build --profile dist --locked -p till

# What Till is installed from, a Debian package and an archive: target/package
package *options:
    scripts/package {{options}}
