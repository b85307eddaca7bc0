import { useEffect } from "react";
import { FeedPage } from "./feed/FeedPage";
import { describe, LanguageProvider, useLanguage } from "./i18n/language";
import { LoginPage } from "./login/LoginPage";
import { ProfilePage } from "./profile/ProfilePage";
import { goTo, useRoute } from "./route";
import { SessionProvider, useSession } from "./session";
import { Footer } from "./shell/Footer";
import { Header } from "./shell/Header";
import { useBackendVersion } from "./shell/version";

export function App() {
  return (
    <LanguageProvider>
      <SessionProvider>
        <Shell />
      </SessionProvider>
    </LanguageProvider>
  );
}

function Shell() {
  const { t } = useLanguage();
  const backend = useBackendVersion();
  return (
    <>
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <Header backend={backend} />
      <main id="content" tabIndex={-1}>
        <Content />
      </main>
      <Footer backend={backend} />
    </>
  );
}

function Content() {
  const { t } = useLanguage();
  const { state, look } = useSession();
  const route = useRoute();
  const kind = state.kind;
  useEffect(() => {
    if (kind === "out" && route !== "/login") {
      goTo("/login", "replace");
    } else if (kind === "in" && route === "/login") {
      goTo("/", "replace");
    }
  }, [kind, route]);

  switch (state.kind) {
    case "unknown":
      return (
        <p className="quiet centred" role="status">
          {t.loading}
        </p>
      );
    case "unreachable":
      return (
        <div className="card notice" role="alert">
          <p>{describe(t, state.problem)}</p>
          <button type="button" className="primary" onClick={look}>
            {t.retry}
          </button>
        </div>
      );
    case "out":
      return <LoginPage farewell={state.farewell} />;
    case "in":
      return route === "/profile" ? <ProfilePage me={state.me} /> : <FeedPage />;
  }
}
