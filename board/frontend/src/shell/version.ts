import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { Version } from "../api/types";

const LOOK_EVERY_MS = 10_000;

/** Which backend answers; looked at again now and then, so that a new release shows without a reload. */
export function useBackendVersion(): Version | null {
  const [version, setVersion] = useState<Version | null>(null);
  useEffect(() => {
    let stopped = false;
    async function look() {
      if (document.visibilityState === "hidden") {
        return;
      }
      try {
        const found = await api.version();
        if (!stopped) {
          setVersion(found);
        }
      } catch {
        // The label keeps what it last knew; what the reader is doing says by itself when the board is unreachable.
      }
    }
    void look();
    const timer = window.setInterval(() => void look(), LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      stopped = true;
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return version;
}

/** A commit as people write it. */
export function short(commit: string): string {
  return commit.slice(0, 7);
}
