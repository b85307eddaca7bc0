package dev.naru.pipeline.lang;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The branches of a run, of which exactly one moves at a time. A branch moves until it waits for an
 * answer or for its children; when none can move, the next answer is taken from the host. So the
 * sequence of answers alone decides what happens, in whatever order threads are scheduled.
 *
 * <p>Each branch has a platform thread, for a stack of known size; the {@code turn} and {@code go}
 * semaphores hand control over and make every field here safely seen by the next owner.
 */
final class Branches {
  private static final long STACK_SIZE_BYTES = 16L << 20;

  /** Ends a branch's thread when the run is given up (Naru stops); the journal has the run. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("abandoned", null, false, false);
    }
  }

  static final class Branch {
    private final Semaphore go = new Semaphore(0);
    private final @Nullable Branch parent;
    private final List<Branch> children = new ArrayList<>();
    private Context context;
    private int depth;
    private long awaited;
    private long answered;
    private int unfinishedChildren;
    private Answer.@Nullable Reply reply;
    private Thrown.@Nullable Interrupt pending;
    private @Nullable Throwable failure;
    private @Nullable Object value;

    Branch(@Nullable Branch parent, Context context) {
      this.parent = parent;
      this.context = context;
    }

    @Nullable Throwable failure() {
      return failure;
    }

    @Nullable Object value() {
      return value;
    }
  }

  private final Host host;
  private final Limits limits;
  private final Semaphore turn = new Semaphore(0);
  private final Deque<Branch> ready = new ArrayDeque<>();
  private final Map<Long, Branch> waiting = new HashMap<>();
  private final Map<Long, Consumer<Long>> timers = new HashMap<>();
  private final Set<Branch> alive = new HashSet<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean abandoned;
  private long lastCall;
  private int branchCount;
  private @Nullable Branch current;

  Branches(Host host, Limits limits) {
    this.host = host;
    this.limits = limits;
  }

  /** Runs {@code body} as the first branch to its end, on behalf of the calling thread. */
  Branch run(Context context, Supplier<@Nullable Object> body) throws InterruptedException {
    Branch root = new Branch(null, context);
    start(root, body);
    try {
      while (alive.contains(root)) {
        Branch next = ready.poll();
        if (next != null) {
          current = next;
          next.go.release();
          turn.acquire();
        } else {
          deliver(host.take(), root);
        }
      }
      return root;
    } finally {
      abandoned = true;
      alive.forEach(b -> b.go.release());
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private void start(Branch branch, Supplier<@Nullable Object> body) {
    if (++branchCount > limits.branchesMax()) {
      throw new Thrown.Limit("more than " + limits.branchesMax() + " parallel branches in a run");
    }
    alive.add(branch);
    ready.add(branch);
    threads.removeIf(t -> !t.isAlive());
    threads.add(
        Thread.ofPlatform()
            .name("pipeline-branch-" + branchCount)
            .daemon()
            .stackSize(STACK_SIZE_BYTES)
            .start(() -> live(branch, body)));
  }

  private void live(Branch branch, Supplier<@Nullable Object> body) {
    branch.go.acquireUninterruptibly();
    if (abandoned) {
      return;
    }
    try {
      branch.value = body.get();
    } catch (Abandoned e) {
      return;
    } catch (StackOverflowError e) {
      branch.failure = new Thrown.Limit("the script nests its calls too deeply");
    } catch (RuntimeException | Error e) {
      branch.failure = e;
    }
    alive.remove(branch);
    Branch parent = branch.parent;
    if (parent != null && --parent.unfinishedChildren == 0) {
      ready.add(parent);
    }
    turn.release();
  }

  private void suspend(Branch branch) {
    turn.release();
    branch.go.acquireUninterruptibly();
    if (abandoned) {
      throw new Abandoned();
    }
  }

  Branch current() {
    Branch branch = current;
    if (branch == null) {
      throw new IllegalStateException("no branch is running");
    }
    return branch;
  }

  Context context() {
    return current().context;
  }

  /** Runs {@code body} in {@code context}. */
  <T extends @Nullable Object> T within(Context context, Supplier<T> body) {
    Branch branch = current();
    Context before = branch.context;
    branch.context = context;
    try {
      return body.get();
    } finally {
      branch.context = before;
    }
  }

  /** Runs {@code body} one call deeper. */
  <T extends @Nullable Object> T deeper(Supplier<T> body) {
    Branch branch = current();
    if (++branch.depth > limits.depthMax()) {
      branch.depth--;
      throw new Thrown.Limit("more than " + limits.depthMax() + " nested calls");
    }
    try {
      return body.get();
    } finally {
      branch.depth--;
    }
  }

  private HostCall newCall(
      String name, Map<String, @Nullable Object> args, HostCall.Where where, Position at) {
    if (++lastCall > limits.callsMax()) {
      throw new Thrown.Limit("more than " + limits.callsMax() + " steps in a run");
    }
    return new HostCall(lastCall, name, args, where, at);
  }

  /** The id of the call whose answer the current branch got last. */
  long lastAnswered() {
    return current().answered;
  }

  /** Calls the host and waits for the answer. */
  Answer.Reply call(
      String name, Map<String, @Nullable Object> args, HostCall.Where where, Position at) {
    Branch branch = current();
    throwAbandoned();
    throwPending(branch);
    HostCall call = newCall(name, args, where, at);
    waiting.put(call.id(), branch);
    branch.awaited = call.id();
    host.begin(call);
    suspend(branch);
    branch.answered = branch.awaited;
    branch.awaited = 0;
    Answer.Reply reply = branch.reply;
    branch.reply = null;
    throwPending(branch);
    if (reply == null) {
      throw new IllegalStateException("resumed without an answer: " + call);
    }
    return reply;
  }

  /** Blocks that clean up as an abandoned branch unwinds must not reach the host. */
  private void throwAbandoned() {
    if (abandoned) {
      throw new Abandoned();
    }
  }

  private static void throwPending(Branch branch) {
    Thrown.Interrupt pending = branch.pending;
    if (pending != null) {
      branch.pending = null;
      throw pending;
    }
  }

  /** Starts a timer that interrupts what the current branch then does. */
  long startTimer(
      Map<String, @Nullable Object> args, HostCall.Where where, Position at, String message) {
    Branch branch = current();
    throwAbandoned();
    HostCall call = newCall("timer", args, where, at);
    timers.put(
        call.id(),
        id -> {
          interrupt(branch, new Thrown.Interrupt(Thrown.Interrupt.Cause.TIMEOUT, message, at, id));
        });
    host.begin(call);
    return call.id();
  }

  void stopTimer(long id) {
    if (timers.remove(id) != null && !abandoned) {
      host.cancel(id, "done");
    }
  }

  /** Runs the bodies as children, each in its context, and returns when all have ended. */
  List<Branch> fork(
      List<Context> contexts, List<Supplier<@Nullable Object>> bodies, boolean failFast) {
    Branch parent = current();
    throwAbandoned();
    throwPending(parent);
    List<Branch> children = new ArrayList<>();
    parent.unfinishedChildren = bodies.size();
    for (int i = 0; i < bodies.size(); i++) {
      Branch child = new Branch(parent, contexts.get(i));
      children.add(child);
      parent.children.add(child);
      Supplier<@Nullable Object> body = bodies.get(i);
      start(
          child,
          () -> {
            try {
              return body.get();
            } catch (Thrown e) {
              if (failFast) {
                failFast(children, child);
              }
              throw e;
            }
          });
    }
    if (!bodies.isEmpty()) {
      suspend(parent);
    }
    parent.children.clear();
    throwPending(parent);
    return children;
  }

  private void failFast(List<Branch> siblings, Branch failed) {
    for (Branch sibling : siblings) {
      if (sibling != failed && alive.contains(sibling)) {
        interrupt(
            sibling,
            new Thrown.Interrupt(
                Thrown.Interrupt.Cause.FAIL_FAST,
                "Failed in another branch (failFast)",
                Position.START,
                0));
      }
    }
  }

  /** A branch that waits for its children is interrupted through them. */
  private void interrupt(Branch branch, Thrown.Interrupt interrupt) {
    List<Branch> children = branch.children.stream().filter(alive::contains).toList();
    if (!children.isEmpty()) {
      children.forEach(c -> interrupt(c, interrupt));
      return;
    }
    if (branch.pending == null) {
      branch.pending = interrupt;
    }
    if (branch.awaited != 0) {
      host.cancel(branch.awaited, interrupt.text());
    }
  }

  private void deliver(Answer answer, Branch root) {
    if (answer.reply() instanceof Answer.Abort abort) {
      interrupt(
          root,
          new Thrown.Interrupt(Thrown.Interrupt.Cause.PERSON, abort.reason(), Position.START, 0));
      return;
    }
    Consumer<Long> timer = timers.remove(answer.call());
    if (timer != null) {
      timer.accept(answer.call());
      return;
    }
    Branch branch = waiting.remove(answer.call());
    if (branch != null) {
      branch.reply = answer.reply();
      ready.add(branch);
    }
  }
}
