/** What the API speaks of, and how answers become it: whatever has another shape is refused here, at the edge. */

export interface Me {
  id: string;
  username: string;
  nickname: string;
}

export interface Author {
  username: string;
  nickname: string;
}

export interface Post {
  id: string;
  title: string;
  body: string;
  author: Author | null;
  createdAt: string;
  updatedAt: string;
  version: number;
  mine: boolean;
}

export interface Page {
  posts: Post[];
  next: string | null;
}

export interface Version {
  release: string;
  commit: string;
}

type Fields = Record<string, unknown>;

export class UnexpectedAnswer extends Error {}

export function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UnexpectedAnswer("not an object");
  }
  return value as Fields;
}

function text(of: Fields, name: string): string {
  const value = of[name];
  if (typeof value !== "string") {
    throw new UnexpectedAnswer(`${name} is no text`);
  }
  return value;
}

export function toMe(value: unknown): Me {
  const of = fields(value);
  return { id: text(of, "id"), username: text(of, "username"), nickname: text(of, "nickname") };
}

export function toPost(value: unknown): Post {
  const of = fields(value);
  const { author, version, mine } = of;
  if (typeof version !== "number" || typeof mine !== "boolean") {
    throw new UnexpectedAnswer("not a post");
  }
  const by = author === null ? null : fields(author);
  return {
    id: text(of, "id"),
    title: text(of, "title"),
    body: text(of, "body"),
    author: by && { username: text(by, "username"), nickname: text(by, "nickname") },
    createdAt: text(of, "createdAt"),
    updatedAt: text(of, "updatedAt"),
    version,
    mine,
  };
}

export function toPage(value: unknown): Page {
  const { posts, next } = fields(value);
  if (!Array.isArray(posts) || (next !== null && typeof next !== "string")) {
    throw new UnexpectedAnswer("not a page");
  }
  return { posts: posts.map(toPost), next };
}

export function toVersion(value: unknown): Version {
  const of = fields(value);
  return { release: text(of, "release"), commit: text(of, "commit") };
}
