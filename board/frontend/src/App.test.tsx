import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { App } from "./App";
import { release } from "./release";
import { FakeBackend, problem } from "./test/backend";

let backend: FakeBackend;
const user = userEvent.setup();

beforeEach(() => {
  backend = new FakeBackend().install();
});

async function onFeed(nickname = "Jiwon"): Promise<void> {
  backend.signedIn =
    backend.accounts.find((a) => a.username === "jiwon") ?? backend.account("jiwon", nickname);
  render(<App />);
  await screen.findByRole("heading", { name: "Notices" });
}

function button(name: string | RegExp): HTMLElement {
  return screen.getByRole("button", { name });
}

describe("login", () => {
  test("without a session every page leads to it", async () => {
    window.history.replaceState(null, "", "/profile");
    render(<App />);
    await screen.findByRole("heading", { name: "Come on board" });
    await waitFor(() => expect(window.location.pathname).toBe("/login"));
    expect(document.activeElement).toBe(screen.getByLabelText("Username"));
  });

  test("sign-up leads to login with the username kept, and login to the feed", async () => {
    render(<App />);
    await user.click(await screen.findByRole("button", { name: "Sign up" }));
    await user.type(screen.getByLabelText("Username"), "jiwon");
    await user.type(screen.getByLabelText("Password"), "correct horse");
    await user.type(screen.getByLabelText("Nickname (optional)"), "Boatman");
    await user.click(button("Sign up"));

    await screen.findByText(/Welcome aboard, jiwon!/);
    expect(screen.getByLabelText<HTMLInputElement>("Username").value).toBe("jiwon");
    expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("");
    await user.type(screen.getByLabelText("Password"), "correct horse{Enter}");

    await screen.findByRole("heading", { name: "Notices" });
    expect(window.location.pathname).toBe("/");
    expect(screen.getByRole("link", { name: "Boatman" })).toBeDefined();
  });

  test.each([
    ["x", "correct horse", /A username has 3 to 20 letters/, "Username"],
    ["jiwon", "short", /The password is too short/, "Password"],
    ["taken", "correct horse", /Somebody has this username already/, "Username"],
  ])("signing up as %s with %s is refused: %s", async (username, password, message, field) => {
    backend.account("taken");
    render(<App />);
    await user.click(await screen.findByRole("button", { name: "Sign up" }));
    await user.type(screen.getByLabelText("Username"), username);
    await user.type(screen.getByLabelText("Password"), password);
    await user.click(button("Sign up"));

    expect((await screen.findByRole("alert")).textContent).toMatch(message);
    const input = screen.getByLabelText(field);
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(input);
  });

  test.each([
    [() => problem(401, "wrong_login"), "The username or the password is wrong."],
    [
      () => problem(429, "too_many_attempts", {}, { "Retry-After": "61" }),
      "Too many failed logins. Try again in 2 minutes.",
    ],
    [() => problem(503, "unavailable"), /cannot be reached right now/],
    [() => new Response("<html>Bad gateway</html>", { status: 502 }), /cannot be reached right now/],
    [() => problem(418, "never_heard_of"), /Something went wrong/],
    [() => new Response("[]", { status: 200 }), /Something went wrong/],
    [
      () => {
        throw new TypeError("no network");
      },
      /no connection/,
    ],
  ])("a failed login says why (%#)", async (answer, message) => {
    render(<App />);
    await user.type(await screen.findByLabelText("Username"), "jiwon");
    await user.type(screen.getByLabelText("Password"), "x");
    backend.instead.set("POST /api/session", answer);
    await user.click(button("Log in"));
    expect((await screen.findByRole("alert")).textContent).toMatch(message);
  });

  test("a board that cannot be reached can be tried again", async () => {
    backend.account("jiwon");
    backend.instead.set("GET /api/me", () => problem(503, "unavailable"));
    render(<App />);
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    await screen.findByRole("heading", { name: "Come on board" });
  });

  test("log out ends the session and returns here", async () => {
    await onFeed();
    await user.click(button("Log out"));
    await screen.findByText(/You are logged out/);
    expect(backend.signedIn).toBeNull();
    expect(window.location.pathname).toBe("/login");
  });

  test("a session that ended meanwhile returns here", async () => {
    await onFeed();
    backend.signedIn = null;
    await user.click(button(/Look for new notices/));
    await screen.findByText(/Your session has ended/);
  });
});

