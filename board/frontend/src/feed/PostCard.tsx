import { useRef, useState } from "react";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { Post } from "../api/types";
import { ago, describe, useLanguage } from "../i18n/language";
import { Dialog } from "../shell/Dialog";
import { useFocusBack } from "../shell/focus";
import { Avatar } from "../shell/Header";
import { ConflictDialog } from "./ConflictDialog";
import { PostForm } from "./PostForm";

interface Props {
  post: Post;
  now: number;
  onChanged: (post: Post) => void;
  onGone: (id: string) => void;
  /** Ends the page when the session has ended. */
  endedBy: (problem: Problem) => boolean;
  say: (sentence: string) => void;
}

interface Conflict {
  current: Post;
  title: string;
  body: string;
}

/** One post; its author can edit and delete it here. */
export function PostCard({ post, now, onChanged, onGone, endedBy, say }: Props) {
  const { t } = useLanguage();
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const editButton = useRef<HTMLButtonElement>(null);

  useFocusBack(editing, editButton);

  function stopEditing() {
    setConflict(null);
    setEditing(false);
  }

  async function save(title: string, body: string, version: number) {
    try {
      onChanged(await api.edit(post.id, title, body, version));
      stopEditing();
      say(t.feed.saved);
    } catch (e) {
      const seen = Problem.of(e);
      if (seen.code === "post_changed" && seen.current !== null) {
        setConflict({ current: seen.current, title, body });
      } else if (seen.code === "post_not_found") {
        onGone(post.id);
        say(t.problem.post_not_found);
      } else if (!endedBy(seen)) {
        throw seen;
      }
    }
  }

  async function remove() {
    setAsking(false);
    setProblem(null);
    try {
      await api.remove(post.id);
      onGone(post.id);
      say(t.feed.removed);
    } catch (e) {
      const seen = Problem.of(e);
      if (seen.code === "post_not_found") {
        onGone(post.id);
        say(t.problem.post_not_found);
      } else if (!endedBy(seen)) {
        setProblem(seen);
      }
    }
  }

  return (
    <article className="card post" aria-label={post.title}>
      {editing ? (
        <PostForm
          label={t.feed.editing(post.title)}
          submitLabel={t.save}
          title={post.title}
          body={post.body}
          onSubmit={(title, body) => save(title, body, post.version)}
          onCancel={stopEditing}
        />
      ) : (
        <>
          <h2>{post.title}</h2>
          <Byline post={post} now={now} />
          <p className="body">{post.body}</p>
          {post.mine && (
            <div className="buttons">
              <button
                ref={editButton}
                type="button"
                className="small"
                aria-label={t.feed.editOf(post.title)}
                onClick={() => setEditing(true)}
              >
                {t.feed.edit}
              </button>
              <button
                type="button"
                className="small danger"
                aria-label={t.feed.removeOf(post.title)}
                onClick={() => setAsking(true)}
              >
                {t.feed.remove}
              </button>
            </div>
          )}
        </>
      )}
      {problem !== null && (
        <p className="error" role="alert">
          {describe(t, problem)}
        </p>
      )}
      {asking && (
        <Dialog
          heading={t.feed.removeQuestion}
          onClose={() => setAsking(false)}
          buttons={
            <>
              <button type="button" onClick={() => setAsking(false)}>
                {t.cancel}
              </button>
              <button type="button" className="primary danger" onClick={() => void remove()}>
                {t.feed.remove}
              </button>
            </>
          }
        >
          <p>{t.feed.removeDetail(post.title)}</p>
        </Dialog>
      )}
      {conflict !== null && (
        <ConflictDialog
          current={conflict.current}
          title={conflict.title}
          body={conflict.body}
          onKeepMine={async () => {
            setConflict(null);
            await save(conflict.title, conflict.body, conflict.current.version);
          }}
          onTakeTheirs={() => {
            onChanged(conflict.current);
            stopEditing();
          }}
          onBack={() => setConflict(null)}
        />
      )}
    </article>
  );
}

function Byline({ post, now }: { post: Post; now: number }) {
  const { language, t } = useLanguage();
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
  return (
    <p className="byline">
      <Avatar name={post.author?.nickname ?? "·"} />
      <strong>{post.author?.nickname ?? t.feed.someone}</strong>
      {post.author !== null && <span className="quiet handle">@{post.author.username}</span>}
      <time className="quiet" dateTime={post.createdAt} title={exact.format(new Date(post.createdAt))}>
        {ago(language, post.createdAt, now)}
      </time>
      {post.version > 1 && (
        <span className="quiet" title={exact.format(new Date(post.updatedAt))}>
          {t.feed.edited}
        </span>
      )}
    </p>
  );
}
