/** Light, dark, or as the system says. */
import type { JSX } from 'preact';
import { Segments } from '../../../shared/panel/parts/segments.tsx';

export type ThemeChoice = 'system' | 'light' | 'dark';

const names: Readonly<Record<ThemeChoice, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

export function ThemeField({
  chosen,
  onChoose,
}: {
  readonly chosen: ThemeChoice;
  readonly onChoose: (theme: ThemeChoice) => void;
}): JSX.Element {
  return (
    <div class="rt-block">
      <span class="rt-label" id="pg-theme">
        Appearance
      </span>
      <Segments group="pg-theme" label={{ id: 'pg-theme' }} names={names} chosen={chosen} onChoose={onChoose} />
    </div>
  );
}
