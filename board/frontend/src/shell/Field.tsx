import { type InputHTMLAttributes, type Ref, type TextareaHTMLAttributes, useId } from "react";

interface Common {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

type InputProps = Common & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> };
type AreaProps = Common & TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> };

/** A labelled input whose hint and error are read out with it. */
export function Field({ label, hint, error, ...input }: InputProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} {...described(id, hint, error)} {...input} />
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}

export function Area({ label, hint, error, ...area }: AreaProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} {...described(id, hint, error)} {...area} />
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}

function described(id: string, hint?: string, error?: string) {
  return {
    "aria-invalid": error !== undefined,
    "aria-describedby": error !== undefined ? `${id}-error` : hint !== undefined ? `${id}-hint` : undefined,
  };
}

function Notes({ id, hint, error }: { id: string; hint: string | undefined; error: string | undefined }) {
  if (error !== undefined) {
    return (
      <p className="error" id={`${id}-error`} role="alert">
        {error}
      </p>
    );
  }
  return hint === undefined ? null : (
    <p className="hint" id={`${id}-hint`}>
      {hint}
    </p>
  );
}
