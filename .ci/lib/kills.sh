# Kills: a program that is ended at any moment leaves the whole of a thing or nothing of it.

# killed_after MILLISECONDS COMMAND…: whether the command was killed (and not done before).
killed_after() {
    local millis=$1 child code=0
    shift
    "$@" >"$WORK/killed.log" 2>&1 </dev/null &
    child=$!
    sleep "$((millis / 1000)).$(printf '%03d' $((millis % 1000)))"
    kill -9 "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || code=$?
    # 137 is killed; 0 is done. Anything else is a fault of its own.
    case $code in
        137) return 0 ;;
        0) return 1 ;;
        # A mail server that refuses now and then is no fault of the program.
        1) grep -q ': not now (' "$WORK/killed.log" && return 1 ;;&
        *) cat "$WORK/killed.log"; fail "it failed by itself, with exit code $code" ;;
    esac
}

# How long a command takes undisturbed, in milliseconds: kills are spread over that.
millis_of() {
    local began=$EPOCHREALTIME ended
    "$@" >/dev/null 2>&1 </dev/null || true
    ended=$EPOCHREALTIME
    echo $(((${ended/./} - ${began/./}) / 1000 + 1))
}

# batches_in HOME: how many batches the log has.
batches_in() {
    "$QUARTERDAY" --home "$1" --json log list | grep -c '"imported_at"' || true
}

# events_in HOME: how many events the log has, after all of it was recomputed.
events_in() {
    "$QUARTERDAY" --home "$1" verify log >"$WORK/verify.log" 2>&1 || { cat "$WORK/verify.log" >&2; fail "the log does not verify"; }
    sed -n 's/^holds: log: \([0-9]*\) events.*/\1/p' "$WORK/verify.log"
}

# A file is imported while the program is killed at moments drawn by chance, until so many imports were killed. After each
# kill the log verifies and holds the batch whole or not at all; then the import is done again and completes it, or finds it
# there. Told by moment: before anything of the batch was in the file, while it was being written, and after it was committed.
kills_import() {
    local count=$1 home=$WORK/kill-import file=$WORK/kill-import.csv whole wanted
    local killed=0 done=0 before=0 during=0 after=0 run=0 written events
    "$QUARTERDAY" demo "$WORK/kill-tour" >/dev/null 2>&1
    # Enough rows that writing takes a good part of the time.
    head -n "${KILL_ROWS:-30000}" "$WORK/kill-tour/exports/zoho-crm-audit-log.csv" >"$file"
    "$QUARTERDAY" init "$home" >/dev/null
    whole=$(millis_of "$QUARTERDAY" --home "$home" import --mapping zoho-crm "$file")
    wanted=$(events_in "$home")
    [ "$wanted" -gt 1000 ] || fail "only $wanted events to import"
    while [ "$killed" -lt "$count" ]; do
        run=$((run + 1))
        [ "$run" -le $((count * 5)) ] || fail "the program is too quick to be killed: $killed of $run runs"
        rm -rf "$home"
        "$QUARTERDAY" init "$home" >/dev/null
        # Evenly over all of it, and now and then about the end, where it is committed.
        local millis=$((RANDOM % (whole + whole / 10)))
        [ $((run % 4)) -ne 0 ] || millis=$((whole * 7 / 10 + RANDOM % (whole * 4 / 10 + 1)))
        if ! killed_after "$millis" "$QUARTERDAY" --home "$home" import --mapping zoho-crm "$file"; then
            done=$((done + 1))
            continue
        fi
        killed=$((killed + 1))
        # What SQLite had written when it died: asking the log may tidy it up.
        written=$(stat -c %s "$home/var/log.sqlite-wal" 2>/dev/null || echo 0)
        events=0
        [ ! -e "$home/var/log.sqlite" ] || events=$(events_in "$home")
        case $events in
            0) if [ "$written" -gt 100000 ]; then during=$((during + 1)); else before=$((before + 1)); fi ;;
            "$wanted") after=$((after + 1)) ;;
            *) fail "killed after $millis ms, the log has $events of $wanted events" ;;
        esac
        "$QUARTERDAY" --home "$home" import --mapping zoho-crm "$file" >"$WORK/again.log" 2>&1 || { cat "$WORK/again.log"; fail "importing again failed"; }
        [ "$(events_in "$home")" = "$wanted" ] || fail "imported again, the log has not $wanted events"
        local batches
        batches=$(batches_in "$home")
        [ "$batches" -eq $((events > 0 ? 2 : 1)) ] || fail "$batches batches after the import was done again"
    done
    echo "$killed imports of $wanted events were killed ($done more were done too early), of $whole ms each undisturbed:"
    echo "  $before before anything of the batch was in the file, $during while it was written: nothing of it was there"
    echo "  $after after it was committed: all of it was there"
    echo "every log verified, and importing again gave $wanted events each time"
}

