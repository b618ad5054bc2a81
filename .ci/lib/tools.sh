# Tools: what the steps need beside Rust, installed where it is missing.

# apt_get COMMAND PACKAGE: whether the command is there, or could be installed.
apt_get() {
    local command=$1 package=$2
    PATH=$PATH:/usr/sbin command -v "$command" >/dev/null && return 0
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
    if [ ! -e "$WORK/apt-updated" ]; then
        apt-get -qq update >"$WORK/apt.log" 2>&1 || { tail -5 "$WORK/apt.log"; return 1; }
        touch "$WORK/apt-updated"
    fi
    # RUNLEVEL=1: nothing that is installed here starts a service of its own.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$package" \
        >"$WORK/apt.log" 2>&1 </dev/null || { tail -20 "$WORK/apt.log"; return 1; }
    PATH=$PATH:/usr/sbin command -v "$command" >/dev/null
}

tools_install() {
    local pair command package
    HAVE=" "
    for pair in pdffonts:poppler-utils qpdf:qpdf chromium:chromium postfix:postfix openssl:openssl python3:python3 \
        node:nodejs npm:npm java:default-jre-headless javac:default-jdk-headless; do
        command=${pair%%:*} package=${pair##*:}
        if apt_get "$command" "$package"; then
            HAVE+="$command "
        else
            echo "$package is not installed and cannot be installed here (apt-get, as root)"
        fi
    done
    echo "have:$HAVE"
}

have() {
    local one
    for one in "$@"; do
        [[ $HAVE == *" $one "* ]] || return 1
    done
}

# The tree of dependencies: licences, sources, bans always; known faults where their database can be had.
dependencies() {
    if ! cargo deny --version >/dev/null 2>&1; then
        echo "installing cargo-deny (some minutes)"
        cargo install --quiet --locked cargo-deny
    fi
    cargo deny --log-level error --config .config/deny.toml check licenses bans sources
    if cargo deny --log-level error --config .config/deny.toml check advisories >"$WORK/advisories.log" 2>&1; then
        cat "$WORK/advisories.log"
        # The same database, read by its own tool: what the one overlooks in the lock file the other may not.
        cargo audit --version >/dev/null 2>&1 || {
            echo "installing cargo-audit (some minutes)"
            cargo install --quiet --locked cargo-audit
        }
        cargo audit --quiet
    elif grep -q 'failed to fetch advisory database' "$WORK/advisories.log"; then
        # The database is a git repository and in no package registry: a machine without github.com cannot have it.
        skip "known faults of dependencies: the RustSec database cannot be reached from this machine (licences, bans and sources were checked)"
    else
        cat "$WORK/advisories.log"
        return 1
    fi
}
