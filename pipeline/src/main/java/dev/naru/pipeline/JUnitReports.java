package dev.naru.pipeline;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Counts the test cases of JUnit XML reports, as surefire and Vitest write them. */
final class JUnitReports {
  private static final int NAMED_MAX = 20;

  private final List<String> failures = new ArrayList<>();
  private int total;
  private int failed;
  private int skipped;

  int total() {
    return total;
  }

  int failed() {
    return failed;
  }

  int skipped() {
    return skipped;
  }

  /** The first failed cases, {@code class.name}. */
  List<String> failures() {
    return failures;
  }

  /**
   * Adds a report.
   *
   * @throws IOException when it is no XML; document types and entities are not read
   */
  void add(String file, byte[] xml) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
      String name = "";
      boolean counted = true;
      while (reader.hasNext()) {
        if (reader.next() != XMLStreamConstants.START_ELEMENT) {
          continue;
        }
        switch (reader.getLocalName()) {
          case "testcase" -> {
            total++;
            counted = false;
            String type = reader.getAttributeValue(null, "classname");
            name = (type == null ? "" : type + ".") + reader.getAttributeValue(null, "name");
          }
          case "failure", "error" -> {
            if (!counted) {
              counted = true;
              failed++;
              if (failures.size() < NAMED_MAX) {
                failures.add(name);
              }
            }
          }
          case "skipped" -> {
            if (!counted) {
              counted = true;
              skipped++;
            }
          }
          default -> {}
        }
      }
    } catch (XMLStreamException e) {
      throw new IOException("'" + file + "' is no JUnit report: " + e.getMessage(), e);
    }
  }
}
