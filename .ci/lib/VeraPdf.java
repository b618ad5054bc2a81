// What veraPDF says of files: `java -cp JARS VeraPdf.java FLAVOUR FILE…`, one line a file and one a broken rule.
// FLAVOUR: 3a, 3b, ua1. Exit code 1 if a file fails.

import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

public class VeraPdf {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.fromString(arguments[0]);
        boolean failed = false;
        for (int at = 1; at < arguments.length; at++) {
            String name = arguments[at];
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(name), flavour);
                    PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                ValidationResult result = validator.validate(parser);
                Map<String, Integer> broken = new TreeMap<>();
                for (TestAssertion assertion : result.getTestAssertions()) {
                    if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                        String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber()
                                + " " + assertion.getMessage() + " at " + assertion.getLocation().getContext();
                        broken.putIfAbsent(rule, 0);
                    }
                }
                boolean passes = result.isCompliant() && result.getTotalAssertions() > 0;
                failed |= !passes;
                System.out.println((passes ? "PASS " : "FAIL ") + arguments[0] + " " + name + " (" + result.getTotalAssertions() + " checks)");
                broken.keySet().stream().limit(12).forEach(rule -> System.out.println("     " + rule));
            } catch (Exception error) {
                failed = true;
                System.out.println("FAIL " + arguments[0] + " " + name + ": " + error);
            }
        }
        System.exit(failed ? 1 : 0);
    }
}
