# Mail: a real server (Postfix) on a high port of 127.0.0.1 with TLS and a certificate authority made here. It keeps what
# it gets, and every message is read back and held against the edition and the ledger.

MAIL_PORT=${QUARTERDAY_CI_MAIL_PORT:-17465}
CUT_PORT=${QUARTERDAY_CI_CUT_PORT:-17466}

# A certificate authority, and a server's certificate for localhost.
mail_certificates() {
    local at=$1
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Quarterday CI" -keyout "$at/ca.key" -out "$at/ca.pem" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
    openssl req -new -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$at/server.key" -out "$at/server.csr" 2>/dev/null
    openssl x509 -req -in "$at/server.csr" -CA "$at/ca.pem" -CAkey "$at/ca.key" -CAcreateserial -days 2 -out "$at/server.pem" \
        -extfile <(printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n') 2>/dev/null
    chmod 600 "$at/server.key"
}

# mail_server DIR: a Postfix of its own under DIR that keeps all mail in DIR/kept, and a copy of each in DIR/journal; nothing of the
# machine's is used.
mail_server() {
    local at=$1
    mkdir -p "$at/etc" "$at/queue" "$at/data" "$at/kept" "$at/journal"
    chown postfix "$at/data"
    chown nobody "$at/kept" "$at/journal"
    cat >"$at/etc/main.cf" <<CONF
compatibility_level = 3.6
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = $at/queue
data_directory = $at/data
maillog_file = $at/log
maillog_file_prefixes = $at
virtual_mailbox_domains = static:all
virtual_mailbox_base = $at
virtual_mailbox_maps = inline:{journal@journal.example=journal/}, static:kept/
always_bcc = journal@journal.example
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
message_size_limit = 40000000
alias_maps =
alias_database =
smtpd_tls_cert_file = $at/server.pem
smtpd_tls_key_file = $at/server.key
smtpd_peername_lookup = no
CONF
    cat >"$at/etc/master.cf" <<CONF
127.0.0.1:$MAIL_PORT inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
CONF
    # In the foreground as a child of this script, which ends it.
    MAIL_CONFIG=$at/etc postfix -c "$at/etc" check
    "$(postconf -h -d daemon_directory)/master" -c "$at/etc" -d >"$at/master.log" 2>&1 </dev/null &
    SERVERS+=("$!")
    local _
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$MAIL_PORT") 2>/dev/null && return 0
        sleep 0.1
    done
    cat "$at/log" "$at/master.log" 2>/dev/null || true
    fail "the mail server did not start"
}

# The HTML of the mails, with pictures and without, as a mail program's window and a phone show it.
mail_bodies() {
    local said
    if [ ! -e "$WORK/npm/node_modules/axe-core" ] || ! have chromium java; then
        skip "the HTML of the mails: axe-core, the Nu HTML checker, chromium or java is missing"
        return 0
    fi
    said=$(page_validate "$WORK"/mails/*.html) || true
    [ -z "$said" ] || { echo "$said" | cut -c1-400 | head -20; fail "the Nu HTML checker has something to say of a mail"; }
    said=$(page_look --mail "$WORK"/mails/*-off.html "$WORK"/mails/monthly*.html) || { echo "$said"; fail "mails with faults"; }
    echo "$said"
}

# mail_doubt DIR HOME: the server takes a mail, and its answer never arrives. The journal mailbox tells that it was taken, and nobody
# gets it twice.
mail_doubt() {
    local at=$1 home=$2 edition=daily-security-watch/2026-11-28 _
    sed -i "s#port: $MAIL_PORT#port: $CUT_PORT#; s#^mail:#mail:\n  journal: { maildir: $at/journal }#" "$home/quarterday.yaml"
    python3 .ci/lib/cut.py "$CUT_PORT" "$MAIL_PORT" &
    SERVERS+=("$!")
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$CUT_PORT") 2>/dev/null && break
        sleep 0.1
    done
    if QUARTERDAY_NOW=2026-12-01T09:00:00Z "$QUARTERDAY" --home "$home" issue "${edition%/*}" --period "${edition#*/}" \
        >"$WORK/doubt.txt" 2>&1; then
        cat "$WORK/doubt.txt"
        fail "a mail whose answer was lost was taken for sent"
    fi
    grep 'no answer after the last byte' "$WORK/doubt.txt" || { cat "$WORK/doubt.txt"; fail "nothing is in doubt"; }
    for _ in $(seq 100); do
        [ "$(grep -rl "^X-Quarterday-Edition: $edition" "$at/journal" | wc -l)" -eq 2 ] && break
        sleep 0.1
    done
    # An hour later it would be sent again, if it were not found.
    QUARTERDAY_NOW=2026-12-01T10:00:00Z "$QUARTERDAY" --home "$home" issue >"$WORK/found.txt" 2>&1 ||
        { cat "$WORK/found.txt"; fail "what was in doubt is not settled"; }
    grep '1 mail whose outcome was unknown was found in the journal mailbox' "$WORK/found.txt" ||
        { cat "$WORK/found.txt"; fail "the mail was not found in the journal mailbox"; }
    [ "$(grep -rl "^X-Quarterday-Edition: $edition" "$at/kept" | wc -l)" -eq 2 ] || fail "somebody got a mail twice, or not at all"
    "$QUARTERDAY" --home "$home" verify ledger | tail -1
}

mail_all() {
    if ! have postfix openssl python3; then
        skip "mail through a real server: postfix, openssl or python3 is missing"
        return 0
    fi
    local at=$WORK/server home=$WORK/mailing
    # The server keeps mail as an account of its own, which must get there.
    chmod 711 "$WORK"
    mkdir "$at" "$home"
    mail_certificates "$at"
    mail_server "$at"
    cp -r "$WORK/tour/exports" "$WORK/tour/people.csv" "$WORK/tour/schedules" "$home/"
    sed "s#^  folder: mail\$#  smtp: { host: localhost, port: $MAIL_PORT, tls: implicit, ca_file: $at/ca.pem }#" \
        "$WORK/tour/quarterday.yaml" >"$home/quarterday.yaml"
    grep -q 'tls: implicit' "$home/quarterday.yaml" || fail "the tour's settings have no mail folder any more"
    export QUARTERDAY_HOME=$home QUARTERDAY_NOW=2026-12-01T08:30:00Z
    "$QUARTERDAY" import --mapping zoho-crm "$home/exports/zoho-crm-audit-log.csv"
    "$QUARTERDAY" import --mapping zoho-logins "$home/exports/zoho-login-history.csv"
    "$QUARTERDAY" issue daily-security-watch --period 2026-11-30
    "$QUARTERDAY" issue weekly-activity-review --period 2026-W48
    "$QUARTERDAY" issue monthly-management-review --period 2026-11
    # Nothing is left to send, and nothing is sent twice.
    "$QUARTERDAY" issue
    "$QUARTERDAY" --json history >"$WORK/history.json"
    "$QUARTERDAY" verify | tail -1
    unset QUARTERDAY_HOME QUARTERDAY_NOW
    local _ wanted
    wanted=$(python3 -c 'import json, sys; print(sum(len(e["dispatches"]) for e in json.load(open(sys.argv[1]))))' "$WORK/history.json")
    for _ in $(seq 100); do
        [ "$(find "$at/kept" -type f -path '*/new/*' | wc -l)" -ge "$wanted" ] && break
        sleep 0.1
    done
    python3 .ci/lib/mail.py "$WORK/history.json" "$home/var/editions" "$at/kept" "$WORK/mails" || { tail -20 "$at/log"; return 1; }
    mail_bodies
    mail_doubt "$at" "$home"
    # A server whose certificate nobody vouches for gets nothing.
    sed -i "s#, ca_file: $at/ca.pem##" "$home/quarterday.yaml"
    if QUARTERDAY_NOW=2026-12-01T08:30:00Z "$QUARTERDAY" --home "$home" issue daily-security-watch --period 2026-11-29 \
        >"$WORK/untrusted.txt" 2>&1; then
        cat "$WORK/untrusted.txt"
        fail "mail went to a server whose certificate nobody vouches for"
    fi
    grep -i certificate "$WORK/untrusted.txt" || { cat "$WORK/untrusted.txt"; fail "it was not the certificate"; }
}
