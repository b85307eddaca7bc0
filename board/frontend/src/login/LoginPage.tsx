import { type FormEvent, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import { describe, sentence, useLanguage } from "../i18n/language";
import { type Farewell, useSession } from "../session";
import { Field } from "../shell/Field";

type Mode = "login" | "signUp";

/** Login and sign-up on one page, with a button that switches between them. */
export function LoginPage({ farewell }: { farewell: Farewell }) {
  const { t } = useLanguage();
  const { enter } = useSession();
  const [mode, setMode] = useState<Mode>("login");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [nickname, setNickname] = useState("");
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [welcomed, setWelcomed] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);

  useEffect(() => first.current?.focus(), []);
  useEffect(() => {
    if (problem !== null) {
      form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  }, [problem]);

  function switchTo(next: Mode) {
    setMode(next);
    setProblem(null);
    setWelcomed(null);
    setPassword("");
    first.current?.focus();
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      if (mode === "login") {
        enter(await api.logIn(username, password));
        return;
      }
      const me = await api.signUp(username.trim(), password, nickname);
      setMode("login");
      setUsername(me.username);
      setPassword("");
      setNickname("");
      setWelcomed(me.username);
      second.current?.focus();
    } catch (e) {
      setProblem(Problem.of(e));
    } finally {
      setBusy(false);
    }
  }

  const signUp = mode === "signUp";
  const taken = problem?.code === "username_taken" ? t.problem.username_taken : undefined;
  const errorOf = (field: string) => {
    const code = problem?.fieldCode(field);
    return code === undefined ? undefined : sentence(t, code);
  };
  const general = problem !== null && taken === undefined && problem.errors.length === 0;

  return (
    <section className="card gate">
      <h1>{signUp ? t.login.signUpHeading : t.login.loginHeading}</h1>
      <p className="status" role="status">
        {welcomed !== null
          ? t.login.welcome(welcomed)
          : farewell !== "none" && problem === null && !signUp
            ? t.login[farewell]
            : ""}
      </p>
      <form ref={form} onSubmit={submit} noValidate aria-busy={busy}>
        <Field
          ref={first}
          label={t.login.username}
          hint={signUp ? t.login.usernameHint : undefined}
          error={taken ?? errorOf("username")}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          value={username}
          onChange={(e) => setUsername(e.target.value)}
        />
        <Field
          ref={second}
          label={t.login.password}
          hint={signUp ? t.login.passwordHint : undefined}
          error={errorOf("password")}
          name="password"
          type={shown ? "text" : "password"}
          autoComplete={signUp ? "new-password" : "current-password"}
          maxLength={200}
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
        <label className="check">
          <input type="checkbox" checked={shown} onChange={(e) => setShown(e.target.checked)} />
          {t.login.showPassword}
        </label>
        {signUp && (
          <Field
            label={t.login.nickname}
            hint={t.login.nicknameHint}
            error={errorOf("nickname")}
            name="nickname"
            autoComplete="nickname"
            value={nickname}
            onChange={(e) => setNickname(e.target.value)}
          />
        )}
        {general && (
          <p className="error" role="alert">
            {describe(t, problem)}
          </p>
        )}
        <button type="submit" className="primary wide" disabled={busy}>
          {signUp ? t.login.signUp : t.login.login}
        </button>
      </form>
      <p className="switch">
        {signUp ? t.login.haveAccount : t.login.newHere}{" "}
        <button type="button" className="link" onClick={() => switchTo(signUp ? "login" : "signUp")}>
          {signUp ? t.login.login : t.login.signUp}
        </button>
      </p>
    </section>
  );
}
