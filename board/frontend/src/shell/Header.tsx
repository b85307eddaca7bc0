import type { CSSProperties } from "react";
import type { Version } from "../api/types";
import { useLanguage } from "../i18n/language";
import { release } from "../release";
import { useRoute } from "../route";
import { useSession } from "../session";
import { Landing } from "./Landing";
import { LanguageSwitch } from "./LanguageSwitch";
import { Link } from "./Link";

export function Header({ backend }: { backend: Version | null }) {
  const { t } = useLanguage();
  const { state } = useSession();
  const route = useRoute();
  return (
    <header className="masthead">
      <Landing />
      <div className="bar">
        <Link className="brand" to="/">
          <Mark />
          <span>
            <strong>{t.brand}</strong>
            <small>{t.tagline}</small>
          </span>
        </Link>
        <nav aria-label={t.account}>
          <LanguageSwitch />
          {state.kind === "in" && (
            <>
              <Link className="who" to="/profile" current={route === "/profile"}>
                <Avatar name={state.me.nickname} />
                <span className="who-name">{state.me.nickname}</span>
              </Link>
              <LogOut />
            </>
          )}
        </nav>
      </div>
      <p className="ferry-name">
        <span>{t.release.inService}</span>
        <strong data-testid="release">{serving(backend)}</strong>
      </p>
    </header>
  );
}

/** One name, or both while the page and the backend are of different releases. */
function serving(backend: Version | null): string {
  return backend === null || backend.release === release ? release : `${release} · ${backend.release}`;
}

function LogOut() {
  const { t } = useLanguage();
  const { logOut, look } = useSession();
  return (
    <button type="button" className="on-water" onClick={() => logOut().catch(look)}>
      {t.profile.logout}
    </button>
  );
}

export function Avatar({ name }: { name: string }) {
  const hue = [...name].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span className="avatar" aria-hidden="true" style={{ "--hue": hue } as CSSProperties}>
      {[...name][0]?.toUpperCase()}
    </span>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 48 48" aria-hidden="true">
      <circle cx="24" cy="24" r="23" />
      <path className="hull" d="M8 26h32l-6 9H14z" />
      <path className="sail" d="M21 24V9q10 5 12 15z" />
      <path className="wave" d="M6 40q4.500-3 9 0t9 0 9 0 9 0" />
    </svg>
  );
}
