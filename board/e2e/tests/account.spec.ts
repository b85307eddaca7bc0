import { expect, test } from "@playwright/test";
import { call, logIn, newName, notice, PASSWORD, signedIn, write } from "./board";

test("sign-up and login are one page with a button between them, and lead to the feed", async ({ page }) => {
  const username = newName();
  await page.goto("/");
  await expect(page).toHaveURL(/\/login$/);
  await expect(page.getByRole("heading", { name: "Come on board" })).toBeVisible();

  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await expect(page.getByRole("heading", { name: "Get your ticket" })).toBeVisible();
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { name: "Come on board" })).toBeVisible();
  await page.getByRole("button", { name: "Sign up" }).click();

  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Nickname").fill("Boatman");
  await page.getByRole("button", { name: "Sign up" }).click();

  await expect(page.getByText(`Welcome aboard, ${username}!`)).toBeVisible();
  await expect(page.getByLabel("Username")).toHaveValue(username);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { name: "Notices", level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/:?\/$/);
  await expect(page.getByRole("link", { name: "Boatman" })).toBeVisible();
});

test("each mistake has its own message", async ({ page }) => {
  const username = newName();
  await page.goto("/login");
  await page.getByRole("button", { name: "Sign up" }).click();
  const name = page.getByLabel("Username");
  const password = page.getByLabel("Password", { exact: true });
  const send = page.getByRole("button", { name: "Sign up" });

  await name.fill("a b");
  await password.fill(PASSWORD);
  await send.click();
  await expect(page.getByRole("alert")).toHaveText(/A username has 3 to 20 letters/);
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute("aria-invalid", "true");

  await name.fill(username);
  await password.fill("short");
  await send.click();
  await expect(page.getByRole("alert")).toHaveText(/The password is too short/);
  await expect(password).toBeFocused();

  await password.fill(PASSWORD);
  await send.click();
  await expect(page.getByText(`Welcome aboard, ${username}!`)).toBeVisible();

  await page.getByRole("button", { name: "Sign up" }).click();
  await name.fill(username.toUpperCase());
  await password.fill(PASSWORD);
  await send.click();
  await expect(page.getByRole("alert")).toHaveText(/Somebody has this username already/);

  await page.getByRole("button", { name: "Log in" }).click();
  await logIn(page, username, "wrong password");
  await expect(page.getByRole("alert")).toHaveText("The username or the password is wrong.");
});

test("too many failed logins have to wait", async ({ page }) => {
  const username = newName();
  await page.goto("/login");
  for (let i = 0; i < 10; i++) {
    expect((await call(page, "POST", "/api/session", { username, password: "wrong one" })).status).toBe(401);
  }
  const refused = await call(page, "POST", "/api/session", { username, password: "wrong one" });
  expect(refused.status).toBe(429);
  expect(Number(refused.retryAfter)).toBeGreaterThan(0);
  await logIn(page, username, "wrong one");
  await expect(page.getByRole("alert")).toHaveText(/Too many failed logins\. Try again in \d+ minutes\./);
});

test("the session is a JWT in an HttpOnly SameSite cookie", async ({ page, context }) => {
  await signedIn(page);
  const cookie = (await context.cookies()).find((c) => c.name === "board_session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  expect(cookie?.value.split(".")).toHaveLength(3);
  expect(cookie?.expires).toBeGreaterThan(Date.now() / 1000);
  expect(await page.evaluate(() => document.cookie)).not.toContain("board_session");
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
    "eyJ",
  );
});

test("a reload keeps the session", async ({ page }) => {
  const username = await signedIn(page);
  await page.reload();
  await expect(page.getByRole("link", { name: username })).toBeVisible();
});

test("log out returns to the login page, and the old token no longer works", async ({ page, context }) => {
  await signedIn(page);
  const cookies = (await context.cookies()).filter((c) => c.name === "board_session");
  expect(cookies).toHaveLength(1);

  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await expect(page.getByText("You are logged out.")).toBeVisible();
  expect((await context.cookies()).filter((c) => c.name === "board_session")).toHaveLength(0);

  await context.addCookies(cookies);
  expect((await call(page, "GET", "/api/me")).status).toBe(401);
  await page.goto("/");
  await expect(page).toHaveURL(/\/login$/);
});

test("a session that ended elsewhere leads back to login", async ({ page, context }) => {
  await signedIn(page);
  await context.clearCookies();
  await page.getByRole("button", { name: "Look for new notices" }).click();
  await expect(page.getByText("Your session has ended.")).toBeVisible();
  await expect(page).toHaveURL(/\/login$/);
});

test("profile: a new nickname is in the feed at once, and there is a way back", async ({ page }) => {
  const username = await signedIn(page);
  const title = newName("Before ");
  await write(page, title, "Text");
  await expect(notice(page, title)).toContainText(username);

  await page.getByRole("link", { name: username }).click();
  await expect(page).toHaveURL(/\/profile$/);
  await page.getByLabel("Nickname").fill("  ");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toHaveText("A nickname has 1 to 20 characters.");

  await page.getByLabel("Nickname").fill("나루 지기");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("From now on you are 나루 지기.")).toBeVisible();

  await page.getByRole("link", { name: "Back to the notices" }).click();
  await expect(page).toHaveURL(/:?\/$/);
  await expect(notice(page, title)).toContainText("나루 지기");

  await page.goBack();
  await expect(page.getByRole("heading", { name: "Profile" })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Nickname")).toHaveValue("나루 지기");
});