# What is killed below: thirty daily editions for two people each, due at once, and a mail server that is slow, refuses now
# and then, and drops connections after the last byte. kills_home HOME: a copy of that installation.
kills_home() {
    local kept=$WORK/kill-kept
    if [ ! -d "$kept" ]; then
        mkdir -p "$kept/schedules"
        cat >"$kept/quarterday.yaml" <<YAML
timezone: UTC
zone_rules: bundled
mail: { from: "Quarterday <reports@example.com>", smtp: { host: 127.0.0.1, port: $KILLS_PORT, tls: none, timeout: 20s } }
serve: { poll: 1s }
YAML
        cat >"$kept/schedules/daily.yaml" <<'YAML'
title: Daily numbers
owner: owner@example.com
schedule: { every: day, at: "07:00", timezone: UTC, since: 2026-11-01, catch_up: all }
sections:
  - summary: [events, actors, deletions]
recipients:
  - { to: anna@example.com, formats: [csv] }
  - { to: ben@example.com, formats: [html, json] }
YAML
        printf '%s\n' 'Audited Time,Done By,Action,Module,Record Id,Record Name,Details' \
            '2026-11-30T16:00:00Z,ben@example.com,Deleted,Deals,11,Valves,' \
            '2026-11-29T12:00:00Z,anna@example.com,Updated,Leads,7,Meyer,' >"$kept/crm.csv"
        "$QUARTERDAY" --home "$kept" --now 2026-12-01T08:00:00Z import --mapping zoho-crm "$kept/crm.csv" >/dev/null 2>&1
    fi
    rm -rf "$1" "$WORK/accepted"
    cp -r "$kept" "$1"
    [ -z "${KILLS_POST:-}" ] || { kill "$KILLS_POST" 2>/dev/null; wait "$KILLS_POST" 2>/dev/null || true; }
    python3 .ci/lib/post.py "$KILLS_PORT" "$WORK/accepted" "$RANDOM" >"$WORK/post.log" 2>&1 </dev/null &
    KILLS_POST=$!
    SERVERS+=("$KILLS_POST")
    local _
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$KILLS_PORT") 2>/dev/null && return 0
        sleep 0.05
    done
    cat "$WORK/post.log"
    fail "the mail server did not start"
}
KILLS_PORT=${QUARTERDAY_CI_KILLS_PORT:-17525}
KILLS_DOUBTS=0
KILLS_TWICE=0

# In peace all comes to its end: hour after hour, because what is in doubt waits. Then everything is held against everything.
kills_end() {
    local home=$1 hour counted
    for hour in $(seq -w 10 23); do
        "$QUARTERDAY" --home "$home" --now "2026-12-02T$hour:30:00Z" issue >"$WORK/issue.log" 2>&1 || true
        "$QUARTERDAY" --home "$home" --now "2026-12-02T$hour:30:00Z" --json history >"$WORK/history.json"
        grep -qE '"stage": "(queued|attempting|dot)"' "$WORK/history.json" || break
    done
    "$QUARTERDAY" --home "$home" --now 2026-12-02T23:45:00Z issue >"$WORK/issue.log" 2>&1 || { cat "$WORK/issue.log"; fail "the last issue failed"; }
    counted=$(python3 .ci/lib/once.py "$WORK/history.json" "$WORK/accepted" 31) || fail "not as it must be: see above"
    "$QUARTERDAY" --home "$home" --now 2026-12-02T23:50:00Z verify >"$WORK/verify.log" 2>&1 || { cat "$WORK/verify.log"; fail "it does not verify"; }
    read -r _ doubts twice <<<"$counted"
    KILLS_DOUBTS=$((KILLS_DOUBTS + doubts)) KILLS_TWICE=$((KILLS_TWICE + twice))
}

