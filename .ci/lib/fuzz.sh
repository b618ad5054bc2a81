# Fuzz: the four targets of tests/fuzz, each for a while, beginning with the samples of every format.

# fuzz SECONDS
fuzz() {
    local seconds=$1 target corpus
    cargo fuzz --version >/dev/null 2>&1 || {
        echo "installing cargo-fuzz (some minutes)"
        cargo install --quiet --locked cargo-fuzz
    }
    # One toolchain is all there is: its unstable flags are let through for this build alone, and no sanitizer's runtime
    # is needed to find a panic, an endless loop or too much memory.
    export RUSTC_BOOTSTRAP=1
    cargo fuzz build --fuzz-dir tests/fuzz --release --sanitizer none --debug-assertions >"$WORK/fuzz.log" 2>&1 ||
        { tail -40 "$WORK/fuzz.log"; return 1; }
    for target in delimited json lines archives; do
        corpus=$WORK/corpus-$target
        mkdir -p "$corpus"
        find tests/formats tests/fuzz/corpus -type f ! -name '*.events' -size -64k -exec cp --backup=numbered {} "$corpus" \;
        cargo fuzz run --fuzz-dir tests/fuzz --release --sanitizer none --debug-assertions "$target" "$corpus" -- \
            -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1 \
            >"$WORK/fuzz-$target.log" 2>&1 ||
            { tail -60 "$WORK/fuzz-$target.log"; return 1; }
        printf '%-10s %s\n' "$target" "$(grep -E 'number_of_executed_units|new_units_added|peak_rss' "$WORK/fuzz-$target.log" | tr -s ' \n' ' ')"
    done
    unset RUSTC_BOOTSTRAP
}
