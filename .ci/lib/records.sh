# Records: an export of 50 000 leads, counted by the program and by a script that shares nothing with it.

records_all() {
    if ! have python3; then
        skip "record quality counted by another program: python3 is missing"
        return 0
    fi
    local home=$WORK/records began ended
    "$QUARTERDAY" init "$home" >/dev/null
    python3 .ci/lib/records.py make 50000 2026 "$WORK/leads.csv"
    began=$EPOCHREALTIME
    "$QUARTERDAY" --home "$home" records "$WORK/leads.csv" --module Leads --as-at 2026-11-28 --json >"$WORK/records.json"
    ended=$EPOCHREALTIME
    echo "checked in $(((${ended/./} - ${began/./}) / 1000)) ms"
    python3 .ci/lib/records.py compare "$WORK/leads.csv" "$WORK/records.json" 2026-11-28
}
