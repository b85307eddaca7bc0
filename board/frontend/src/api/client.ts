import { Problem, toProblem } from "./problem";
import { type Me, type Page, type Post, toMe, toPage, toPost, toVersion, type Version } from "./types";

const TIMEOUT_MS = 20_000;

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { "X-Board-Request": "1" },
  };
  if (body !== undefined) {
    init.headers = { ...init.headers, "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Problem("offline");
  }
  if (!response.ok) {
    throw await toProblem(response);
  }
  return response;
}

async function call<T>(to: (answer: unknown) => T, method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  try {
    return to(await response.json());
  } catch {
    throw new Problem("internal");
  }
}

/** The backend's calls. Each throws a {@link Problem} when it does not succeed. */
export const api = {
  signUp: (username: string, password: string, nickname: string): Promise<Me> =>
    call(toMe, "POST", "/api/users", { username, password, nickname }),

  logIn: (username: string, password: string): Promise<Me> =>
    call(toMe, "POST", "/api/session", { username, password }),

  logOut: async (): Promise<void> => {
    await send("DELETE", "/api/session");
  },

  me: (): Promise<Me> => call(toMe, "GET", "/api/me"),

  rename: (nickname: string): Promise<Me> => call(toMe, "PATCH", "/api/me", { nickname }),

  page: (before: string | null): Promise<Page> =>
    call(toPage, "GET", before === null ? "/api/posts" : `/api/posts?before=${encodeURIComponent(before)}`),

  write: (title: string, body: string): Promise<Post> => call(toPost, "POST", "/api/posts", { title, body }),

  edit: (id: string, title: string, body: string, version: number): Promise<Post> =>
    call(toPost, "PUT", `/api/posts/${id}`, { title, body, version }),

  remove: async (id: string): Promise<void> => {
    await send("DELETE", `/api/posts/${id}`);
  },

  version: (): Promise<Version> => call(toVersion, "GET", "/api/version"),
};
