import { expect, type Page, test } from "@playwright/test";
import { newName, notice, PASSWORD, signedIn, write } from "./board";

async function fitsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
}

test.describe("in Korean", () => {
  test.use({ locale: "ko-KR" });

  test("the browser’s language is spoken, and can be switched for good", async ({ page }) => {
    await page.goto("/login");
    await expect(page.getByRole("heading", { name: "배에 오르세요" })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "ko");
    await expect(page).toHaveTitle("나루 게시판");

    await page.getByLabel("아이디").fill(newName());
    await page.getByLabel("비밀번호", { exact: true }).fill("wrong password");
    await page.getByRole("button", { name: "로그인", exact: true }).click();
    await expect(page.getByRole("alert")).toHaveText("아이디나 비밀번호가 틀렸습니다.");

    await page.getByRole("button", { name: "English" }).click();
    await expect(page.getByRole("alert")).toHaveText("The username or the password is wrong.");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.reload();
    await expect(page.getByRole("heading", { name: "Come on board" })).toBeVisible();
    await page.getByRole("button", { name: "한국어" }).click();
    await expect(page.getByRole("heading", { name: "배에 오르세요" })).toBeVisible();
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("everything is reachable and nothing sticks out", async ({ page }) => {
    await page.goto("/login");
    await expect(page.getByRole("heading", { name: "Come on board" })).toBeVisible();
    expect(await fitsSideways(page)).toBe(true);

    const username = await signedIn(page);
    const title = newName("Phone ");
    await write(page, title, `${"Averylongwordwithoutanyspaces".repeat(6)}`);
    expect(await fitsSideways(page)).toBe(true);
    for (const button of await page.getByRole("button").all()) {
      const box = await button.boundingBox();
      expect(box?.height, await button.innerText()).toBeGreaterThanOrEqual(24);
    }

    await page.getByRole("link", { name: username }).tap();
    await page.getByLabel("Nickname").fill("Pocket");
    await page.getByRole("button", { name: "Save" }).tap();
    await page.getByRole("link", { name: "Back to the notices" }).tap();
    await expect(notice(page, title)).toContainText("Pocket");
    await page.getByRole("button", { name: "Log out" }).tap();
    await expect(page).toHaveURL(/\/login$/);
  });
});

test("everything can be done with the keyboard alone", async ({ page }) => {
  const username = newName();
  const title = newName("Keys ");
  await page.goto("/login");
  await expect(page.getByLabel("Username")).toBeFocused();

  async function tabTo(name: RegExp): Promise<void> {
    await expect(async () => {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const on = document.activeElement;
        return on?.getAttribute("aria-label") ?? on?.textContent ?? "";
      });
      expect(focused).toMatch(name);
    }).toPass({ intervals: [0] });
  }

  await tabTo(/^Sign up$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Get your ticket" })).toBeVisible();
  await expect(page.getByLabel("Username")).toBeFocused();
  await page.keyboard.type(username);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Welcome aboard")).toBeVisible();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Notices", level: 1 })).toBeFocused();

  await tabTo(/Write a notice/);
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Title")).toBeFocused();
  await page.keyboard.type(title);
  await page.keyboard.press("Tab");
  await page.keyboard.type("By keys");
  await page.keyboard.press("Control+Enter");
  await expect(notice(page, title)).toBeVisible();
  await expect(page.getByRole("button", { name: "Write a notice" })).toBeFocused();

  await tabTo(new RegExp(`^Edit: ${title}$`));
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Title")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: `Edit: ${title}` })).toBeFocused();

  await tabTo(new RegExp(`^Delete: ${title}$`));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: `Delete: ${title}` })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(/^Delete$/);
  await page.keyboard.press("Enter");
  await expect(notice(page, title)).toHaveCount(0);
});

test("the page says which release of each half is seen", async ({ page }) => {
  await page.goto("/login");
  await expect(page.getByTestId("release")).not.toBeEmpty();
  await expect(page.getByTestId("web-version")).toHaveText(/^Page \S+ \S+/);
  await expect(page.getByTestId("api-version")).toHaveText(/^API [^\s…]+ \S+/);
});

test("what the Ingress does not name stays inside", async ({ page }) => {
  await page.goto("/login");
  const answer = await page.evaluate(async () => {
    const response = await fetch("/actuator/health");
    return response.headers.get("content-type");
  });
  expect(answer).toContain("text/html"); // the page itself, not the backend
});
