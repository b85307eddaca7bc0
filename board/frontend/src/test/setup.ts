import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";

// A wait ends when its condition holds; this bound is for a machine that is busy with other things.
configure({ asyncUtilTimeout: 15_000 });

/** Nothing is laid out in these tests, so nothing ever comes into view: pages are asked for by the button. */
class NeverInView implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = "";
  readonly scrollMargin = "";
  readonly thresholds = [];
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
  takeRecords(): IntersectionObserverEntry[] {
    return [];
  }
}
window.IntersectionObserver = NeverInView;

beforeEach(() => {
  localStorage.clear();
  window.history.replaceState(null, "", "/");
});
afterEach(cleanup);
