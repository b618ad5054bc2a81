# Page: the tour's HTML reports in a browser: self-contained, nothing said on the console, accessible by axe-core.

# chromium_console PAGE: what the page says on the console, and what the browser says of it.
chromium_console() {
    # Without these flags it looks for servers of its own that are not reached here. It is root's in CI: no sandbox.
    timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync --user-data-dir="$WORK/chromium" \
        --enable-logging=stderr --v=0 --virtual-time-budget=20000 --dump-dom "file://$1" 2>"$WORK/chromium.log" \
        >"$WORK/dom.html" </dev/null || { tail "$WORK/chromium.log"; fail "chromium could not open $1"; }
    grep -q '</html>' "$WORK/dom.html" || fail "chromium shows nothing of $1"
    grep ':CONSOLE' "$WORK/chromium.log" || true
}

page_all() {
    local html said axe="" count=0
    while IFS= read -r html; do
        if grep -nEi '(src|href|action)="?(https?:|//|file:)|url\((["'\'']?)(https?:|//)|@import' "$html" | head -3 | grep .; then
            fail "$html points outside of itself"
        fi
        count=$((count + 1))
    done < <(find "$WORK/tour/var/editions" -name '*.html')
    [ "$count" -gt 0 ] || fail "the tour made no HTML"
    echo "$count HTML files: self-contained"
    if ! have chromium; then
        skip "the HTML in a browser: chromium is missing"
        return 0
    fi
    if command -v npm >/dev/null &&
        npm install --silent --no-audit --no-fund --prefix "$WORK/npm" axe-core@4.10.3 >"$WORK/npm.log" 2>&1 </dev/null; then
        axe=$WORK/npm/node_modules/axe-core/axe.min.js
    else
        skip "accessibility of the HTML: axe-core cannot be installed from npm"
    fi
    # The newest edition of each report: the others have the same make.
    while IFS= read -r html; do
        said=$(chromium_console "$html")
        [ -z "$said" ] || fail "$html says on the console: $said"
        if [ -n "$axe" ]; then
            # A copy in which a script may run. axe-core reports on the console.
            sed -e 's#<meta http-equiv="Content-Security-Policy"[^>]*>##' \
                -e "s#</body>#<script src=\"file://$axe\"></script><script>axe.run().then(r => console.log('AXE ' + r.violations.length + ' of ' + (r.violations.length + r.passes.length) + ' rules broken ' + JSON.stringify(r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)]))))</script></body>#" \
                "$html" >"$WORK/axe.html"
            said=$(chromium_console "$WORK/axe.html")
            [[ $said == *'AXE 0 of '* ]] || fail "$html: axe-core: ${said:-said nothing}"
            said=${said#*AXE } said=${said%%\[*}
        fi
        echo "$(basename "$html"): silent${said:+; axe-core: $said}"
    done < <(for report in "$WORK"/tour/var/editions/*/; do find "$report" -name '*.html' | LC_ALL=C sort | tail -1; done)
}
