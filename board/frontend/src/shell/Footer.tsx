import type { Version } from "../api/types";
import { useLanguage } from "../i18n/language";
import { release } from "../release";
import { short } from "./version";

/** Which release and commit is seen, of the page and of the backend. */
export function Footer({ backend }: { backend: Version | null }) {
  const { t } = useLanguage();
  return (
    <footer className="foot">
      <span data-testid="web-version">
        {t.release.web} {release} <code>{short(__COMMIT__)}</code>
      </span>
      <span data-testid="api-version">
        {t.release.api} {backend?.release ?? "…"} <code>{short(backend?.commit ?? "")}</code>
      </span>
    </footer>
  );
}
