/** Light, dark, or as the system says. */
import type { JSX } from 'preact';

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
      <div class="rt-segments" role="radiogroup" aria-labelledby="pg-theme">
        {(Object.keys(names) as ThemeChoice[]).map((theme) => (
          <label key={theme} class={`rt-segment${chosen === theme ? ' rt-on' : ''}`}>
            <input type="radio" name="pg-theme" checked={chosen === theme} onChange={() => onChoose(theme)} />
            <span>{names[theme]}</span>
          </label>
        ))}
      </div>
    </div>
  );
}
