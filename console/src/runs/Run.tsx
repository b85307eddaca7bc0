import { Alert, Anchor, Badge, Code, Group, Stack, Text, Title } from "@mantine/core";
import { Link, useParams } from "react-router";
import { between, useNow } from "../api/time";
import type { PipelineRun } from "../api/types";
import { useWatch } from "../api/useWatch";
import { LogView } from "./LogView";
import { Stages } from "./Stages";
import { useLog } from "./useLog";

const COLOR: Record<string, string> = {
  Pending: "gray",
  Running: "blue",
  Succeeded: "teal",
  Unstable: "yellow",
  Failed: "red",
  Aborted: "gray",
};

/** One run of a Jenkinsfile: its stages and its log as it streams. */
export function Run() {
  const { name = "" } = useParams();
  const { items, state } = useWatch<PipelineRun>(
    `/apis/naru.dev/v1alpha1/namespaces/naru/pipelineruns?fieldSelector=metadata.name%3D${encodeURIComponent(name)}`,
  );
  const log = useLog(name);
  const run = [...items.values()].find((r) => r.metadata.name === name);
  const phase = run?.status?.phase ?? "Pending";
  const running = phase === "Pending" || phase === "Running";
  const now = useNow(running ? 100 : 10_000);

  if (!run && state !== "loading")
    return (
      <Alert color="yellow" title={`There is no run ${name}`}>
        It may have been removed. <Link to="/">Back to the deliveries</Link>
      </Alert>
    );
  if (!run) return null;
  return (
    <Stack maw={1280} mx="auto">
      <Anchor component={Link} to="/" size="sm">
        ← Deliveries
      </Anchor>
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={1} size="h3">
            {run.spec.repository} · {run.spec.pipeline}
          </Title>
          <Code>{run.spec.commit.slice(0, 7)}</Code>
          <Text size="sm" c="dimmed">
            {run.spec.jenkinsfile} · {run.spec.branch}
          </Text>
        </Group>
        <Group gap="xs">
          <Text ff="monospace" size="sm">
            {between(run.status?.startedAt, run.status?.finishedAt, now)}
          </Text>
          <Badge color={COLOR[phase] ?? "gray"} variant="light">
            {phase}
          </Badge>
        </Group>
      </Group>
      {run.status?.message && (
        <Alert color={COLOR[phase] ?? "gray"} role="status">
          {run.status.message}
        </Alert>
      )}
      <Stages stages={run.status?.stages ?? []} now={now} />
      {(run.status?.images ?? []).map((image) => (
        <Text size="sm" key={image.image}>
          Image <Code>{image.image}</Code> {image.digest ? image.digest.slice(0, 19) : ""}{" "}
          {between(image.startedAt, image.finishedAt, now)} {image.pushedAt ? "pushed" : ""}
          {image.message ?? ""}
        </Text>
      ))}
      <LogView log={log} run={name} />
    </Stack>
  );
}
