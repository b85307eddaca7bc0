import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../api/types";
import { DeliveryCard } from "./DeliveryCard";
import { runsOf, spotlight, stepsOf } from "./progress";

const failed: Delivery = {
  metadata: {
    name: "board-1234567",
    namespace: "naru",
    uid: "u1",
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  },
  spec: {
    repository: "board",
    branch: "main",
    commit: "1234567890123456789012345678901234567890",
    subject: "Blue",
  },
  status: {
    phase: "Failed",
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: "2026-01-01T00:01:05Z",
    steps: [
      {
        name: "push",
        state: "Done",
        startedAt: "2026-01-01T00:00:00Z",
        finishedAt: "2026-01-01T00:00:00.120Z",
      },
      {
        name: "pipeline",
        state: "Failed",
        startedAt: "2026-01-01T00:00:00.120Z",
        finishedAt: "2026-01-01T00:01:05Z",
        message: "stage Test failed: sh ended with 1",
        logTail: ["Tests run: 3, Failures: 1"],
        refs: ["PipelineRun/board-backend-1234567"],
      },
    ],
  },
};

describe("a delivery", () => {
  it("has seven steps, the unnamed ones waiting", () => {
    expect(stepsOf(failed).map((s) => s.state)).toEqual([
      "Done",
      "Failed",
      "Waiting",
      "Waiting",
      "Waiting",
      "Waiting",
      "Waiting",
    ]);
    expect(spotlight(stepsOf(failed))?.name).toBe("pipeline");
    expect(runsOf(stepsOf(failed))).toEqual(["board-backend-1234567"]);
  });

  it("shows why it failed, the log's end and the way to the run", () => {
    render(
      <MantineProvider>
        <MemoryRouter>
          <DeliveryCard delivery={failed} now={Date.parse("2026-01-01T01:00:00Z")} />
        </MemoryRouter>
      </MantineProvider>,
    );
    expect(screen.getByText(/sh ended with 1/)).toBeTruthy();
    expect(screen.getByText("Tests run: 3, Failures: 1")).toBeTruthy();
    expect(screen.getByText("Failed", { selector: ".mantine-Badge-label" })).toBeTruthy();
    expect(screen.getByLabelText("time from push").textContent).toBe("1 m 05 s");
    expect(screen.getByRole("link", { name: "board-backend-1234567 log" }).getAttribute("href")).toBe(
      "/runs/board-backend-1234567",
    );
  });
});