describe("feed", () => {
  test("shows the newest page, then older ones, each post once", async () => {
    const minho = backend.account("minho", "Minho");
    for (let i = 1; i <= 7; i++) {
      backend.post(minho, `Notice ${i}`);
    }
    await onFeed();
    await screen.findByRole("article", { name: "Notice 7" });
    expect(screen.getAllByRole("article")).toHaveLength(3);

    backend.post(minho, "Newer");
    await user.click(button("Show more"));
    await screen.findByRole("article", { name: "Notice 2" });
    await user.click(button("Show more"));
    await screen.findByRole("article", { name: "Notice 1" });
    expect(screen.getAllByRole("article").map((a) => a.getAttribute("aria-label"))).toEqual(
      [7, 6, 5, 4, 3, 2, 1].map((i) => `Notice ${i}`),
    );
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();

    await user.click(button(/Look for new notices/));
    await screen.findByRole("article", { name: "Newer" });
  });

  test("an empty board says so", async () => {
    await onFeed();
    await screen.findByText(/Be the first/);
  });

  test("a failed page can be asked for again", async () => {
    const minho = backend.account("minho");
    for (let i = 1; i <= 4; i++) {
      backend.post(minho, `Notice ${i}`);
    }
    await onFeed();
    await screen.findByRole("article", { name: "Notice 4" });
    backend.instead.set(`GET /api/posts?before=${backend.posts[2]?.id}`, () => problem(503, "unavailable"));
    await user.click(button("Show more"));
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    await screen.findByRole("article", { name: "Notice 1" });
  });

  test("a notice is written; what is missing is said in place", async () => {
    await onFeed();
    await user.click(button(/Write a notice/));
    expect(document.activeElement).toBe(screen.getByLabelText("Title"));
    await user.click(button("Put it up"));
    expect((await screen.findAllByRole("alert")).map((a) => a.textContent)).toEqual([
      "Give it a title.",
      "Write some text.",
    ]);

    await user.type(screen.getByLabelText("Title"), "First ferry");
    await user.type(screen.getByLabelText("Text"), "Leaves at six.");
    await user.keyboard("{Control>}{Enter}{/Control}");
    const article = await screen.findByRole("article", { name: "First ferry" });
    expect(article.textContent).toContain("Jiwon");
    expect(screen.getByText("Your notice is up.")).toBeDefined();
    expect(document.activeElement).toBe(button(/Write a notice/));
  });

  test("only one’s own notices have buttons", async () => {
    backend.post(backend.account("minho"), "Theirs");
    backend.post(backend.account("jiwon"), "Mine");
    await onFeed();
    const theirs = await screen.findByRole("article", { name: "Theirs" });
    const mine = screen.getByRole("article", { name: "Mine" });
    expect(within(theirs).queryAllByRole("button")).toHaveLength(0);
    expect(
      within(mine)
        .getAllByRole("button")
        .map((b) => b.textContent),
    ).toEqual(["Edit", "Delete"]);
  });

  test("a notice is edited; Escape gives up", async () => {
    backend.post(backend.account("jiwon"), "Mine");
    await onFeed();
    await user.click(await screen.findByRole("button", { name: "Edit: Mine" }));
    await user.type(screen.getByLabelText("Text"), " and more{Escape}");
    expect(screen.getByRole("article", { name: "Mine" }).textContent).not.toContain("and more");

    await user.click(button("Edit: Mine"));
    await user.type(screen.getByLabelText("Text"), " and more");
    await user.click(button("Save"));
    await screen.findByText("Your changes are saved.");
    expect(document.activeElement).toBe(button("Edit: Mine"));
    expect(screen.getByRole("article", { name: "Mine" }).textContent).toContain("Text and more");
    expect(screen.getByText("edited")).toBeDefined();
  });

  describe("an edit that another one has overtaken", () => {
    beforeEach(async () => {
      const post = backend.post(backend.account("jiwon"), "Mine");
      await onFeed();
      await user.click(await screen.findByRole("button", { name: "Edit: Mine" }));
      await user.clear(screen.getByLabelText("Text"));
      await user.type(screen.getByLabelText("Text"), "From the desk");
      Object.assign(post, { body: "From the phone", version: 2 });
      await user.click(button("Save"));
      const dialog = await screen.findByRole("dialog");
      expect(dialog.textContent).toContain("From the desk");
      expect(dialog.textContent).toContain("From the phone");
    });

    test("can replace it", async () => {
      await user.click(button("Replace it with mine"));
      await screen.findByText("Your changes are saved.");
      expect(backend.posts[0]).toMatchObject({ body: "From the desk", version: 3 });
    });

    test("can give way", async () => {
      await user.click(button("Keep what is there"));
      expect((await screen.findByText("From the phone")).closest("article")).not.toBeNull();
      expect(backend.posts[0]).toMatchObject({ body: "From the phone", version: 2 });
    });

    test("can go on", async () => {
      await user.click(button("Go on editing"));
      expect(screen.queryByRole("dialog")).toBeNull();
      expect(screen.getByLabelText<HTMLTextAreaElement>("Text").value).toBe("From the desk");
    });
  });

  test("a notice is deleted after a question", async () => {
    backend.post(backend.account("jiwon"), "Mine");
    await onFeed();
    await user.click(await screen.findByRole("button", { name: "Delete: Mine" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Cancel" }));
    expect(backend.posts).toHaveLength(1);
    await user.click(button("Delete: Mine"));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    await screen.findByText("The notice is gone.");
    expect(backend.posts).toHaveLength(0);
    expect(screen.queryByRole("article")).toBeNull();
  });

  test("a notice that is gone already disappears", async () => {
    backend.post(backend.account("jiwon"), "Mine");
    await onFeed();
    await user.click(await screen.findByRole("button", { name: "Edit: Mine" }));
    backend.posts = [];
    await user.click(button("Save"));
    await screen.findByText("This notice is not there any more.");
    expect(screen.queryByRole("article")).toBeNull();
  });
});

describe("profile", () => {
  test("changes the nickname, which the feed shows at once, and leads back", async () => {
    backend.post(backend.account("jiwon", "Jiwon"), "Mine");
    await onFeed();
    await user.click(screen.getByRole("link", { name: "Jiwon" }));
    expect(window.location.pathname).toBe("/profile");
    const field = screen.getByLabelText("Nickname");
    await user.clear(field);
    await user.click(button("Save"));
    expect((await screen.findByRole("alert")).textContent).toBe("A nickname has 1 to 20 characters.");

    await user.type(field, "나루 지기");
    await user.click(button("Save"));
    await screen.findByText("From now on you are 나루 지기.");
    await user.click(screen.getByRole("link", { name: /Back to the notices/ }));
    expect((await screen.findByRole("article", { name: "Mine" })).textContent).toContain("나루 지기");
    expect(window.location.pathname).toBe("/");
  });
});

describe("language and release", () => {
  test("the language is switched in place and remembered", async () => {
    const { unmount } = render(<App />);
    await screen.findByRole("heading", { name: "Come on board" });
    await user.click(button("한국어"));
    await screen.findByRole("heading", { name: "배에 오르세요" });
    expect(document.documentElement.lang).toBe("ko");
    unmount();
    render(<App />);
    await screen.findByRole("heading", { name: "배에 오르세요" });
  });

  test("while page and backend are of different releases, both names are shown", async () => {
    backend.release = "Elsewhere";
    render(<App />);
    await waitFor(() => expect(screen.getByTestId("release").textContent).toBe(`${release} · Elsewhere`));
    expect(screen.getByTestId("api-version").textContent).toBe("API Elsewhere 0123456");
  });
});
