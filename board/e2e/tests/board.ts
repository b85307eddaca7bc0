import { randomBytes } from "node:crypto";
import { expect, type Locator, type Page } from "@playwright/test";

export const PASSWORD = "correct horse";

export function newName(prefix = "u"): string {
  return `${prefix}${randomBytes(6).toString("hex")}`;
}

export interface Answer {
  status: number;
  json: Record<string, unknown>;
  retryAfter: string | null;
}

/** Calls the backend from within the page: same host, same cookie, as the page itself would. */
export function call(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
  return page.evaluate(
    async ([method, path, body]) => {
      const response = await fetch(path, {
        method,
        headers: { "X-Board-Request": "1", "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      return {
        status: response.status,
        json: text === "" ? {} : JSON.parse(text),
        retryAfter: response.headers.get("Retry-After"),
      };
    },
    [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
  );
}

export async function logIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

/** A new user on the feed page. */
export async function signedIn(page: Page, username = newName()): Promise<string> {
  await page.goto("/login");
  await expect(page.getByLabel("Username")).toBeVisible();
  const created = await call(page, "POST", "/api/users", { username, password: PASSWORD });
  expect(created.status).toBe(201);
  await logIn(page, username);
  await expect(page.getByRole("heading", { name: "Notices", level: 1 })).toBeVisible();
  return username;
}

export function notice(page: Page, title: string): Locator {
  return page.getByRole("article", { name: title, exact: true });
}

export async function write(page: Page, title: string, body: string): Promise<void> {
  await page.getByRole("button", { name: "Write a notice" }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Text").fill(body);
  await page.getByRole("button", { name: "Put it up" }).click();
  await expect(notice(page, title)).toBeVisible();
}

/** The id of the newest post of this title. */
export async function idOf(page: Page, title: string): Promise<string> {
  const answer = await call(page, "GET", "/api/posts?limit=100");
  const posts = answer.json.posts as { id: string; title: string }[];
  const found = posts.find((p) => p.title === title);
  expect(found, title).toBeDefined();
  return found?.id ?? "";
}
