import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Mark } from "../Mark";

/** The one page that is open to everybody. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [username, setUsername] = useState("admin");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: async () => {
      const response = await fetch("/api/login", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ username, password }),
      });
      if (response.status === 401) throw new Error("That user name and password do not belong together.");
      if (response.status === 429) throw new Error("Too many attempts. Wait a minute, then try again.");
      if (!response.ok) throw new Error(`Naru could not sign you in (${response.status}).`);
    },
    onSuccess: onSignedIn,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    signIn.mutate();
  }

  return (
    <Center mih="100vh" p="md">
      <Paper withBorder shadow="md" p="xl" radius="lg" w={380}>
        <form onSubmit={submit}>
          <Stack>
            <Stack gap={4} align="center">
              <Mark size={48} />
              <Title order={2}>Naru</Title>
            </Stack>
            <TextInput
              label="User name"
              autoComplete="username"
              value={username}
              onChange={(e) => setUsername(e.currentTarget.value)}
              required
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              value={password}
              onChange={(e) => setPassword(e.currentTarget.value)}
              required
              data-autofocus
            />
            {signIn.isError && (
              <Alert color="red" role="alert">
                {signIn.error.message}
              </Alert>
            )}
            <Button type="submit" loading={signIn.isPending}>
              Sign in
            </Button>
            <Text size="xs" c="dimmed" ta="center">
              The password was shown when Naru started; `naru password` shows it again.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
