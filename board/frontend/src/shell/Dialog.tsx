import { type ReactNode, useEffect, useId, useRef } from "react";

interface Props {
  heading: string;
  onClose: () => void;
  children: ReactNode;
  buttons: ReactNode;
}

/** A modal question. Escape closes it, and the focus goes back to where it was. */
export function Dialog({ heading, onClose, children, buttons }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement) {
        before.focus();
      }
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="card"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{heading}</h2>
      {children}
      <div className="buttons">{buttons}</div>
    </dialog>
  );
}
