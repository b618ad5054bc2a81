# PDF: what other programs say of the tour's PDFs: structure, fonts, and the text that comes back out of them.

pdf_all() {
    if ! have qpdf pdffonts python3; then
        skip "the PDFs in other programs: qpdf, poppler-utils or python3 is missing"
        return 0
    fi
    local pdf count=0
    while IFS= read -r pdf; do
        qpdf --check "$pdf" >"$WORK/qpdf.txt" 2>&1 || { cat "$WORK/qpdf.txt"; fail "qpdf finds fault with $pdf"; }
        if grep -qi warning "$WORK/qpdf.txt"; then
            cat "$WORK/qpdf.txt"
            fail "qpdf warns of $pdf"
        fi
        # Columns from the right: object (two), unicode map, subset, embedded.
        pdffonts "$pdf" | awk -v file="$pdf" '
            NR > 2 { fonts++; if ($(NF-4) != "yes" || $(NF-3) != "yes" || $(NF-2) != "yes") { print file ": " $0; bad = 1 } }
            END { if (!fonts) { print file ": no font"; bad = 1 } exit bad }' ||
            fail "a font is not embedded, not subset, or has no map to Unicode"
        count=$((count + 1))
    done < <(find "$WORK/tour/var/editions" -name '*.pdf' | LC_ALL=C sort)
    [ "$count" -gt 0 ] || fail "the tour made no PDF"
    echo "$count PDFs: qpdf finds no fault, every font is embedded, subset and mapped to Unicode"
    python3 .ci/lib/pdf.py "$WORK/tour"
}
