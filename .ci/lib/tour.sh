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

# packs_made FOLDER ZONE LOCALE: an installation with the tour's log and people, and every pack issued from it, there.
packs_made() {
    local pack stem there=(env TZ="$2" LC_ALL="$3" LANG="$3" "$QUARTERDAY")
    mkdir -p "$1/var"
    cp "$WORK/tour/quarterday.yaml" "$WORK/tour/people.csv" "$1/"
    cp "$WORK/tour/var/"log.sqlite* "$WORK/tour/var/key" "$1/var/"
    for pack in $("$QUARTERDAY" pack list --json | python3 -c 'import json, sys; print(*(one["name"] for one in json.load(sys.stdin)))'); do
        "${there[@]}" init "$1" --pack "$pack" --owner compliance@haldenvoss.example --timezone Europe/Berlin
    done
    # The spreadsheet too, whatever the pack asks for.
    sed -i 's/formats: \[pdf, csv\]/formats: [pdf, csv, xlsx]/' "$1"/schedules/*.yaml
    for stem in "$1"/schedules/*.yaml; do
        "${there[@]}" --home "$1" issue "$(basename "$stem" .yaml)"
    done
}

# Every pack issued twice, far apart; then all of both set again in one process each, and by `render` in one more.
packs_twice() {
    if ! have python3; then
        skip "the packs twice: python3 is missing"
        return 0
    fi
    packs_made "$WORK/packs" Pacific/Auckland tr_TR.UTF-8 >"$WORK/packs.txt"
    packs_made "$WORK/packs-again" America/St_Johns C >"$WORK/packs-again.txt"
    local one form file count
    for one in packs packs-again; do
        tour_digests "$WORK/$one" >"$WORK/$one.sha256"
    done
    diff "$WORK/packs.sha256" "$WORK/packs-again.sha256"
    for form in pdf html csv xlsx json; do
        count=$(grep -c "\.$form\$" "$WORK/packs.sha256") || fail "the packs made no .$form"
        echo "$count .$form: the same bytes twice"
    done
    # verify sets all of them again, one after the other in one process.
    "$QUARTERDAY" --home "$WORK/packs" verify --json >"$WORK/packs-verified.json"
    count=$(grep -c '"words": "the same bytes"' "$WORK/packs-verified.json") || fail "verify set nothing again"
    echo "$count files set again in one process: the same bytes"
    count=0
    while IFS= read -r file; do
        one=${file#"$WORK/packs/var/editions/"} one=${one%/*} form=${file##*.}
        TZ=Asia/Kathmandu LC_ALL=de_DE.UTF-8 "$QUARTERDAY" --home "$WORK/packs" render "$one" --format "$form" -o - | cmp - "$file"
        count=$((count + 1))
    done < <(find "$WORK/packs/var/editions" -name '*.pdf' -o -name '*.html' -o -name '*.xlsx')
    echo "$count files set again by render, each in a process of its own: the same bytes"
    if python3 -m venv "$WORK/openpyxl" >"$WORK/venv.log" 2>&1 &&
        "$WORK/openpyxl/bin/pip" install --quiet openpyxl >>"$WORK/venv.log" 2>&1; then
        "$WORK/openpyxl/bin/python" .ci/lib/xlsx.py "$WORK/packs"
    else
        skip "the spreadsheets in another program: openpyxl cannot be installed from PyPI"
    fi
}
