import { useState } from "react";
import { Problem } from "../api/problem";
import type { Post } from "../api/types";
import { describe, useLanguage } from "../i18n/language";
import { Dialog } from "../shell/Dialog";

interface Props {
  current: Post;
  title: string;
  body: string;
  onKeepMine: () => Promise<void>;
  onTakeTheirs: () => void;
  onBack: () => void;
}

/** The post was changed elsewhere while it was edited here: both texts, and the choice between them. */
export function ConflictDialog({ current, title, body, onKeepMine, onTakeTheirs, onBack }: Props) {
  const { t } = useLanguage();
  const [problem, setProblem] = useState<Problem | null>(null);
  return (
    <Dialog
      heading={t.conflict.heading}
      onClose={onBack}
      buttons={
        <>
          <button type="button" onClick={onBack}>
            {t.conflict.back}
          </button>
          <button type="button" onClick={onTakeTheirs}>
            {t.conflict.takeTheirs}
          </button>
          <button
            type="button"
            className="primary"
            onClick={() => onKeepMine().catch((e: unknown) => setProblem(Problem.of(e)))}
          >
            {t.conflict.keepMine}
          </button>
        </>
      }
    >
      <p>{t.conflict.detail}</p>
      <div className="versions">
        <section>
          <h3>{t.conflict.theirs}</h3>
          <strong>{current.title}</strong>
          <p className="body">{current.body}</p>
        </section>
        <section>
          <h3>{t.conflict.mine}</h3>
          <strong>{title}</strong>
          <p className="body">{body}</p>
        </section>
      </div>
      {problem !== null && (
        <p className="error" role="alert">
          {describe(t, problem)}
        </p>
      )}
    </Dialog>
  );
}
