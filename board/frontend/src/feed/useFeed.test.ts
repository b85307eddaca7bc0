import { expect, test } from "vitest";
import type { Post } from "../api/types";
import { emptyFeed, type Feed, feedAfter } from "./useFeed";

function post(id: string, title = id): Post {
  return { id, title, body: "", author: null, createdAt: "", updatedAt: "", version: 1, mine: true };
}

function shown(feed: Feed): string[] {
  return feed.posts.map((p) => p.title);
}

const three = feedAfter(emptyFeed, {
  kind: "newest",
  page: { posts: [post("c"), post("b"), post("a")], next: "x" },
});

test("a newer answer replaces what was shown", () => {
  const again = feedAfter(three, { kind: "newest", page: { posts: [post("d")], next: null } });
  expect(shown(again)).toEqual(["d"]);
  expect(again.next).toBeNull();
});

test("an older page is added without what is shown already", () => {
  const more = feedAfter(three, { kind: "older", page: { posts: [post("a"), post("z")], next: null } });
  expect(shown(more)).toEqual(["c", "b", "a", "z"]);
});

test("own changes show at once and once", () => {
  const written = feedAfter(three, { kind: "written", post: post("d") });
  expect(shown(feedAfter(written, { kind: "written", post: post("d") }))).toEqual(["d", "c", "b", "a"]);
  expect(shown(feedAfter(three, { kind: "changed", post: post("b", "B") }))).toEqual(["c", "B", "a"]);
  expect(shown(feedAfter(three, { kind: "gone", id: "b" }))).toEqual(["c", "a"]);
});
