/** Enter in a field does what its button does. Not by a form: a sandboxed frame may forbid them, and then their `submit` never comes. */
import type { TargetedKeyboardEvent } from 'preact';

export const onEnter =
  (act: () => void) =>
  (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    act();
  };
