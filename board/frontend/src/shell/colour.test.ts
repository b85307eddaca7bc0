import { expect, test } from "vitest";
import { colourOf } from "./colour";

test("each release has a colour, and keeps it", () => {
  const colours = ["Dawn", "Noon", "Dusk", "Night", "Harbour"].map(colourOf);
  expect(new Set(colours).size).toBe(5);
  expect(colourOf("Harbour")).toBe(colourOf("Harbour"));
  expect(colourOf("constructor")).toMatch(/^hsl/);
});
