import { describe, expect, it } from "vitest";
import { plain } from "../runs/ansi";
import { apply, fromList, newestFirst } from "./collection";
import { lines } from "./lines";
import { ago, between, duration } from "./time";
import type { Resource } from "./types";

function resource(uid: string, creationTimestamp: string, resourceVersion = "1"): Resource {
  return { metadata: { uid, name: uid, namespace: "n", resourceVersion, creationTimestamp } };
}

describe("collection", () => {
  it("follows the events of a watch", () => {
    const a = resource("a", "2026-01-01T00:00:00Z");
    const b = resource("b", "2026-01-02T00:00:00Z");
    let all = fromList([a]);
    all = apply(all, { type: "ADDED", object: b });
    expect(newestFirst(all).map((r) => r.metadata.uid)).toEqual(["b", "a"]);
    all = apply(all, { type: "MODIFIED", object: resource("a", "2026-01-01T00:00:00Z", "7") });
    expect(all.get("a")?.metadata.resourceVersion).toBe("7");
    all = apply(all, { type: "DELETED", object: b });
    expect(all.size).toBe(1);
    expect(apply(all, { type: "BOOKMARK", object: resource("", "") })).toBe(all);
  });
});

describe("lines", () => {
  it("joins chunks, also within a character", async () => {
    const bytes = new TextEncoder().encode("나루\nb\n\nlast");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const seen: string[] = [];
    for await (const line of lines(body)) seen.push(line);
    expect(seen).toEqual(["나루", "b", "", "last"]);
  });
});

describe("time", () => {
  it.each([
    [0, "0.00 s"],
    [420, "0.42 s"],
    [59_400, "59 s"],
    [65_000, "1 m 05 s"],
    [3_725_000, "1 h 02 m"],
    [-5, "0.00 s"],
  ])("%d ms is %s", (ms, text) => expect(duration(ms)).toBe(text));

  it("counts to now while there is no end", () => {
    const start = "2026-01-01T00:00:00Z";
    expect(between(start, undefined, Date.parse(start) + 1_500)).toBe("1.50 s");
    expect(between(undefined, undefined, 0)).toBe("");
    expect(ago(start, Date.parse(start) + 120_000, "en")).toBe("2 minutes ago");
  });
});

describe("plain", () => {
  it.each([
    ["\u001b[1;31mred\u001b[0m", "red"],
    ["10%\r20%\r30%", "30%"],
    ["end\r", "end"],
    ["\u001b]0;title\u0007text", "text"],
  ])("%j", (from, to) => expect(plain(from)).toBe(to));
});
