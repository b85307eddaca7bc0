/** The kinds of group naru.dev/v1alpha1 as far as the console shows them (contract: ARCHITECTURE.md). */

export interface Meta {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
  deletionTimestamp?: string;
}

export interface Resource {
  metadata: Meta;
}

export type StepName = "push" | "pipeline" | "image" | "manifest" | "sync" | "rollout" | "live";

export const STEP_NAMES: readonly StepName[] = [
  "push",
  "pipeline",
  "image",
  "manifest",
  "sync",
  "rollout",
  "live",
];

export type StepState = "Waiting" | "Running" | "Done" | "Failed" | "Skipped";

export interface Step {
  name: StepName;
  state: StepState;
  startedAt?: string;
  finishedAt?: string;
  message?: string;
  logTail?: string[];
  refs?: string[];
}

export interface Delivery extends Resource {
  spec: {
    repository: string;
    branch: string;
    commit: string;
    subject?: string;
    author?: string;
    pushedAt?: string;
  };
  status?: {
    phase?: "Running" | "Live" | "Failed" | "Superseded" | "NothingToDo";
    message?: string;
    startedAt?: string;
    finishedAt?: string;
    steps?: Step[];
  };
}

export type StageState = "Waiting" | "Running" | "Succeeded" | "Unstable" | "Failed" | "Skipped" | "Aborted";

export interface Stage {
  name: string;
  parent?: string;
  state: StageState;
  startedAt?: string;
  finishedAt?: string;
  message?: string;
}

export interface BuiltImage {
  image: string;
  digest?: string;
  startedAt?: string;
  finishedAt?: string;
  pushedAt?: string;
  state?: string;
  message?: string;
}

export interface PipelineRun extends Resource {
  spec: { repository: string; branch: string; commit: string; pipeline: string; jenkinsfile: string };
  status?: {
    phase?: "Pending" | "Running" | "Succeeded" | "Unstable" | "Failed" | "Aborted";
    startedAt?: string;
    finishedAt?: string;
    message?: string;
    failedStage?: string;
    stages?: Stage[];
    images?: BuiltImage[];
  };
}
