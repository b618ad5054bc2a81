# Fuzz: the targets of tests/fuzz, each for a while, beginning with what the repository has of its kind.

FUZZ_TARGETS=${FUZZ_TARGETS:-delimited json lines archives definitions templates headers directory}

# seeds TARGET FOLDER: what a target begins with.
seeds() {
    local target=$1 to=$2
    mkdir -p "$to"
    case $target in
        definitions) find schedules report-templates src tests \( -name '*.yaml' -o -name '*.yml' \) ;;
        templates) find report-templates tests/bench -name '*.tera' ;;
        headers) ;;
        directory) find src tests -name 'people*' -o -name '*.ics' ;;
        *) find tests/formats -type f ! -name '*.events' ;;
    esac | while IFS= read -r seed; do
        [ ! -f "$seed" ] || [ "$(wc -c <"$seed")" -gt 65536 ] || cp --backup=numbered "$seed" "$to"
    done
    # What it once found, and what was written for it.
    [ ! -d "tests/fuzz/corpus/$target" ] || cp --backup=numbered "tests/fuzz/corpus/$target"/* "$to"
}

# fuzz SECONDS [TARGET…]
fuzz() {
    local seconds=$1 target corpus
    shift
    cargo fuzz --version >/dev/null 2>&1 || {
        echo "installing cargo-fuzz (some minutes)"
        cargo install --quiet --locked cargo-fuzz
    }
    # One toolchain is all there is: its unstable flags are let through for this build alone, and no sanitizer's runtime
    # is needed to find a panic, an endless loop or too much memory.
    export RUSTC_BOOTSTRAP=1
    cargo fuzz build --fuzz-dir tests/fuzz --release --sanitizer none --debug-assertions >"$WORK/fuzz.log" 2>&1 ||
        { tail -40 "$WORK/fuzz.log"; return 1; }
    for target in ${*:-$FUZZ_TARGETS}; do
        corpus=$WORK/corpus-$target
        seeds "$target" "$corpus"
        cargo fuzz run --fuzz-dir tests/fuzz --release --sanitizer none --debug-assertions "$target" "$corpus" -- \
            -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1 \
            >"$WORK/fuzz-$target.log" 2>&1 ||
            { tail -60 "$WORK/fuzz-$target.log"; return 1; }
        printf '%-11s %s\n' "$target" "$(grep -E 'number_of_executed_units|new_units_added|peak_rss' "$WORK/fuzz-$target.log" | tr -s ' \n' ' ')"
    done
    unset RUSTC_BOOTSTRAP
}
