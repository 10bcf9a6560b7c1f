/**
 * Hosts whose controls are plain (Photoshop's UXP): nothing invisible can lie over what is drawn, only native controls take the
 * focus, and a hidden value may not be readable (Adobe's known issues). `Panel` says so once, for all parts.
 */
import { type ComponentChildren, createContext, type JSX } from 'preact';
import { useContext, useEffect } from 'preact/hooks';

const PlainControls = createContext(false);

export const usePlainControls = (): boolean => useContext(PlainControls);

export const PlainControlsProvider = PlainControls.Provider;

export interface ChoiceProps {
  readonly class: string;
  /** Of the group of radio buttons. */
  readonly group: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** One of a few that exclude each other: a radio button beneath its words, or where controls are plain, a button that stays down. */
export function Choice({ class: look, group, isChosen, onChoose, title, children }: ChoiceProps): JSX.Element {
  const looks = `${look}${isChosen ? ' rt-on' : ''}`;
  if (usePlainControls())
    return (
      <button type="button" class={`${looks} rt-choice`} aria-pressed={isChosen} title={title} onClick={onChoose}>
        {children}
      </button>
    );
  return (
    <label class={looks} title={title}>
      <input type="radio" name={group} checked={isChosen} onChange={onChoose} />
      {children}
    </label>
  );
}

/** Where each row takes the focus itself, it goes along when the keys have walked to another row. */
export function useRowFocus(focusedRow: string | null): void {
  const isPlain = usePlainControls();
  useEffect(() => {
    const row = isPlain && focusedRow !== null ? document.getElementById(focusedRow) : null;
    if (row?.parentElement?.contains(document.activeElement) === true) row.focus();
  }, [isPlain, focusedRow]);
}
