import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Problem } from "../api/problem";
import { en, type Messages } from "./en";
import { ko } from "./ko";

export const languages = { ko, en } satisfies Record<string, Messages>;
export type Language = keyof typeof languages;

const KEY = "board.language";

function isLanguage(value: string): value is Language {
  return Object.hasOwn(languages, value);
}

/** What the reader chose, or else the first of the browser's languages that the board speaks, or else English. */
export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  for (const tag of [stored ?? "", ...browser]) {
    const primary = tag.toLowerCase().split("-")[0] ?? "";
    if (isLanguage(primary)) {
      return primary;
    }
  }
  return "en";
}

interface LanguageChoice {
  language: Language;
  t: Messages;
  choose: (language: Language) => void;
}

const LanguageContext = createContext<LanguageChoice | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() =>
    preferredLanguage(localStorage.getItem(KEY), navigator.languages),
  );
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = languages[language].brand;
  }, [language]);
  const value = useMemo<LanguageChoice>(
    () => ({
      language,
      t: languages[language],
      choose: (chosen) => {
        localStorage.setItem(KEY, chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

export function useLanguage(): LanguageChoice {
  const choice = useContext(LanguageContext);
  if (choice === null) {
    throw new Error("useLanguage needs a LanguageProvider around it");
  }
  return choice;
}

/** The sentence for a code; one for codes that are not known. */
export function sentence(t: Messages, code: string): string {
  const known: Record<string, string> = t.problem;
  return Object.hasOwn(known, code) ? (known[code] ?? t.problem.internal) : t.problem.internal;
}

export function describe(t: Messages, problem: Problem): string {
  if (problem.code === "too_many_attempts" && problem.retryAfterSeconds > 0) {
    return t.waitMinutes(Math.ceil(problem.retryAfterSeconds / 60));
  }
  return sentence(t, problem.errors[0]?.code ?? problem.code);
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "5 minutes ago" within a week, then the date. */
export function ago(language: Language, iso: string, now: number): string {
  const time = new Date(iso);
  const seconds = Math.max(0, (now - time.getTime()) / 1000);
  if (seconds >= 7 * 86_400) {
    return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(time);
  }
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (seconds >= size) {
      return format.format(-Math.floor(seconds / size), unit);
    }
  }
  return format.format(0, "second");
}
