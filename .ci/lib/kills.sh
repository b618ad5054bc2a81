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

rows_of_log() {
    "$QUARTERDAY" --home "$1" --json log list | grep -c '"number"' || true
}

# A file is imported while the program is killed at a moment drawn by chance. Each time the log verifies and holds the
# batch whole or not at all; in the end it is what it is without any kill.
kills_import() {
    local count=$1 home=$WORK/kill-import whole killed=0 done=0 _ batches
    "$QUARTERDAY" demo "$WORK/kill-tour" >/dev/null 2>&1
    local file=$WORK/kill-tour/exports/zoho-login-history.csv
    "$QUARTERDAY" init "$home" >/dev/null
    whole=$(millis_of "$QUARTERDAY" --home "$home" import --mapping zoho-logins "$file")
    local wanted
    wanted=$("$QUARTERDAY" --home "$home" verify log | sed -n 's/^holds: log: \([0-9]* events\).*/\1/p')
    rm -rf "$home"
    "$QUARTERDAY" init "$home" >/dev/null
    for _ in $(seq "$count"); do
        if killed_after $((RANDOM % (whole + whole / 5))) "$QUARTERDAY" --home "$home" import --mapping zoho-logins "$file"; then
            killed=$((killed + 1))
        else
            done=$((done + 1))
        fi
        if [ -e "$home/var" ]; then
            "$QUARTERDAY" --home "$home" verify log >"$WORK/verify.log" 2>&1 || { cat "$WORK/verify.log"; fail "the log does not verify after a kill"; }
            batches=$(rows_of_log "$home")
        else
            batches=0
        fi
        [ "$batches" -ge "$done" ] || fail "$batches batches after $done finished imports"
        # Begin anew now and then: once the file is in, a further import adds nothing.
        if [ "$batches" -gt 0 ]; then
            "$QUARTERDAY" --home "$home" verify log | grep -q "$wanted" || fail "the batch is not whole"
            rm -rf "$home"
            "$QUARTERDAY" init "$home" >/dev/null
            done=0
        fi
    done
    "$QUARTERDAY" --home "$home" import --mapping zoho-logins "$file" >/dev/null
    "$QUARTERDAY" --home "$home" verify log | grep -q "$wanted" || fail "the log is not what it is without kills"
    echo "$killed of $count imports were killed; each left the batch whole or not at all, and every log verified"
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
