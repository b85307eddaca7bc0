import { useEffect, useState } from "react";
import { apply, type Collection, fromList, type WatchEvent } from "./collection";
import { lines } from "./lines";
import type { Resource } from "./types";

const RETRY_MS_MAX = 10_000;

export interface Watched<T> {
  items: Collection<T>;
  /** "loading" until the first list; "live" while events flow; "lost" while the connection is being made anew. */
  state: "loading" | "live" | "lost";
}

/**
 * Follows a collection of the Kubernetes API: list, then watch from its version (list and watch protocol of the
 * API concepts page); after an expired version or a lost connection it lists again, with a growing pause.
 *
 * @param path below /api/k8s, such as "/apis/naru.dev/v1alpha1/namespaces/naru/deliveries"
 */
export function useWatch<T extends Resource>(path: string): Watched<T> {
  const [watched, setWatched] = useState<Watched<T>>({ items: new Map(), state: "loading" });

  useEffect(() => {
    const stop = new AbortController();

    async function follow(): Promise<void> {
      let failures = 0;
      while (!stop.signal.aborted) {
        try {
          await listAndWatch(() => {
            failures = 0;
          });
        } catch {
          if (stop.signal.aborted) return;
          setWatched((w) => (w.state === "loading" ? w : { ...w, state: "lost" }));
          await pause(Math.min(RETRY_MS_MAX, 500 * 2 ** failures++), stop.signal);
        }
      }
    }

    async function listAndWatch(connected: () => void): Promise<void> {
      const url = `/api/k8s${path}`;
      const list = await fetchOk(url, stop.signal);
      const body = (await list.json()) as { metadata: { resourceVersion: string }; items: T[] };
      setWatched({ items: fromList(body.items), state: "live" });
      connected();
      const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${body.metadata.resourceVersion}`;
      const stream = await fetchOk(`${url}${url.includes("?") ? "&" : "?"}${query}`, stop.signal);
      if (!stream.body) return;
      for await (const line of lines(stream.body)) {
        if (!line) continue;
        const event = JSON.parse(line) as WatchEvent<T>;
        if (event.type === "ERROR") return;
        setWatched((w) => ({ items: apply(w.items, event), state: "live" }));
      }
    }

    void follow();
    return () => stop.abort();
  }, [path]);

  return watched;
}

async function fetchOk(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal });
  if (response.status === 401) window.dispatchEvent(new Event("naru:signed-out"));
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