# The minute of the next start: mostly a little later, in some far ahead or back.
kills_minute() {
    case $((RANDOM % 10)) in
        0) minute=$((minute + 45)) ;;
        1) minute=$((minute > 20 ? minute - 20 : 0)) ;;
        *) minute=$((minute + 1)) ;;
    esac
    at=$(date -u -d "2026-12-01T08:30:00Z + $((minute % 900)) minutes" +%Y-%m-%dT%H:%M:%SZ)
}

# No part may take longer than so many minutes, whatever the machine.
kills_in_time() {
    [ $((SECONDS - $1)) -lt $((${KILL_MINUTES:-30} * 60)) ] || fail "only $2 kills in ${KILL_MINUTES:-30} minutes"
}

# They fall due while `issue` is killed again and again, at moments drawn by chance, its clock jumping now and then.
kills_issue() {
    local count=$1 home=$WORK/kill-issue killed=0 runs=0 round=0 whole minute at began=$SECONDS doubts twice
    KILLS_DOUBTS=0 KILLS_TWICE=0
    kills_home "$home"
    whole=$(millis_of "$QUARTERDAY" --home "$home" --now 2026-12-01T08:30:00Z issue)
    while [ "$killed" -lt "$count" ]; do
        round=$((round + 1)) minute=0
        kills_home "$home"
        # Until one gets through, which the shrinking work makes sure of.
        while [ "$killed" -lt "$count" ]; do
            kills_in_time "$began" "$killed"
            runs=$((runs + 1))
            kills_minute
            if killed_after $((RANDOM % (whole / 4 + 1))) "$QUARTERDAY" --home "$home" --now "$at" issue; then
                killed=$((killed + 1))
            else
                break
            fi
        done
        kills_end "$home"
    done
    echo "$killed of $runs runs were killed, over $round installations: each of 31 editions issued once, each mail accepted at least once;"
    echo "  $KILLS_DOUBTS outcomes were unknown, $KILLS_TWICE mails came twice for that, with the same Message-ID and bytes; everything verifies"
}

# The same with two daemons on one installation, of which one or the other is killed and started again.
kills_serve() {
    local count=$1 home=$WORK/kill-serve killed=0 round=0 minute at began=$SECONDS kills which doubts twice
    local -a daemons
    KILLS_DOUBTS=0 KILLS_TWICE=0
    while [ "$killed" -lt "$count" ]; do
        round=$((round + 1)) minute=0
        kills_home "$home"
        daemons=(0 0)
        for kills in $(seq 25); do
            kills_in_time "$began" "$killed"
            for which in 0 1; do
                if [ "${daemons[$which]}" = 0 ] || ! kill -0 "${daemons[$which]}" 2>/dev/null; then
                    kills_minute
                    "$QUARTERDAY" --home "$home" --now "$at" serve >>"$WORK/serve.log" 2>&1 </dev/null &
                    daemons[which]=$!
                fi
            done
            sleep "0.$(printf '%03d' $((50 + RANDOM % 600)))"
            which=$((RANDOM % 2))
            kill -9 "${daemons[$which]}" 2>/dev/null || { tail -5 "$WORK/serve.log"; fail "a daemon ended by itself"; }
            wait "${daemons[$which]}" 2>/dev/null || true
            daemons[which]=0
            killed=$((killed + 1))
            [ "$killed" -lt "$count" ] || break
        done
        for which in 0 1; do
            [ "${daemons[$which]}" = 0 ] || { kill -9 "${daemons[$which]}" 2>/dev/null; wait "${daemons[$which]}" 2>/dev/null || true; }
        done
        kills_end "$home"
    done
    echo "daemons were killed $killed times, two at a time over $round installations: each of 31 editions issued once, each mail accepted at least once;"
    echo "  $KILLS_DOUBTS outcomes were unknown, $KILLS_TWICE mails came twice for that, with the same Message-ID and bytes; everything verifies"
}
