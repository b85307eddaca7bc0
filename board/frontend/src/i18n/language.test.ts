import { describe, expect, test } from "vitest";
import { Problem } from "../api/problem";
import { en } from "./en";
import { ko } from "./ko";
import { ago, describe as describeProblem, preferredLanguage } from "./language";

describe("preferredLanguage", () => {
  test.each([
    [null, ["ko-KR", "en-US"], "ko"],
    [null, ["en-GB", "ko"], "en"],
    [null, ["fr", "KO"], "ko"],
    [null, ["fr"], "en"],
    [null, [], "en"],
    ["en", ["ko"], "en"],
    ["xx", ["ko"], "ko"],
    ["constructor", ["ko"], "ko"],
  ])("stored %s, browser %j: %s", (stored, browser, expected) => {
    expect(preferredLanguage(stored, browser)).toBe(expected);
  });
});

test("both languages say everything, and nothing is left empty", () => {
  function leaves(of: object, path: string): string[] {
    return Object.entries(of).flatMap(([key, value]) =>
      typeof value === "object" && value !== null ? leaves(value, `${path}${key}.`) : `${path}${key}`,
    );
  }
  expect(leaves(ko, "").sort()).toEqual(leaves(en, "").sort());
  expect(Object.values(ko.problem).every((s) => s.length > 0)).toBe(true);
});

test("a problem is described by its first field, its wait, or its code", () => {
  const field = new Problem("invalid", { errors: [{ field: "title", code: "title_missing" }] });
  expect(describeProblem(en, field)).toBe(en.problem.title_missing);
  expect(describeProblem(ko, new Problem("too_many_attempts", { retryAfter: 30 }))).toBe(ko.waitMinutes(1));
  expect(describeProblem(en, new Problem("too_many_attempts"))).toBe(en.problem.too_many_attempts);
  expect(describeProblem(en, new Problem("constructor"))).toBe(en.problem.internal);
});

describe("ago", () => {
  const now = Date.parse("2026-03-10T12:00:00Z");
  test.each([
    ["2026-03-10T12:00:05Z", "now"],
    ["2026-03-10T11:59:01Z", "now"],
    ["2026-03-10T11:55:00Z", "5 minutes ago"],
    ["2026-03-10T09:00:00Z", "3 hours ago"],
    ["2026-03-09T12:00:00Z", "yesterday"],
    ["2026-03-01T12:00:00Z", "Mar 1, 2026"],
  ])("%s is %s", (time, expected) => {
    expect(ago("en", time, now)).toBe(expected);
  });
  test("in Korean", () => {
    expect(ago("ko", "2026-03-10T11:55:00Z", now)).toBe("5분 전");
  });
});
