import { Text } from "@mantine/core";
import { between } from "../api/time";
import type { Step } from "../api/types";

const SIGN: Record<Step["state"], string> = {
  Waiting: "",
  Running: "",
  Done: "✓",
  Failed: "✗",
  Skipped: "–",
};

/** push → pipeline → image → manifest → sync → rollout → live, each with its time. */
export function StepChain({ steps, now }: { steps: readonly Step[]; now: number }) {
  return (
    <ol className="chain">
      {steps.map((step) => (
        <li key={step.name} className={`chain-step ${step.state.toLowerCase()}`} title={step.message}>
          <span className="chain-dot" aria-hidden>
            {SIGN[step.state]}
          </span>
          <Text size="sm" fw={500}>
            {step.name}
          </Text>
          <Text size="xs" c="dimmed" ff="monospace">
            <span className="visually-hidden">{step.state} </span>
            {between(step.startedAt, step.finishedAt, now) || " "}
          </Text>
        </li>
      ))}
    </ol>
  );
}
