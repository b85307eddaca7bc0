import { useSyncExternalStore } from "react";

/** The three pages have addresses, so that Back, Reload and bookmarks do what they should. */
export type Route = "/" | "/login" | "/profile";

const CHANGED = "board:route";

function current(): Route {
  const path = window.location.pathname;
  return path === "/login" || path === "/profile" ? path : "/";
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("popstate", changed);
  window.addEventListener(CHANGED, changed);
  return () => {
    window.removeEventListener("popstate", changed);
    window.removeEventListener(CHANGED, changed);
  };
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current);
}

export function goTo(route: Route, how: "push" | "replace" = "push"): void {
  if (window.location.pathname !== route) {
    if (how === "push") {
      window.history.pushState(null, "", route);
    } else {
      window.history.replaceState(null, "", route);
    }
    window.scrollTo(0, 0);
  }
  window.dispatchEvent(new Event(CHANGED));
}
