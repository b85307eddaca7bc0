import type { MouseEvent, ReactNode } from "react";
import { goTo, type Route } from "../route";

interface Props {
  to: Route;
  children: ReactNode;
  className?: string;
  current?: boolean;
}

/** An ordinary link that changes the page without loading it anew, unless it is to open elsewhere. */
export function Link({ to, children, className, current = false }: Props) {
  function follow(event: MouseEvent) {
    if (event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      goTo(to);
    }
  }
  return (
    <a href={to} className={className} aria-current={current ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
