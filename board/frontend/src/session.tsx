import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { api } from "./api/client";
import { Problem } from "./api/problem";
import type { Me } from "./api/types";
import { goTo } from "./route";

/** Why the login page is shown. */
export type Farewell = "none" | "loggedOut" | "ended";

export type State =
  | { kind: "unknown" }
  | { kind: "unreachable"; problem: Problem }
  | { kind: "out"; farewell: Farewell }
  | { kind: "in"; me: Me };

interface Session {
  state: State;
  look: () => void;
  enter: (me: Me) => void;
  update: (me: Me) => void;
  logOut: () => Promise<void>;
  /** Ends the session here when the problem says that it has ended there; tells whether it did. */
  endedBy: (problem: Problem) => boolean;
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ kind: "unknown" });

  const look = useCallback(async () => {
    setState({ kind: "unknown" });
    try {
      setState({ kind: "in", me: await api.me() });
    } catch (e) {
      const problem = Problem.of(e);
      setState(
        problem.code === "not_signed_in"
          ? { kind: "out", farewell: "none" }
          : { kind: "unreachable", problem },
      );
    }
  }, []);

  useEffect(() => {
    void look();
  }, [look]);

  const value = useMemo<Session>(
    () => ({
      state,
      look: () => void look(),
      enter: (me) => {
        setState({ kind: "in", me });
        goTo("/", "replace");
      },
      update: (me) => setState({ kind: "in", me }),
      logOut: async () => {
        await api.logOut();
        setState({ kind: "out", farewell: "loggedOut" });
        goTo("/login");
      },
      endedBy: (problem) => {
        if (problem.code !== "not_signed_in") {
          return false;
        }
        setState({ kind: "out", farewell: "ended" });
        return true;
      },
    }),
    [state, look],
  );
  return <SessionContext value={value}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) {
    throw new Error("useSession needs a SessionProvider around it");
  }
  return session;
}
