# Page: every report's HTML, held by the Nu HTML checker and in a browser: self-contained, silent, accessible by axe-core,
# readable in the light, the dark, on a phone and on paper (page.mjs).

AXE=axe-core@4.14.1
VNU=vnu-jar@26.9.27

# The pages that are looked at: the newest edition of each report of the tour and of each pack (the others have the same make),
# and one page that has everything of the vocabulary on it.
page_files() {
    local report
    for report in "$WORK"/tour/var/editions/*/ "$WORK"/packs/var/editions/*/; do
        [ -d "$report" ] || continue
        find "$report" -name '*.html' | LC_ALL=C sort | tail -1
    done
    find "$WORK/gallery" -name '*.html' | LC_ALL=C sort
}

# What the browser's part must find: text too pale, an image without a name, something wider than the page, a request.
page_control() {
    cat >"$WORK/control.html" <<'HTML'
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Control</title></head><body><main><h1>Control</h1>
<p style="color:#aaa">pale</p><svg role="img" width="10" height="10"></svg><div style="width:3000px">wide</div>
<img src="http://127.0.0.1:9/x.png" alt=""><script>console.log("talks")</script></main></body></html>
HTML
    local said wanted
    if said=$(page_look "$WORK/control.html"); then
        fail "a page with faults passes: $said"
    fi
    for wanted in 'contrast 2' 'axe-core, color-contrast' 'axe-core, svg-img-alt' 'the page is 3' 'asks for http' 'console:'; do
        [[ $said == *"$wanted"* ]] || fail "a page with faults is not told to have: $wanted"
    done
    echo "control: a page with faults is told each of them"
}

page_look() {
    timeout 900 node .ci/lib/page.mjs --axe "$WORK/npm/node_modules/axe-core/axe.min.js" --profile "$WORK/chromium" "$@" \
        2>&1 </dev/null
}

page_validate() {
    # Its guess of the language is left out: a page of names and charts reads as Occitan to it.
    java -jar "$WORK/npm/node_modules/vnu-jar/build/dist/vnu.jar" --no-langdetect --stdout "$@" 2>&1 </dev/null
}

page_all() {
    local html said count=0 files
    mkdir -p "$WORK/gallery"
    QUARTERDAY_GALLERY=$WORK/gallery cargo test --quiet --lib render::html::tests::gallery -- --ignored >"$WORK/gallery.log" 2>&1 </dev/null ||
        { tail -20 "$WORK/gallery.log"; fail "the page with everything on it cannot be made"; }
    while IFS= read -r html; do
        if grep -nEi '(src|href|action)="?(https?:|//|file:)|url\((["'\'']?)(https?:|//)|@import' "$html" | head -3 | grep .; then
            fail "$html points outside of itself"
        fi
        count=$((count + 1))
    done < <(find "$WORK/tour/var/editions" -name '*.html')
    [ "$count" -gt 0 ] || fail "the tour made no HTML"
    echo "$count HTML files: self-contained"
    mapfile -t files < <(page_files)
    if ! have node npm ||
        ! npm install --silent --no-audit --no-fund --prefix "$WORK/npm" "$AXE" "$VNU" >"$WORK/npm.log" 2>&1 </dev/null; then
        skip "validity and accessibility of the HTML: $AXE and $VNU cannot be installed from npm"
        return 0
    fi
    if have java; then
        echo '<!DOCTYPE html><html lang="en"><title>Control</title><p id="a"><b id="a">not closed' >"$WORK/control.html"
        said=$(page_validate "$WORK/control.html") && fail "the Nu HTML checker passes a page with faults"
        said=$(page_validate "${files[@]}") || true
        [ -z "$said" ] || { echo "$said" | cut -c1-400 | head -20; fail "the Nu HTML checker has something to say"; }
        echo "${#files[@]} pages: the Nu HTML checker ($VNU) says nothing"
    else
        skip "validity of the HTML: java is missing"
    fi
    if have chromium; then
        page_control
        said=$(page_look "${files[@]}") || { echo "$said"; fail "pages with faults"; }
        echo "$said"
    else
        skip "the HTML in a browser: chromium is missing"
    fi
}
