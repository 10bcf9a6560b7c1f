/** The theme that was chosen, kept for this browser; the root's `data-theme` carries it. */
import type { ThemeChoice } from './parts/themeField.tsx';

const storageKey = 'retake.page.theme';

export function createPageTheme(): { chosen(): ThemeChoice; choose(theme: ThemeChoice): void } {
  const root = document.documentElement;
  const apply = (theme: ThemeChoice): void => {
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  let chosen: ThemeChoice = 'system';
  try {
    const stored = localStorage.getItem(storageKey);
    if (stored === 'light' || stored === 'dark') chosen = stored;
  } catch {
    // A browser that forbids storage follows the system.
  }
  apply(chosen);
  return {
    chosen: () => chosen,
    choose(theme) {
      chosen = theme;
      apply(theme);
      try {
        localStorage.setItem(storageKey, theme);
      } catch {
        // It lasts for this page only.
      }
    },
  };
}
