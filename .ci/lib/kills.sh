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

# Thirty daily editions fall due at once and go into a folder, while `issue` is killed again and again. In the end each is
# issued once, each mail is there once, and everything verifies.
kills_issue() {
    local count=$1 home=$WORK/kill-issue killed=0 runs=0 whole editions mails names
    [ -d "$WORK/kill-tour" ] || "$QUARTERDAY" demo "$WORK/kill-tour" >/dev/null 2>&1
    local at=2026-12-01T08:30:00Z round=0
    while [ "$runs" -lt "$count" ]; do
        round=$((round + 1))
        rm -rf "$home"
        mkdir "$home"
        cp -r "$WORK/kill-tour/people.csv" "$WORK/kill-tour/quarterday.yaml" "$home/"
        mkdir "$home/schedules"
        sed 's/catch_up: all/catch_up: all, since: 2026-11-01/' "$WORK/kill-tour/schedules/daily-security-watch.yaml" \
            >"$home/schedules/daily-security-watch.yaml"
        "$QUARTERDAY" --home "$home" --now "$at" import --mapping zoho-logins "$WORK/kill-tour/exports/zoho-login-history.csv" >/dev/null
        [ -n "${whole:-}" ] || whole=$(cp -r "$home" "$home-measured" && millis_of "$QUARTERDAY" --home "$home-measured" --now "$at" issue)
        # Until one gets through, which the shrinking work makes sure of.
        local minute=0
        while [ "$runs" -lt "$count" ]; do
            runs=$((runs + 1)) minute=$((minute + 1))
            # Claims of the dead are taken over at once on the same machine; dispatches wait for their next attempt.
            at=$(date -u -d "2026-12-01T08:30:00Z + $minute minutes" +%Y-%m-%dT%H:%M:%SZ)
            if killed_after $((RANDOM % (whole / 3 + 1))) "$QUARTERDAY" --home "$home" --now "$at" issue; then
                killed=$((killed + 1))
            else
                break
            fi
        done
        "$QUARTERDAY" --home "$home" --now 2026-12-01T18:00:00Z issue >"$WORK/issue.log" 2>&1 || { cat "$WORK/issue.log"; fail "the last issue failed"; }
        editions=$(find "$home/var/editions/daily-security-watch" -mindepth 1 -maxdepth 1 -type d | wc -l)
        [ "$editions" -eq 30 ] || fail "$editions editions, not 30"
        mails=$(find "$home/mail/new" -type f | wc -l)
        names=$(find "$home/mail/new" -type f -exec grep -h -m1 '^Message-ID:' {} + | sort -u | wc -l)
        [ "$mails" -eq 60 ] && [ "$names" -eq 60 ] || fail "$mails mails with $names different Message-IDs, not 60"
        "$QUARTERDAY" --home "$home" --now 2026-12-01T18:00:00Z --json history | grep -c '"stage": "sent"' | grep -qx 60 ||
            fail "the ledger does not say that all 60 are sent"
        "$QUARTERDAY" --home "$home" --now 2026-12-01T18:00:00Z verify >"$WORK/verify.log" 2>&1 || { cat "$WORK/verify.log"; fail "it does not verify"; }
    done
    echo "$killed of $runs runs were killed, over $round installations; each of 30 editions was issued once and each of 60 mails is there once"
}

# The same thirty editions with two daemons on one installation, of which one or the other is killed at a moment drawn by
# chance and started again with its clock further on, or now and then back.
kills_serve() {
    local count=$1 home=$WORK/kill-serve killed=0 round=0 minute at
    [ -d "$WORK/kill-tour" ] || "$QUARTERDAY" demo "$WORK/kill-tour" >/dev/null 2>&1
    while [ "$killed" -lt "$count" ]; do
        round=$((round + 1)) minute=0
        rm -rf "$home"
        mkdir "$home"
        cp "$WORK/kill-tour/people.csv" "$home/"
        { cat "$WORK/kill-tour/quarterday.yaml"; echo 'serve: { poll: 1s }'; } >"$home/quarterday.yaml"
        mkdir "$home/schedules"
        sed 's/catch_up: all/catch_up: all, since: 2026-11-01/' "$WORK/kill-tour/schedules/daily-security-watch.yaml" \
            >"$home/schedules/daily-security-watch.yaml"
        "$QUARTERDAY" --home "$home" --now 2026-12-01T08:30:00Z import --mapping zoho-logins "$WORK/kill-tour/exports/zoho-login-history.csv" >/dev/null
        local -a daemons=(0 0)
        local kills which
        for kills in $(seq 30); do
            for which in 0 1; do
                if ! kill -0 "${daemons[$which]}" 2>/dev/null || [ "${daemons[$which]}" = 0 ]; then
                    minute=$((minute + 1 + RANDOM % 3 - RANDOM % 3))
                    at=$(date -u -d "2026-12-01T08:30:00Z + $((minute > 0 ? minute : 0)) minutes" +%Y-%m-%dT%H:%M:%SZ)
                    "$QUARTERDAY" --home "$home" --now "$at" serve >>"$WORK/serve.log" 2>&1 </dev/null &
                    daemons[which]=$!
                fi
            done
            sleep "0.$(printf '%03d' $((RANDOM % 1000)))"
            which=$((RANDOM % 2))
            kill -9 "${daemons[$which]}"
            wait "${daemons[$which]}" 2>/dev/null || true
            killed=$((killed + 1))
            [ "$killed" -lt "$count" ] || break
        done
        for which in 0 1; do
            kill -9 "${daemons[$which]}" 2>/dev/null || true
            wait "${daemons[$which]}" 2>/dev/null || true
        done
        "$QUARTERDAY" --home "$home" --now 2026-12-01T18:00:00Z issue >"$WORK/issue.log" 2>&1 || { cat "$WORK/issue.log"; fail "the last issue failed"; }
        local editions mails names
        editions=$(find "$home/var/editions/daily-security-watch" -mindepth 1 -maxdepth 1 -type d | wc -l)
        [ "$editions" -eq 30 ] || fail "$editions editions, not 30"
        mails=$(find "$home/mail/new" -type f | wc -l)
        names=$(find "$home/mail/new" -type f -exec grep -h -m1 '^Message-ID:' {} + | sort -u | wc -l)
        [ "$mails" -eq 60 ] && [ "$names" -eq 60 ] || fail "$mails mails with $names different Message-IDs, not 60"
        "$QUARTERDAY" --home "$home" --now 2026-12-01T18:00:00Z verify >"$WORK/verify.log" 2>&1 || { cat "$WORK/verify.log"; fail "it does not verify"; }
    done
    echo "daemons were killed $killed times, two at a time over $round installations; each of 30 editions was issued once and each of 60 mails is there once"
}
