import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Problem } from "../api/problem";
import { describe, sentence, useLanguage } from "../i18n/language";
import { Area, Field } from "../shell/Field";

export const TITLE_MAX = 120;
export const BODY_MAX = 5000;

interface Props {
  label: string;
  submitLabel: string;
  title?: string;
  body?: string;
  /** Takes the text over, or throws the problem to be shown here. */
  onSubmit: (title: string, body: string) => Promise<void>;
  onCancel: () => void;
}

/** Where a post is written or edited. Escape gives up, Ctrl+Enter sends. */
export function PostForm({ label, submitLabel, title = "", body = "", onSubmit, onCancel }: Props) {
  const { t } = useLanguage();
  const [draft, setDraft] = useState({ title, body });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const first = useRef<HTMLInputElement>(null);

  useEffect(() => first.current?.focus(), []);
  useEffect(() => {
    if (problem !== null) {
      form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  }, [problem]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit(draft.title, draft.body);
    } catch (e) {
      setProblem(Problem.of(e));
    } finally {
      setBusy(false);
    }
  }

  function keys(event: KeyboardEvent) {
    if (event.key === "Escape") {
      onCancel();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.current?.requestSubmit();
    }
  }

  const errorOf = (field: string) => {
    const code = problem?.fieldCode(field);
    return code === undefined ? undefined : sentence(t, code);
  };
  const left = BODY_MAX - draft.body.length;

  return (
    <form
      ref={form}
      className="post-form"
      aria-label={label}
      onSubmit={submit}
      onKeyDown={keys}
      noValidate
      aria-busy={busy}
    >
      <Field
        ref={first}
        label={t.feed.title}
        error={errorOf("title")}
        maxLength={TITLE_MAX}
        value={draft.title}
        onChange={(e) => setDraft({ ...draft, title: e.target.value })}
      />
      <Area
        label={t.feed.body}
        error={errorOf("body")}
        hint={left < 500 ? t.feed.left(left) : undefined}
        rows={5}
        maxLength={BODY_MAX}
        value={draft.body}
        onChange={(e) => setDraft({ ...draft, body: e.target.value })}
      />
      {problem !== null && problem.errors.length === 0 && (
        <p className="error" role="alert">
          {describe(t, problem)}
        </p>
      )}
      <div className="buttons">
        <button type="button" onClick={onCancel} disabled={busy}>
          {t.cancel}
        </button>
        <button type="submit" className="primary" disabled={busy}>
          {submitLabel}
        </button>
      </div>
    </form>
  );
}
