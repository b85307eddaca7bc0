import {
  ActionIcon,
  AppShell,
  Button,
  Group,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, Navigate, Route, Routes } from "react-router";
import { Deliveries } from "./deliveries/Deliveries";
import { Mark } from "./Mark";
import { Run } from "./runs/Run";
import { SignIn } from "./session/SignIn";

interface Session {
  user: string;
}

export function App() {
  const queries = useQueryClient();
  const session = useQuery({
    queryKey: ["session"],
    queryFn: async (): Promise<Session | null> => {
      const response = await fetch("/api/session");
      if (response.status === 401) return null;
      if (!response.ok) throw new Error(`session: ${response.status}`);
      return (await response.json()) as Session;
    },
    retry: 2,
  });

  useEffect(() => {
    const signedOut = () => queries.setQueryData(["session"], null);
    window.addEventListener("naru:signed-out", signedOut);
    return () => window.removeEventListener("naru:signed-out", signedOut);
  }, [queries]);

  if (session.isPending) return null;
  if (!session.data)
    return <SignIn onSignedIn={() => queries.invalidateQueries({ queryKey: ["session"] })} />;

  async function signOut() {
    await fetch("/api/logout", { method: "POST" });
    queries.setQueryData(["session"], null);
  }

  return (
    <AppShell header={{ height: 56 }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between">
          <Group gap="sm" className="brand" renderRoot={(props) => <Link to="/" {...props} />}>
            <Mark size={30} />
            <Text fw={700} size="lg">
              Naru
            </Text>
          </Group>
          <Group gap="xs">
            <Text size="sm" c="dimmed" visibleFrom="sm">
              {session.data.user}
            </Text>
            <ColorScheme />
            <Button variant="subtle" size="compact-sm" onClick={signOut}>
              Sign out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main>
        <Routes>
          <Route path="/" element={<Deliveries />} />
          <Route path="/runs/:name" element={<Run />} />
          <Route path="*" element={<Navigate to="/" replace />} />
        </Routes>
      </AppShell.Main>
    </AppShell>
  );
}

function ColorScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <ActionIcon
      variant="subtle"
      aria-label={dark ? "Light colours" : "Dark colours"}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? "☀" : "☾"}
    </ActionIcon>
  );
}
