import type { Me, Post } from "../api/types";
import { release } from "../release";

interface Account extends Me {
  password: string;
}

function problem(
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify({ status, code, title: code, ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

function ok(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

/**
 * The backend's contract as far as the page uses it, in memory. The real one is put behind the same page
 * by the browser tests in e2e/.
 */
export class FakeBackend {
  accounts: Account[] = [];
  posts: Post[] = [];
  signedIn: Account | null = null;
  release: string = release;
  pageSize = 3;
  /** Answers given instead of the next ones, by "METHOD path". */
  readonly instead = new Map<string, () => Response>();
  readonly calls: string[] = [];
  #ids = 0;

  install(): this {
    window.fetch = (input, init) => this.#answer(String(input), init ?? {});
    return this;
  }

  account(username: string, nickname = username): Account {
    const made = { id: `a${this.#ids++}`, username, nickname, password: "correct horse" };
    this.accounts.push(made);
    return made;
  }

  post(author: Account, title: string, body = "Text"): Post {
    const made: Post = {
      id: `p${this.#ids++}`,
      title,
      body,
      author: { username: author.username, nickname: author.nickname },
      createdAt: new Date().toISOString(),
      updatedAt: new Date().toISOString(),
      version: 1,
      mine: false,
    };
    this.posts.unshift(made);
    return made;
  }

  async #answer(path: string, init: RequestInit): Promise<Response> {
    const method = init.method ?? "GET";
    const call = `${method} ${path}`;
    this.calls.push(call);
    const instead = this.instead.get(call);
    if (instead !== undefined) {
      this.instead.delete(call);
      return instead();
    }
    if (method !== "GET" && new Headers(init.headers).get("X-Board-Request") === null) {
      return problem(403, "forged");
    }
    const body: Record<string, string> = typeof init.body === "string" ? JSON.parse(init.body) : {};
    const url = new URL(path, "http://board.localhost");
    switch (`${method} ${url.pathname}`) {
      case "GET /api/version":
        return ok({ release: this.release, commit: "0123456789abcdef" });
      case "POST /api/users":
        return this.#signUp(body);
      case "POST /api/session":
        this.signedIn =
          this.accounts.find((a) => a.username === body.username && a.password === body.password) ?? null;
        return this.signedIn === null ? problem(401, "wrong_login") : ok(this.signedIn);
      case "DELETE /api/session":
        this.signedIn = null;
        return new Response(null, { status: 204 });
    }
    if (this.signedIn === null) {
      return problem(401, "not_signed_in");
    }
    return this.#signedInAnswer(this.signedIn, method, url, body);
  }

  #signUp(body: Record<string, string>): Response {
    const { username = "", password = "", nickname = "" } = body;
    const errors = [
      ...(/^[\w.-]{3,20}$/.test(username) ? [] : [{ field: "username", code: "username_malformed" }]),
      ...(password.length >= 8 ? [] : [{ field: "password", code: "password_short" }]),
    ];
    if (errors.length > 0) {
      return problem(400, "invalid", { errors });
    }
    if (this.accounts.some((a) => a.username === username)) {
      return problem(409, "username_taken");
    }
    const account = this.account(username, nickname === "" ? username : nickname);
    account.password = password;
    return ok(account, 201);
  }

  #signedInAnswer(me: Account, method: string, url: URL, body: Record<string, string>): Response {
    if (url.pathname === "/api/me") {
      if (method === "PATCH") {
        const { nickname = "" } = body;
        if (nickname.trim() === "") {
          return problem(400, "invalid", { errors: [{ field: "nickname", code: "nickname_malformed" }] });
        }
        me.nickname = nickname.trim();
      }
      return ok(me);
    }
    if (method === "GET") {
      const before = url.searchParams.get("before");
      const from = before === null ? 0 : this.posts.findIndex((p) => p.id === before) + 1;
      const page = this.posts.slice(from, from + this.pageSize);
      const rest = this.posts.length > from + this.pageSize;
      return ok({ posts: page.map((p) => this.#seen(p)), next: rest ? (page.at(-1)?.id ?? null) : null });
    }
    const { title = "", body: text = "" } = body;
    if (method !== "DELETE" && (title === "" || text === "")) {
      const errors = [
        ...(title === "" ? [{ field: "title", code: "title_missing" }] : []),
        ...(text === "" ? [{ field: "body", code: "body_missing" }] : []),
      ];
      return problem(400, "invalid", { errors });
    }
    if (method === "POST") {
      return ok(this.#seen(this.post(me, title, text)), 201);
    }
    const post = this.posts.find((p) => url.pathname === `/api/posts/${p.id}`);
    if (post === undefined) {
      return problem(404, "post_not_found");
    }
    if (post.author?.username !== me.username) {
      return problem(403, "not_author");
    }
    if (method === "DELETE") {
      this.posts = this.posts.filter((p) => p !== post);
      return new Response(null, { status: 204 });
    }
    if (Number(body.version) !== post.version) {
      return problem(409, "post_changed", { current: this.#seen(post) });
    }
    Object.assign(post, { title, body: text, version: post.version + 1 });
    return ok(this.#seen(post));
  }

  #seen(post: Post): Post {
    const author = this.accounts.find((a) => a.username === post.author?.username);
    return {
      ...post,
      author: author === undefined ? null : { username: author.username, nickname: author.nickname },
      mine: author !== undefined && author === this.signedIn,
    };
  }
}

export { problem };
