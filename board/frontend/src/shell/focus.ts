import { type RefObject, useEffect, useRef } from "react";

/** Gives the focus back to what opened something, once that has been closed and the opener is there again. */
export function useFocusBack(open: boolean, opener: RefObject<HTMLElement | null>): void {
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !open) {
      opener.current?.focus();
    }
    wasOpen.current = open;
  }, [open, opener]);
}
