import { fields, type Post, toPost, UnexpectedAnswer } from "./types";

export interface FieldError {
  field: string;
  code: string;
}

/**
 * A request that did not succeed, by the code that the backend gives (RFC 9457 problem details), or
 * "offline" when there was no answer and "internal" when the answer made no sense.
 */
export class Problem extends Error {
  readonly code: string;
  readonly errors: FieldError[];
  readonly current: Post | null;
  readonly retryAfterSeconds: number;

  constructor(
    code: string,
    more: { errors?: FieldError[]; current?: Post | null; retryAfter?: number } = {},
  ) {
    super(code);
    this.code = code;
    this.errors = more.errors ?? [];
    this.current = more.current ?? null;
    this.retryAfterSeconds = more.retryAfter ?? 0;
  }

  static of(thrown: unknown): Problem {
    return thrown instanceof Problem ? thrown : new Problem("internal");
  }

  /** The code of what is wrong with this field, if something is. */
  fieldCode(field: string): string | undefined {
    return this.errors.find((e) => e.field === field)?.code;
  }
}

export async function toProblem(response: Response): Promise<Problem> {
  try {
    const { code, errors, current } = fields(await response.json());
    if (typeof code !== "string") {
      return fallback(response.status);
    }
    return new Problem(code, {
      errors: Array.isArray(errors) ? errors.map(toFieldError) : [],
      current: current === undefined ? null : toPost(current),
      retryAfter: Number(response.headers.get("Retry-After") ?? 0),
    });
  } catch {
    return fallback(response.status);
  }
}

/** A gateway in between answers without problem details. */
function fallback(status: number): Problem {
  return new Problem(status === 502 || status === 503 || status === 504 ? "unavailable" : "internal");
}

function toFieldError(value: unknown): FieldError {
  const { field, code } = fields(value);
  if (typeof field !== "string" || typeof code !== "string") {
    throw new UnexpectedAnswer("not a field error");
  }
  return { field, code };
}
