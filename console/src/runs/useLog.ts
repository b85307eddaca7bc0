import { useEffect, useState } from "react";
import { lines } from "../api/lines";

/** Older lines than this are dropped from the page; the whole log can be downloaded. */
const LINES_MAX = 20_000;
const RETRY_MS = 1_000;

export interface Log {
  lines: string[];
  /** Number of the first line held, from 1. */
  first: number;
  ended: boolean;
}

/** Follows the log of a run from its beginning; a lost connection goes on at the byte where it was. */
export function useLog(run: string): Log {
  const [log, setLog] = useState<Log>({ lines: [], first: 1, ended: false });
  useEffect(() => {
    const stop = new AbortController();
    setLog({ lines: [], first: 1, ended: false });
    let offset = 0;
    let waiting: string[] = [];
    let frame = 0;

    // Lines come faster than a screen can show: one update a frame.
    function flush() {
      frame = 0;
      const fresh = waiting;
      waiting = [];
      setLog((log) => {
        const all = log.lines.concat(fresh);
        const dropped = Math.max(0, all.length - LINES_MAX);
        return { lines: dropped ? all.slice(dropped) : all, first: log.first + dropped, ended: log.ended };
      });
    }

    async function follow(): Promise<void> {
      const bytes = new TextEncoder();
      while (!stop.signal.aborted) {
        try {
          const response = await fetch(
            `/api/runs/${encodeURIComponent(run)}/log?follow=true&offset=${offset}`,
            {
              signal: stop.signal,
            },
          );
          if (!response.ok || !response.body) throw new Error(`log: ${response.status}`);
          for await (const line of lines(response.body)) {
            offset += bytes.encode(line).length + 1;
            waiting.push(line);
            frame ||= requestAnimationFrame(flush);
          }
          setLog((log) => ({ ...log, ended: true }));
          return;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    }

    void follow();
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [run]);
  return log;
}
