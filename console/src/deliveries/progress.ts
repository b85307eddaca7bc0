import { type Delivery, STEP_NAMES, type Step } from "../api/types";

/** All seven steps in their order; those that the status does not name yet are waiting. */
export function stepsOf(delivery: Delivery): Step[] {
  const known = new Map((delivery.status?.steps ?? []).map((step) => [step.name, step]));
  return STEP_NAMES.map((name) => known.get(name) ?? { name, state: "Waiting" });
}

/** The step that a person wants to read about: the failed one, else the running or waiting one that says something. */
export function spotlight(steps: readonly Step[]): Step | undefined {
  return (
    steps.find((s) => s.state === "Failed") ??
    steps.find((s) => s.state === "Running" && s.message) ??
    steps.find((s) => s.state === "Waiting" && s.message)
  );
}

/** Names of the pipeline runs that the pipeline step refers to. */
export function runsOf(steps: readonly Step[]): string[] {
  const refs = steps.find((s) => s.name === "pipeline")?.refs ?? [];
  return refs.map((ref) => ref.replace(/^.*\//, ""));
}
