import { Alert, Center, Code, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { newestFirst } from "../api/collection";
import { useNow } from "../api/time";
import type { Delivery } from "../api/types";
import { useWatch } from "../api/useWatch";
import { DeliveryCard } from "./DeliveryCard";

const SHOWN_MAX = 50;

/** Every commit on its way to live traffic, newest first. */
export function Deliveries() {
  const { items, state } = useWatch<Delivery>("/apis/naru.dev/v1alpha1/namespaces/naru/deliveries");
  const deliveries = newestFirst(items).slice(0, SHOWN_MAX);
  const moving = deliveries.some((d) => (d.status?.phase ?? "Running") === "Running");
  const now = useNow(moving ? 100 : 10_000);

  if (state === "loading")
    return (
      <Center h={300}>
        <Loader aria-label="Loading" />
      </Center>
    );
  return (
    <Stack maw={1280} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h2">
          Deliveries
        </Title>
        <Text size="sm" c="dimmed" aria-live="polite">
          {moving ? "A commit is on its way" : "Nothing is on its way"}
        </Text>
      </Group>
      {state === "lost" && (
        <Alert color="yellow" role="status">
          The connection to Naru is lost. What you see may be old; it is being made anew.
        </Alert>
      )}
      {deliveries.length === 0 && (
        <Alert color="cyan" title="No delivery yet">
          Push a commit to a hosted repository: <Code>git push</Code>. It appears here at once.
        </Alert>
      )}
      {deliveries.map((delivery) => (
        <DeliveryCard key={delivery.metadata.uid} delivery={delivery} now={now} />
      ))}
    </Stack>
  );
}
