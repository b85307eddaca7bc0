package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;

/** The columns of a kind, and the cells of an object. */
interface Printer {
  List<Resource.Column> columns();

  ArrayNode cells(JsonNode object);
}
