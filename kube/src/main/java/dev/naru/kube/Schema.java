package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The type of a JSON value as the API knows it: of a built-in kind (from {@link ModelSchemas}) or
 * of a custom one (from {@link StructuralSchemas}). Fields are resolved late, because types are
 * recursive.
 */
final class Schema {
  enum Type {
    OBJECT,
    ARRAY,
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    INT_OR_STRING,
    QUANTITY,
    /** Anything; kept as it is. */
    ANY
  }

  enum ListType {
    ATOMIC,
    SET,
    MAP
  }

  /** The rules that only custom kinds carry. */
  record Rules(
      List<JsonNode> enums,
      @Nullable Pattern pattern,
      @Nullable Double minimum,
      @Nullable Double maximum,
      boolean exclusiveMinimum,
      boolean exclusiveMaximum,
      @Nullable Integer minLength,
      @Nullable Integer maxLength,
      @Nullable Integer minItems,
      @Nullable Integer maxItems,
      @Nullable Integer minProperties,
      @Nullable Integer maxProperties,
      String format) {
    static final Rules NONE =
        new Rules(
            List.of(), null, null, null, false, false, null, null, null, null, null, null, "");
  }

  /**
   * How lists and maps merge.
   *
   * @param mergeKey key of the strategic merge of this list, empty when the list is replaced
   * @param mergeSet whether the strategic merge joins this list of scalars
   * @param retainKeys whether {@code $retainKeys} belongs to the items
   * @param listType how server-side apply sees this list
   * @param listMapKeys the keys of a {@link ListType#MAP}
   * @param atomicMap whether server-side apply sees this map or struct as one value
   */
  record Merge(
      String mergeKey,
      boolean mergeSet,
      boolean retainKeys,
      ListType listType,
      List<String> listMapKeys,
      boolean atomicMap) {
    static final Merge NONE = new Merge("", false, false, ListType.ATOMIC, List.of(), false);
    static final Merge ATOMIC_MAP = new Merge("", false, false, ListType.ATOMIC, List.of(), true);
  }

  static final Schema ANY_VALUE = builder(Type.ANY).build();

  final Type type;
  private @Nullable Supplier<Map<String, Schema>> lateProperties;
  private volatile @Nullable Map<String, Schema> properties;
  private final @Nullable Supplier<Schema> items;
  private final @Nullable Supplier<Schema> values;
  final List<String> required;
  final @Nullable JsonNode defaultValue;
  final boolean nullable;
  final boolean preserveUnknown;
  final boolean embeddedResource;
  final Rules rules;
  final Merge merge;
  final String description;

  /** The model class of a built-in type, which names its OpenAPI definition. */
  final @Nullable Class<?> model;

  private Schema(Builder b) {
    this.type = b.type;
    this.lateProperties = b.properties;
    this.items = b.items;
    this.values = b.values;
    this.required = List.copyOf(b.required);
    this.defaultValue = b.defaultValue;
    this.nullable = b.nullable;
    this.preserveUnknown = b.preserveUnknown;
    this.embeddedResource = b.embeddedResource;
    this.rules = b.rules;
    this.merge = b.merge;
    this.description = b.description;
    this.model = b.model;
  }

  Map<String, Schema> properties() {
    Map<String, Schema> known = properties;
    if (known == null) {
      Supplier<Map<String, Schema>> late = lateProperties;
      known = late == null ? Map.of() : late.get();
      properties = known;
    }
    return known;
  }

  /** Of an array. */
  Schema items() {
    return items == null ? ANY_VALUE : items.get();
  }

  boolean isMap() {
    return values != null;
  }

  /** Of the values of a map. */
  Schema values() {
    return values == null ? ANY_VALUE : values.get();
  }

  /** The schema of field {@code name} of an object, {@code null} when there is no such field. */
  @Nullable Schema field(String name) {
    if (type == Type.ANY) {
      return ANY_VALUE;
    }
    Schema known = properties().get(name);
    if (known != null) {
      return known;
    }
    if (values != null) {
      return values.get();
    }
    return preserveUnknown ? ANY_VALUE : null;
  }

  /** As {@link #field}, with {@link #ANY_VALUE} for what is not known. */
  Schema fieldOrAny(String name) {
    Schema known = field(name);
    return known == null ? ANY_VALUE : known;
  }

  boolean isStruct() {
    return type == Type.OBJECT && values == null;
  }

  static Builder builder(Type type) {
    return new Builder(type);
  }

  static final class Builder {
    private final Type type;
    private @Nullable Supplier<Map<String, Schema>> properties;
    private @Nullable Supplier<Schema> items;
    private @Nullable Supplier<Schema> values;
    private List<String> required = List.of();
    private @Nullable JsonNode defaultValue;
    private boolean nullable;
    private boolean preserveUnknown;
    private boolean embeddedResource;
    private Rules rules = Rules.NONE;
    private Merge merge = Merge.NONE;
    private String description = "";
    private @Nullable Class<?> model;

    private Builder(Type type) {
      this.type = type;
    }

    Builder properties(Supplier<Map<String, Schema>> late) {
      this.properties = late;
      return this;
    }

    Builder items(Supplier<Schema> late) {
      this.items = late;
      return this;
    }

    Builder values(Supplier<Schema> late) {
      this.values = late;
      return this;
    }

    Builder required(List<String> names) {
      this.required = names;
      return this;
    }

    Builder defaultValue(@Nullable JsonNode value) {
      this.defaultValue = value;
      return this;
    }

    Builder nullable(boolean yes) {
      this.nullable = yes;
      return this;
    }

    Builder preserveUnknown(boolean yes) {
      this.preserveUnknown = yes;
      return this;
    }

    Builder embeddedResource(boolean yes) {
      this.embeddedResource = yes;
      return this;
    }

    Builder rules(Rules of) {
      this.rules = of;
      return this;
    }

    Builder merge(Merge of) {
      this.merge = of;
      return this;
    }

    Builder description(String text) {
      this.description = text;
      return this;
    }

    Builder model(Class<?> of) {
      this.model = of;
      return this;
    }

    Schema build() {
      return new Schema(this);
    }
  }
}
