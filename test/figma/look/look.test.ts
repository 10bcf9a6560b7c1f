/** Each state of the panel fits at each width that Figma's window may have, and can be read in both themes. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type LookPage, openLookPage } from './lookPage.ts';

vi.setConfig({ testTimeout: 600_000 });

let looks: LookPage;
beforeAll(async () => {
  looks = await openLookPage();
});
afterAll(() => looks?.close());

/** Until the page is so wide, and what follows its width has been drawn anew. */
async function setWidth(width: number): Promise<void> {
  await looks.page.setViewportSize({ width, height: 640 });
  await looks.page.waitForFunction((wanted) => innerWidth === wanted, width);
  await looks.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** What reaches beyond the window to the right, or beyond what holds it without being cut there on purpose. */
const sticksOut = (): Promise<readonly string[]> =>
  looks.page.evaluate(() => {
    const isCut = (element: Element): boolean => {
      for (let at = element.parentElement; at !== null && at.id !== 'retake'; at = at.parentElement)
        if (getComputedStyle(at).overflowX !== 'visible' && at.getBoundingClientRect().right <= innerWidth + 0.5) return true;
      return false;
    };
    return [...document.querySelectorAll('#retake *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 && !isCut(element))
      .map((element) => `${element.tagName} ${element.getAttribute('class')}`);
  });

/** Buttons and choices whose words do not fit into them, or run into those of the next. */
const squeezed = (): Promise<readonly string[]> =>
  looks.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('#retake .rt-button, #retake .rt-segment')]
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        const words = element.matches('.rt-segment')
          ? Math.max(0, ...[...element.querySelectorAll('span')].map((span) => span.getBoundingClientRect().width))
          : 0;
        return element.scrollWidth > element.clientWidth + 1 || height > 40 || words > width - 4;
      })
      .map((element) => element.innerText),
  );

/** The least contrast of all texts with their ground (WCAG 2.2, 1.4.3), without disabled ones and Figma's own white on its blue. */
const faintest = (): Promise<{ readonly ratio: number; readonly text: string }> =>
  looks.page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const over = (colors: readonly string[]): readonly number[] => {
      if (canvas === null) return [];
      for (const color of colors) {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([r, g, b]: readonly number[]): number => {
      const [lr, lg, lb] = [r, g, b].map((level) => {
        const share = level / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
    };
    let found = { ratio: 21, text: '' };
    for (const element of document.querySelectorAll<HTMLElement>('#retake *')) {
      const text = [...element.childNodes]
        .flatMap((node) => (node.nodeType === Node.TEXT_NODE ? (node.textContent ?? '').trim() : []))
        .join('');
      const { color, visibility } = getComputedStyle(element);
      if (text === '' || visibility === 'hidden' || element.closest(':disabled, .rt-side, .rt-primary, option') !== null) continue;
      const grounds: string[] = [];
      for (let at: HTMLElement | null = element; at !== null; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
      const [one, two] = [luminance(over(grounds)), luminance(over([...grounds, color]))];
      const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
      if (ratio < found.ratio) found = { ratio, text };
    }
    return found;
  });

/** Figma's own secondary text has 3.9 on its light grounds and less on grey ones; ours is no fainter than that. */
const leastContrast = 3.2;

test('nothing sticks out, is squeezed, or is hard to read', async () => {
  expect(looks.states.length).toBeGreaterThan(20);
  const faults: string[] = [];
  for (const state of looks.states) {
    await setWidth(320);
    await looks.show(state);
    for (const width of [280, 320, 400, 520]) {
      await setWidth(width);
      for (const element of await sticksOut()) faults.push(`${state} at ${width}: ${element} sticks out`);
      for (const text of await squeezed()) faults.push(`${state} at ${width}: “${text}” does not fit`);
    }
    for (const theme of ['light', 'dark'] as const) {
      await looks.setTheme(theme);
      const { ratio, text } = await faintest();
      if (ratio < leastContrast) faults.push(`${state}, ${theme}: “${text}” has a contrast of ${ratio.toFixed(2)}`);
    }
  }
  expect(faults).toEqual([]);
  expect(looks.troubles).toEqual([]);
});
