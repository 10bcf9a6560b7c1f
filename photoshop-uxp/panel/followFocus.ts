/**
 * Shows where the keyboard is, in a UXP that has no `:focus-visible`: the focused element carries a class, and so does the
 * label around a hidden radio or check box. Answers how to stop.
 */
export function followFocus(document: Document): () => void {
  let marked: readonly Element[] = [];
  let byKey = false;
  const unmark = (): void => {
    for (const element of marked) element.classList.remove('rt-focus');
    marked = [];
  };
  const keyDown = (event: KeyboardEvent): void => {
    byKey ||= event.key === 'Tab' || event.key.startsWith('Arrow');
  };
  const pointerDown = (): void => {
    byKey = false;
  };
  const focusIn = (event: FocusEvent): void => {
    unmark();
    const { target } = event;
    if (!(target instanceof Element)) return;
    // A text field shows its focus however it came by it.
    if (!byKey && !/^(INPUT|TEXTAREA)$/.test(target.tagName)) return;
    const label = target.closest('label');
    marked = label === null ? [target] : [target, label];
    for (const element of marked) element.classList.add('rt-focus');
  };
  document.addEventListener('keydown', keyDown, true);
  document.addEventListener('pointerdown', pointerDown, true);
  document.addEventListener('focusin', focusIn);
  document.addEventListener('focusout', unmark);
  return () => {
    document.removeEventListener('keydown', keyDown, true);
    document.removeEventListener('pointerdown', pointerDown, true);
    document.removeEventListener('focusin', focusIn);
    document.removeEventListener('focusout', unmark);
  };
}
