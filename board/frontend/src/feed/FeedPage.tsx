import { useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import { describe, useLanguage } from "../i18n/language";
import { useSession } from "../session";
import { useFocusBack } from "../shell/focus";
import { PostCard } from "./PostCard";
import { PostForm } from "./PostForm";
import { useFeed } from "./useFeed";

/** Everybody's posts, newest first; older ones come as one scrolls to the end or asks for them. */
export function FeedPage() {
  const { t } = useLanguage();
  const { endedBy } = useSession();
  const { feed, dispatch, refresh, more } = useFeed(endedBy);
  const [writing, setWriting] = useState(false);
  const [said, setSaid] = useState("");
  const writeButton = useRef<HTMLButtonElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const now = useNow();

  useFocusBack(writing, writeButton);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  async function write(title: string, body: string) {
    try {
      dispatch({ kind: "written", post: await api.write(title, body) });
      setWriting(false);
      setSaid(t.feed.posted);
    } catch (e) {
      const problem = Problem.of(e);
      if (!endedBy(problem)) {
        throw problem;
      }
    }
  }

  return (
    <section className="column">
      <div className="feed-head">
        <h1 ref={heading} tabIndex={-1}>
          {t.feed.heading}
        </h1>
        <button type="button" className="small" onClick={refresh} disabled={feed.loading}>
          ↻ {t.feed.refresh}
        </button>
      </div>
      {writing ? (
        <div className="card">
          <PostForm
            label={t.feed.write}
            submitLabel={t.feed.post}
            onSubmit={write}
            onCancel={() => setWriting(false)}
          />
        </div>
      ) : (
        <button ref={writeButton} type="button" className="write" onClick={() => setWriting(true)}>
          <span aria-hidden="true">✎</span> {t.feed.write}
        </button>
      )}
      <p className="status" role="status">
        {said}
      </p>
      <div role="feed" aria-label={t.feed.heading} aria-busy={feed.loading}>
        {feed.posts.map((post) => (
          <PostCard
            key={post.id}
            post={post}
            now={now}
            onChanged={(changed) => dispatch({ kind: "changed", post: changed })}
            onGone={(id) => dispatch({ kind: "gone", id })}
            endedBy={endedBy}
            say={setSaid}
          />
        ))}
      </div>
      {feed.opened && feed.posts.length === 0 && <p className="quiet centred empty">{t.feed.empty}</p>}
      {feed.problem !== null && (
        <div className="card notice" role="alert">
          <p>{describe(t, feed.problem)}</p>
          <button type="button" className="primary" onClick={feed.opened ? more : refresh}>
            {t.retry}
          </button>
        </div>
      )}
      {feed.next !== null && feed.problem === null && <More busy={feed.loading} onMore={more} />}
      {feed.opened && feed.next === null && feed.posts.length > 10 && (
        <p className="quiet centred">{t.feed.end}</p>
      )}
    </section>
  );
}

/** Asks for the next page when it comes into view, or when it is pressed. */
function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const { t } = useLanguage();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const seen = button.current;
    if (seen === null) {
      return;
    }
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((e) => e.isIntersecting)) {
        onMore();
      }
    });
    observer.observe(seen);
    return () => observer.disconnect();
  }, [onMore]);
  return (
    <p className="centred">
      <button ref={button} type="button" onClick={onMore} disabled={busy}>
        {busy ? t.loading : t.feed.more}
      </button>
    </p>
  );
}

/** The time, moved on every half minute, so that "5 minutes ago" stays true. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 30_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
