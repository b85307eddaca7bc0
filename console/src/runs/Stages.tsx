import { Group, Paper, Text } from "@mantine/core";
import { between } from "../api/time";
import type { Stage } from "../api/types";

const COLOR: Record<Stage["state"], string> = {
  Waiting: "gray.5",
  Running: "blue.6",
  Succeeded: "teal.7",
  Unstable: "yellow.6",
  Failed: "red.7",
  Skipped: "gray.4",
  Aborted: "gray.6",
};

/** As they began; those that have not begun come after, as the Jenkinsfile has them. */
function inOrder(stages: readonly Stage[]): Stage[] {
  return [...stages].sort((a, b) => (a.startedAt ?? "~").localeCompare(b.startedAt ?? "~"));
}

/** The stages in their order; a nested one names its parent. */
export function Stages({ stages, now }: { stages: readonly Stage[]; now: number }) {
  if (stages.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The Jenkinsfile has not been read yet.
      </Text>
    );
  return (
    <Group gap="xs" component="ol" p={0} m={0} className="stages">
      {inOrder(stages).map((stage) => (
        <Paper
          component="li"
          key={`${stage.parent ?? ""}/${stage.name}`}
          withBorder
          px="sm"
          py={6}
          style={{
            listStyle: "none",
            borderLeftWidth: 5,
            borderLeftColor: `var(--mantine-color-${COLOR[stage.state].replace(".", "-")})`,
          }}
          title={stage.message}
        >
          <Text size="sm" fw={600}>
            {stage.parent ? `${stage.parent} › ` : ""}
            {stage.name}
          </Text>
          <Text size="xs" c="dimmed" ff="monospace">
            {stage.state} {between(stage.startedAt, stage.finishedAt, now)}
          </Text>
        </Paper>
      ))}
    </Group>
  );
}
