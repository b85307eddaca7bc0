import { Anchor, Badge, Card, Code, Group, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import { ago, between } from "../api/time";
import type { Delivery, Step } from "../api/types";
import { runsOf, spotlight, stepsOf } from "./progress";
import { StepChain } from "./StepChain";

const PHASE_COLOR: Record<string, string> = {
  Running: "blue",
  Live: "teal",
  Failed: "red",
  Superseded: "gray",
  NothingToDo: "gray",
};
const PHASE_TEXT: Record<string, string> = {
  Running: "On its way",
  Live: "Live",
  Failed: "Failed",
  Superseded: "Superseded",
  NothingToDo: "Nothing to do",
};

export function DeliveryCard({ delivery, now }: { delivery: Delivery; now: number }) {
  const { spec, status } = delivery;
  const phase = status?.phase ?? "Running";
  const steps = stepsOf(delivery);
  const shown = spotlight(steps);
  const started = spec.pushedAt ?? status?.startedAt ?? delivery.metadata.creationTimestamp;
  return (
    <Card
      withBorder
      radius="lg"
      p="md"
      component="article"
      aria-label={`${spec.repository} ${spec.commit.slice(0, 7)}`}
    >
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Group gap="sm" wrap="wrap">
            <Code fz="sm">{spec.commit.slice(0, 7)}</Code>
            <Text fw={600}>{spec.subject ?? spec.commit.slice(0, 7)}</Text>
            <Text size="sm" c="dimmed">
              {spec.repository} · {spec.branch}
              {spec.author ? ` · ${spec.author}` : ""} · {ago(started, now)}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" ff="monospace" aria-label="time from push">
              {between(started, status?.finishedAt, now)}
            </Text>
            <Badge color={PHASE_COLOR[phase] ?? "gray"} variant="light">
              {PHASE_TEXT[phase] ?? phase}
            </Badge>
          </Group>
        </Group>
        <StepChain steps={steps} now={now} />
        {shown && <Spotlight step={shown} />}
        <Group gap="md">
          {runsOf(steps).map((run) => (
            <Anchor key={run} component={Link} to={`/runs/${run}`} size="sm">
              {run} log
            </Anchor>
          ))}
        </Group>
      </Stack>
    </Card>
  );
}

/** What the delivery waits for or failed of, in its own words. */
function Spotlight({ step }: { step: Step }) {
  const failed = step.state === "Failed";
  return (
    <Stack gap={4}>
      {step.message && (
        <Text size="sm" {...(failed ? { c: "red" } : {})}>
          <b>{step.name}</b>: {step.message}
        </Text>
      )}
      {failed && step.logTail && step.logTail.length > 0 && (
        <Code block fz="xs">
          {step.logTail.join("\n")}
        </Code>
      )}
    </Stack>
  );
}
