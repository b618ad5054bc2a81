# Data: a real log of 141 712 rows, from two files of the same events, each into an installation of its own.

DATA=../shared/data/servicenow

# data_rows JSON: read, added, repeated, quarantined of the one batch that `import --json` told of.
data_rows() {
    python3 -c 'import json, sys
rows = json.load(open(sys.argv[1]))[0]["batch"]["rows"]
print(rows["read"], rows["added"], rows["repeated"], rows["quarantined"])' "$1"
}

data_all() {
    if [ ! -d "$DATA" ]; then
        skip "the real logs: $DATA is not here"
        return 0
    fi
    if ! have python3; then
        skip "the real logs: python3 is missing"
        return 0
    fi
    local file mapping home rows
    for mapping in servicenow-history:incident_event_log.csv.gz servicenow-changes:derived_audit.jsonl.gz; do
        file=$DATA/${mapping##*:} mapping=${mapping%%:*} home=$WORK/$mapping
        "$QUARTERDAY" init "$home" >/dev/null
        "$QUARTERDAY" --home "$home" --json import --mapping "$mapping" "$file" >"$WORK/first.json"
        rows=$(data_rows "$WORK/first.json")
        [ "$rows" = "141712 141712 0 0" ] || fail "$file: read, added, repeated, quarantined are $rows"
        "$QUARTERDAY" --home "$home" --json import --mapping "$mapping" "$file" >"$WORK/second.json"
        rows=$(data_rows "$WORK/second.json")
        [ "$rows" = "141712 0 141712 0" ] || fail "$file again: read, added, repeated, quarantined are $rows"
        "$QUARTERDAY" --home "$home" verify log
        echo "${file##*/}: 141712 added, none quarantined; again: none added"
        cp .ci/lib/month.yaml "$home/schedules/month.yaml"
        "$QUARTERDAY" --home "$home" issue month --period 2016-04
        python3 .ci/lib/month.py "$file" "$home/var/editions/month/2016-04/figures.json"
    done
}
