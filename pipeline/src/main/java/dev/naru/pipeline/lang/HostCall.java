package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of the interpreter to its {@link Host}.
 *
 * @param id from 1, in the order of the calls
 * @param args null, Boolean, Number, String, and Lists and Maps of these
 */
public record HostCall(
    long id, String name, Map<String, @Nullable Object> args, Where where, Position at) {
  /**
   * The surroundings of a call.
   *
   * @param stage path of the stage's names, outermost first; empty outside of stages
   * @param node id of the agent that the call is on, or the empty string
   * @param directory absolute path of the current directory on the agent, or the empty string
   * @param env the whole environment; an empty value means that the variable is unset
   * @param timestamps whether log lines get the time
   */
  public record Where(
      List<String> stage,
      String node,
      String directory,
      Map<String, String> env,
      boolean timestamps) {
    public Where {
      stage = List.copyOf(stage);
      env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
    }

    /** The environment may hold secrets. */
    @Override
    public String toString() {
      return "Where[stage=" + stage + ", node=" + node + ", directory=" + directory + "]";
    }
  }

  public HostCall {
    args = Collections.unmodifiableMap(new LinkedHashMap<>(args));
  }

  /** The text of an argument, or {@code otherwise} when it is absent. */
  public String text(String name, String otherwise) {
    Object value = args.get(name);
    return value == null ? otherwise : value.toString();
  }

  public boolean flag(String name) {
    return Boolean.TRUE.equals(args.get(name));
  }

  public long number(String name, long otherwise) {
    return args.get(name) instanceof Number n ? n.longValue() : otherwise;
  }

  /** The texts of an argument that is a list. */
  public List<String> texts(String name) {
    List<String> all = new ArrayList<>();
    if (args.get(name) instanceof List<?> list) {
      list.forEach(o -> all.add(String.valueOf(o)));
    }
    return all;
  }

  /** Arguments may hold secrets. */
  @Override
  public String toString() {
    return "HostCall[" + id + " " + name + " at " + at + "]";
  }
}
