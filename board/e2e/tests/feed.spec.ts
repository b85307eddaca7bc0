import { expect, test } from "@playwright/test";
import { call, idOf, newName, notice, signedIn, write } from "./board";

test("a notice is put up, edited and taken down", async ({ page }) => {
  const username = await signedIn(page);
  const title = newName("Ferry ");
  await write(page, title, "Leaves at six.\nBring a coat.");
  await expect(page.getByText("Your notice is up.")).toBeVisible();
  await expect(page.getByRole("article").first()).toHaveAccessibleName(title);
  await expect(notice(page, title)).toContainText(username);
  await expect(notice(page, title).getByText("now")).toHaveAttribute("datetime", /^20\d\d-/);

  await page.getByRole("button", { name: `Edit: ${title}` }).click();
  await page.getByLabel("Text").fill("Leaves at seven.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your changes are saved.")).toBeVisible();
  await expect(notice(page, title)).toContainText("Leaves at seven.");
  await expect(notice(page, title)).toContainText("edited");

  await page.getByRole("button", { name: `Delete: ${title}` }).click();
  const question = page.getByRole("dialog", { name: "Take this notice down?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(notice(page, title)).toBeVisible();
  await page.getByRole("button", { name: `Delete: ${title}` }).click();
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("The notice is gone.")).toBeVisible();
  await expect(notice(page, title)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Notices", level: 1 })).toBeVisible();
  await expect(notice(page, title)).toHaveCount(0);
});

test("a notice without title or text is refused in place", async ({ page }) => {
  await signedIn(page);
  await page.getByRole("button", { name: "Write a notice" }).click();
  await page.getByRole("button", { name: "Put it up" }).click();
  await expect(page.getByRole("alert")).toHaveText(["Give it a title.", "Write some text."]);
  await expect(page.getByLabel("Title")).toBeFocused();
});

test("everybody sees a notice; only its author has the buttons, and the backend enforces it", async ({
  page,
  browser,
}) => {
  await signedIn(page);
  const title = newName("Mine ");
  await write(page, title, "Text");
  const id = await idOf(page, title);

  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  await signedIn(other);
  await expect(notice(other, title)).toBeVisible();
  await expect(notice(other, title).getByRole("button")).toHaveCount(0);
  await expect(notice(page, title).getByRole("button")).toHaveCount(2);

  const edit = await call(other, "PUT", `/api/posts/${id}`, { title: "Taken", body: "Over", version: 1 });
  expect(edit).toMatchObject({ status: 403, json: { code: "not_author" } });
  const remove = await call(other, "DELETE", `/api/posts/${id}`);
  expect(remove).toMatchObject({ status: 403, json: { code: "not_author" } });
  await stranger.close();

  await page.reload();
  await expect(notice(page, title)).toContainText("Text");
});

test("an edit of an older version asks which text should stay", async ({ page, context }) => {
  await signedIn(page);
  const title = newName("Two windows ");
  await write(page, title, "First");
  const phone = await context.newPage();
  await phone.goto("/");

  await page.getByRole("button", { name: `Edit: ${title}` }).click();
  await page.getByLabel("Text").fill("From the desk");

  await phone.getByRole("button", { name: `Edit: ${title}` }).click();
  await phone.getByLabel("Text").fill("From the phone");
  await phone.getByRole("button", { name: "Save" }).click();
  await expect(notice(phone, title)).toContainText("From the phone");

  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "This notice has changed meanwhile" });
  await expect(dialog).toContainText("From the phone");
  await expect(dialog).toContainText("From the desk");
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Text")).toHaveValue("From the desk");

  await page.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("button", { name: "Replace it with mine" }).click();
  await expect(notice(page, title)).toContainText("From the desk");
  await phone.reload();
  await expect(notice(phone, title)).toContainText("From the desk");

  await page.getByRole("button", { name: `Edit: ${title}` }).click();
  await page.getByLabel("Text").fill("Again from the desk");
  await phone.getByRole("button", { name: `Edit: ${title}` }).click();
  await phone.getByLabel("Text").fill("Again from the phone");
  await phone.getByRole("button", { name: "Save" }).click();
  await expect(notice(phone, title)).toContainText("Again from the phone");
  await page.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("button", { name: "Keep what is there" }).click();
  await expect(notice(page, title)).toContainText("Again from the phone");
});

test("the feed goes from newest to oldest, page by page, while others write", async ({ page, browser }) => {
  await signedIn(page);
  const run = newName("");
  for (let i = 0; i < 45; i++) {
    const made = await call(page, "POST", "/api/posts", { title: `${run} ${i}`, body: "Text" });
    expect(made.status).toBe(201);
  }
  await page.reload();
  const mine = page.getByRole("article", { name: new RegExp(`^${run} `) });
  await expect(mine.first()).toHaveAccessibleName(`${run} 44`);

  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  await signedIn(other);
  await write(other, newName("Newer "), "Text");
  await stranger.close();

  await expect(async () => {
    await page.getByRole("article").last().scrollIntoViewIfNeeded();
    expect(await mine.count()).toBe(45);
  }).toPass();
  const names = await mine.evaluateAll((all) => all.map((a) => a.getAttribute("aria-label")));
  expect(names).toEqual(Array.from({ length: 45 }, (_, i) => `${run} ${44 - i}`));
});

test("what people write is text, not markup", async ({ page }) => {
  await signedIn(page);
  const title = newName("<img src=x onerror=alert(1)> ");
  await write(page, title, '<script>document.title = "taken"</script>');
  await expect(notice(page, title)).toContainText("<script>");
  await expect(page).toHaveTitle("Naru Board");
});
