import { useCallback, useEffect, useReducer, useRef } from "react";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { Page, Post } from "../api/types";

export interface Feed {
  posts: Post[];
  /** The next page's cursor; null when the oldest post is shown. */
  next: string | null;
  loading: boolean;
  /** Whether the newest page has been read. */
  opened: boolean;
  problem: Problem | null;
}

export type Event =
  | { kind: "reading" }
  | { kind: "newest"; page: Page }
  | { kind: "older"; page: Page }
  | { kind: "failed"; problem: Problem }
  | { kind: "written"; post: Post }
  | { kind: "changed"; post: Post }
  | { kind: "gone"; id: string };

export const emptyFeed: Feed = { posts: [], next: null, loading: false, opened: false, problem: null };

/** How the feed changes. A post is never shown twice, however pages and own changes cross. */
export function feedAfter(feed: Feed, event: Event): Feed {
  switch (event.kind) {
    case "reading":
      return { ...feed, loading: true, problem: null };
    case "newest":
      return { posts: event.page.posts, next: event.page.next, loading: false, opened: true, problem: null };
    case "older": {
      const shown = new Set(feed.posts.map((p) => p.id));
      const added = event.page.posts.filter((p) => !shown.has(p.id));
      return { ...feed, posts: [...feed.posts, ...added], next: event.page.next, loading: false };
    }
    case "failed":
      return { ...feed, loading: false, problem: event.problem };
    case "written":
      return { ...feed, posts: [event.post, ...feed.posts.filter((p) => p.id !== event.post.id)] };
    case "changed":
      return { ...feed, posts: feed.posts.map((p) => (p.id === event.post.id ? event.post : p)) };
    case "gone":
      return { ...feed, posts: feed.posts.filter((p) => p.id !== event.id) };
  }
}

export function useFeed(endedBy: (problem: Problem) => boolean) {
  const [feed, dispatch] = useReducer(feedAfter, emptyFeed);
  const reading = useRef(false);

  const read = useCallback(
    async (before: string | null) => {
      if (reading.current) {
        return;
      }
      reading.current = true;
      dispatch({ kind: "reading" });
      try {
        const page = await api.page(before);
        dispatch(before === null ? { kind: "newest", page } : { kind: "older", page });
      } catch (e) {
        const problem = Problem.of(e);
        if (!endedBy(problem)) {
          dispatch({ kind: "failed", problem });
        }
      } finally {
        reading.current = false;
      }
    },
    [endedBy],
  );

  const refresh = useCallback(() => void read(null), [read]);
  useEffect(refresh, [refresh]);

  const more = useCallback(() => {
    if (feed.next !== null) {
      void read(feed.next);
    }
  }, [read, feed.next]);

  return { feed, dispatch, refresh, more };
}
