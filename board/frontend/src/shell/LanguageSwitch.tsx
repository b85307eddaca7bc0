import { type Language, languages, useLanguage } from "../i18n/language";

export function LanguageSwitch() {
  const { language, t, choose } = useLanguage();
  return (
    <fieldset className="languages">
      <legend className="unseen">{t.language}</legend>
      {(Object.keys(languages) as Language[]).map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === language}
          onClick={() => choose(one)}
        >
          {languages[one].name}
        </button>
      ))}
    </fieldset>
  );
}
