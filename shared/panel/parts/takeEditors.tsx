/** Where a take's name, a bookmark's and a note are typed. Leaving the field keeps what was typed, Escape gives it up. */
import type { JSX, RefObject, TargetedFocusEvent, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface EditorProps {
  readonly value: string;
  /** null when it was given up, or nothing was changed. */
  readonly onDone: (value: string | null) => void;
}

/** One line; Enter keeps it. */
export function LineEditor({ label, ...ask }: EditorProps & { readonly label: string }): JSX.Element {
  const typing = useTyping<HTMLInputElement>(ask, () => true);
  useLayoutEffect(() => {
    const input = typing.ref.current;
    // Not every runtime has it.
    if (typeof input?.select === 'function') input.select();
  }, []);
  return <input {...typing} class="rt-text rt-line-editor" type="text" aria-label={label} placeholder={label} />;
}

/** Several lines; Ctrl or ⌘ Enter keeps them. */
export function NoteEditor(ask: EditorProps): JSX.Element {
  const typing = useTyping<HTMLTextAreaElement>(ask, (event) => event.ctrlKey || event.metaKey);
  return <textarea {...typing} class="rt-text rt-note-editor" rows={3} aria-label="Note" placeholder="A note about this take" />;
}

interface Typing<Field extends EventTarget> {
  readonly ref: RefObject<Field | null>;
  readonly onBlur: (event: TargetedFocusEvent<Field>) => void;
  readonly onKeyDown: (event: TargetedKeyboardEvent<Field>) => void;
}

/** `isKept`: whether this Enter ends it. Told once: a field that goes away also loses the focus. */
function useTyping<Field extends HTMLInputElement | HTMLTextAreaElement>(
  { value, onDone }: EditorProps,
  isKept: (event: TargetedKeyboardEvent<Field>) => boolean,
): Typing<Field> {
  const ref = useRef<Field>(null);
  const isDone = useRef(false);
  const done = (typed: string | null): void => {
    if (isDone.current) return;
    isDone.current = true;
    onDone(typed === value ? null : typed);
  };
  // Before it is drawn, so that nothing that is typed at once gets lost.
  useLayoutEffect(() => {
    if (ref.current === null) return;
    ref.current.value = value;
    ref.current.focus();
  }, []);
  return {
    ref,
    onBlur: (event) => done(event.currentTarget.value),
    onKeyDown: (event) => {
      if (event.key === 'Escape') done(null);
      else if (event.key === 'Enter' && isKept(event)) done(event.currentTarget.value);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
