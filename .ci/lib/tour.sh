# Tour: the README's two commands, as they stand there; and that the demonstration is the same everywhere.

# The commands of the README's blocks that begin with ```sh ci
readme_commands() {
    awk '/^```sh ci$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md
}

readme_test() {
    local command
    command=$(readme_commands | grep -x 'cargo test') || fail "README.md does not say \`cargo test\`"
    bash -ec "$command" 2>&1 </dev/null | tee "$WORK/cargo-test.log"
}

readme_tour() {
    local command
    command=$(readme_commands | grep -x 'cargo run --release -- demo') ||
        fail "README.md does not say \`cargo run --release -- demo\`"
    [ ! -e quarterday-demo ] || fail "quarterday-demo/ is here already: remove it, the tour makes it anew"
    bash -ec "$command" </dev/null | tee "$WORK/tour.txt"
    QUARTERDAY=${CARGO_TARGET_DIR:-$REPO/target}/release/quarterday
    # From here on it is one of the installations that the other steps look at.
    mv quarterday-demo "$WORK/tour"
    local began=$EPOCHREALTIME ended
    "$QUARTERDAY" --home "$WORK/tour" verify | tail -1
    ended=$EPOCHREALTIME
    echo "verified in $(((${ended/./} - ${began/./}) / 1000)) ms"
}

# Everything of a tour that reaches a reader, with its SHA-256: editions (PDF, HTML, CSV, figures, manifests) and mails.
# A Maildir names a file after the moment of its delivery: a mail is known by its content.
tour_digests() {
    (cd "$1/var/editions" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
    (cd "$1/mail" && find . -type f -print0 | xargs -0 sha256sum | cut -d' ' -f1 | LC_ALL=C sort)
}

tour_twice() {
    TZ=Pacific/Auckland LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 "$QUARTERDAY" demo "$WORK/auckland" >"$WORK/auckland.txt"
    local began=$EPOCHREALTIME ended
    TZ=America/St_Johns LC_ALL=C "$QUARTERDAY" demo "$WORK/st-johns" >"$WORK/st-johns.txt"
    ended=$EPOCHREALTIME
    local one
    for one in tour auckland st-johns; do
        tour_digests "$WORK/$one" >"$WORK/$one.sha256"
    done
    diff "$WORK/auckland.sha256" "$WORK/st-johns.sha256"
    diff "$WORK/auckland.sha256" "$WORK/tour.sha256"
    # What is said is the same too, but for the folder's name.
    diff <(sed "s#$WORK/auckland#DIR#g" "$WORK/auckland.txt") <(sed "s#$WORK/st-johns#DIR#g" "$WORK/st-johns.txt")
    local kind count
    for kind in pdf html csv json; do
        count=$(grep -c "\.$kind\$" "$WORK/tour.sha256") || fail "the tour made no .$kind"
        echo "$count .$kind: the same bytes three times"
    done
    count=$(find "$WORK/tour/mail" -type f | wc -l)
    [ "$count" -gt 0 ] || fail "the tour delivered no mail"
    echo "$count mails: the same bytes three times"
    echo "a tour takes $(((${ended/./} - ${began/./}) / 1000)) ms here"
}
