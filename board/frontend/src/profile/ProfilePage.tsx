import { type FormEvent, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { Me } from "../api/types";
import { describe, useLanguage } from "../i18n/language";
import { useSession } from "../session";
import { Field } from "../shell/Field";
import { Avatar } from "../shell/Header";
import { Link } from "../shell/Link";

/** One's own account: change the nickname, log out, go back to the feed. */
export function ProfilePage({ me }: { me: Me }) {
  const { t } = useLanguage();
  const { update, endedBy } = useSession();
  const [nickname, setNickname] = useState(me.nickname);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => heading.current?.focus(), []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    setSaved(null);
    try {
      const renamed = await api.rename(nickname);
      update(renamed);
      setNickname(renamed.nickname);
      setSaved(renamed.nickname);
    } catch (e) {
      const seen = Problem.of(e);
      if (!endedBy(seen)) {
        setProblem(seen);
      }
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className="column">
      <Link className="back" to="/">
        ← {t.profile.back}
      </Link>
      <div className="card profile">
        <h1 ref={heading} tabIndex={-1}>
          {t.profile.heading}
        </h1>
        <div className="identity">
          <Avatar name={me.nickname} />
          <div>
            <strong>{me.nickname}</strong>
            <span className="quiet">@{me.username}</span>
          </div>
        </div>
        <form onSubmit={submit} noValidate aria-busy={busy}>
          <Field
            label={t.profile.nickname}
            hint={t.profile.nicknameHint}
            error={problem === null ? undefined : describe(t, problem)}
            name="nickname"
            autoComplete="nickname"
            value={nickname}
            onChange={(e) => setNickname(e.target.value)}
          />
          <p className="status" role="status">
            {saved !== null && t.profile.saved(saved)}
          </p>
          <div className="buttons">
            <button type="submit" className="primary" disabled={busy}>
              {t.save}
            </button>
          </div>
        </form>
      </div>
    </section>
  );
}
