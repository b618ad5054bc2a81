# Steps: a heading, what it does, its time; the first that fails ends the run.

WORK=$(mktemp -d "${TMPDIR:-/tmp}/quarterday-ci.XXXXXX")
REPO=$PWD
STEPS=()
SKIPPED=()
SERVERS=()
export CARGO_TERM_COLOR=never

# Servers that a step started, and everything that was made.
ended() {
    local code=$? server
    for server in "${SERVERS[@]:-}"; do
        # Whatever it ends with is no fault of this run.
        [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
    done
    rm -rf "$WORK"
    [ "$code" -eq 0 ] || { echo "FAILED: ${NOW:-before the first step} (exit code $code), after $SECONDS s; CPU time:"; times; }
    exit "$code"
}
trap ended EXIT
# Ended from outside, it ends its servers all the same.
trap 'exit 143' TERM
trap 'exit 130' INT

# step TITLE COMMAND…
step() {
    NOW=$1
    shift
    local began=$SECONDS
    echo
    echo "== $NOW"
    # Not `if "$@"`: that would switch `set -e` off inside.
    "$@"
    local took=$((SECONDS - began))
    STEPS+=("$(printf '%4d s  %s' "$took" "$NOW")")
    echo "-- done in $took s: $NOW"
}

# Says what is not checked here, and why; said again at the end.
skip() {
    echo "NOT CHECKED: $1"
    SKIPPED+=("$1")
}

# fail WORDS…: ends the run.
fail() {
    echo "FAILED: $*" >&2
    exit 1
}

steps_end() {
    NOW="the end"
    echo
    echo "== All steps passed"
    printf '%s\n' "${STEPS[@]}"
    local one
    for one in "${SKIPPED[@]:-}"; do
        [ -z "$one" ] || echo "NOT CHECKED: $one"
    done
    echo "$((SECONDS / 60)) min $((SECONDS % 60)) s in all; CPU time (user, system) of this shell and of its children:"
    times
    # The test runner's own closing lines, again.
    [ ! -e "$WORK/cargo-test.log" ] || grep '^test result:' "$WORK/cargo-test.log"
}
