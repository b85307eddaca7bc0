import type { Resource } from "./types";

/** One event of a Kubernetes watch. */
export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T;
}

/** The objects of a collection by uid; a new map for each change, so that React sees it. */
export type Collection<T> = ReadonlyMap<string, T>;

export function fromList<T extends Resource>(items: readonly T[]): Collection<T> {
  return new Map(items.map((item) => [item.metadata.uid, item]));
}

/** The collection after an event. ERROR never comes here: it ends the stream. */
export function apply<T extends Resource>(all: Collection<T>, event: WatchEvent<T>): Collection<T> {
  if (event.type === "BOOKMARK") return all;
  const next = new Map(all);
  if (event.type === "DELETED") next.delete(event.object.metadata.uid);
  else next.set(event.object.metadata.uid, event.object);
  return next;
}

/** Newest first by creation. */
export function newestFirst<T extends Resource>(all: Collection<T>): T[] {
  return [...all.values()].sort((a, b) =>
    a.metadata.creationTimestamp === b.metadata.creationTimestamp
      ? b.metadata.name.localeCompare(a.metadata.name)
      : b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp),
  );
}
