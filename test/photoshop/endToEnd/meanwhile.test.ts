/** What the user, Photoshop and others may do while the model works and while its answer is placed: a paid answer is never lost. */
import { describe, expect, test } from 'vitest';
import { historyOf, namesIn, setUpBench } from './bench.ts';
import type { PhotoshopDriver } from './photoshopDriver.ts';

const bench = setUpBench();
const selection = { kind: 'rectangle', bounds: { x: 165, y: 115, width: 150, height: 130 } } as const;
const instruction = 'Put a blue disc here';
const taken = `Retake: ${instruction}`;

/** Lets the model answer. */
let answer: () => void;

async function ask(driver: PhotoshopDriver, words = instruction): Promise<void> {
  answer = bench.holdAnswers();
  await driver.send(words);
  await driver.isAsking();
}

/** A document whose edit is waiting for the model. */
async function asking(options: Parameters<typeof bench.open>[0] = {}): Promise<PhotoshopDriver> {
  const driver = await bench.open(options);
  await driver.openDocument(await bench.plan({ selection }));
  await driver.page.waitForSelector('.rt-region-line');
  await ask(driver);
  return driver;
}

const ended = (driver: PhotoshopDriver) => driver.page.waitForSelector('.rt-foot .rt-primary');
const failureSays = (driver: PhotoshopDriver, words: string) => expect.poll(() => driver.text('.rt-failure')).toContain(words);
const historyIs = (driver: PhotoshopDriver, ...states: readonly string[]) => expect.poll(() => historyOf(driver)).toEqual(states);

describe('while the model works', () => {
  test('the document is closed: the answer is kept, offered, and placed in another, also in the next session', async () => {
    const driver = await asking();
    const { page } = driver;
    await driver.ps((ps) => ps.user.close());
    answer();
    await page.waitForSelector('.ps-notice >> text=An answer without a document');
    expect(await driver.text('.ps-notice')).toContain(instruction);
    await driver.restart();
    await page.waitForSelector('.ps-notice >> text=An answer without a document');
    await driver.openDocument(await bench.plan({ title: 'Other.psd', selection }));
    await driver.button('Place here').click();
    await driver.takesAre(1);
    expect((await historyOf(driver)).slice(1)).toEqual([taken]);
    await expect.poll(() => page.locator('.ps-notice >> text=An answer without a document').count()).toBe(0);
    expect(bench.gemini.asked).toHaveLength(1);
  });

  test('the user goes to another document: the take lies in its own', async () => {
    const driver = await asking();
    const plan = await bench.plan({ title: 'Other.psd' });
    await driver.openBehindThePanel(plan);
    answer();
    await ended(driver);
    await driver.takesAre(0);
    const histories = await driver.ps((ps) => ps.inspect.documents.map((document) => [document.title, ...ps.inspect.history(document.id)]));
    expect(histories).toEqual([
      ['Cup.psd', 'Open', taken],
      ['Other.psd', 'Open'],
    ]);
  });

  test('it is flattened, or its layer deleted: the take lies on top, and says so', async () => {
    const driver = await asking();
    await driver.ps((ps) => ps.user.flatten());
    answer();
    await driver.takesAre(1);
    expect((await namesIn(driver))[0]).toBe(instruction);
    await driver.ps((ps) => {
      ps.user.undo();
      ps.user.undo();
      ps.user.selectLayers('photo');
    });
    await driver.showsWhatIsSelected();
    await ask(driver, 'Put another disc here');
    await driver.ps((ps) => ps.user.deleteLayers('photo'));
    answer();
    await driver.takesAre(2);
    expect((await namesIn(driver))[0]).toBe('Put another disc here');
  });

  test('it is resized, or put into Quick Mask: nothing is placed, what arrived is kept with its take, and placed later', async () => {
    const driver = await asking();
    await driver.ps((ps) => ps.user.setQuickMask(true));
    answer();
    await failureSays(driver, 'Quick Mask');
    expect(await historyOf(driver)).toEqual(['Open']);
    await driver.ps((ps) => ps.user.setQuickMask(false));
    await driver.button('Place').click();
    await expect.poll(() => historyOf(driver)).toHaveLength(2);
    await driver.takesAre(1);

    await driver.ps((ps) => ps.user.selectLayers('photo'));
    await driver.showsWhatIsSelected();
    await ask(driver, 'Put another disc here');
    await driver.ps((ps) => ps.user.resize(240, 180));
    answer();
    await failureSays(driver, '240 × 180');
    expect((await historyOf(driver)).at(-1)).toBe('Image Size');
  });

  test('it is converted to CMYK: the take is placed in its colours', async () => {
    const driver = await asking();
    await driver.ps((ps) => ps.user.convert({ mode: 'CMYK' }));
    answer();
    await driver.takesAre(1);
    expect((await namesIn(driver))[0]).toBe(instruction);
  });

  test('another plug-in is busy for a moment: the answer waits for it', async () => {
    const driver = await asking();
    await driver.ps((ps) => {
      const release = ps.user.holdModal();
      const { core } = ps.modules.photoshop;
      const { executeAsModal } = core;
      // Busy until somebody has come to the closed door.
      core.executeAsModal = (...asked) => {
        core.executeAsModal = executeAsModal;
        const entering = executeAsModal(...asked);
        setTimeout(release);
        return entering;
      };
    });
    answer();
    await driver.takesAre(1);
    expect(await historyOf(driver)).toEqual(['Open', taken]);
  });

  test('another plug-in stays busy: the answer is kept with its take, and placed when asked for', async () => {
    // Before 25.10 each attempt to enter is answered at once.
    const driver = await asking({ version: '25.0.0' });
    await driver.ps((ps) => Object.assign(globalThis, { release: ps.user.holdModal() }));
    answer();
    await driver.page.waitForSelector('.rt-failure');
    await driver.page.evaluate(() => (globalThis as never as { release(): void }).release());
    expect(await historyOf(driver)).toEqual(['Open']);
    await driver.button('Place').click();
    await historyIs(driver, 'Open', taken);
  });
});

describe('while it is placed', () => {
  test('Escape takes it back whole, and the answer is kept', async () => {
    const driver = await asking();
    await driver.ps((ps) => {
      const { imaging } = ps.modules.photoshop;
      const { putPixels } = imaging;
      Object.assign(imaging, {
        putPixels(asked: Parameters<typeof putPixels>[0]) {
          ps.user.pressEscape();
          Object.assign(imaging, { putPixels });
          return putPixels(asked);
        },
      });
    });
    answer();
    await ended(driver);
    expect(await historyOf(driver)).toEqual(['Open']);
    expect(await namesIn(driver)).toEqual(['photo', 'Background']);
    await driver.button('Place').click();
    await historyIs(driver, 'Open', taken);
  });

  test('the disk is full: the picture is placed all the same, and the panel says what could not be kept', async () => {
    const driver = await asking();
    await driver.ps((ps) => {
      ps.disk.freeBytes = 0;
    });
    answer();
    await ended(driver);
    await expect.poll(() => driver.text('.rt-notes')).toContain('“Retake’s data folder” was not written: free some space');
    expect(await historyOf(driver)).toEqual(['Open', taken]);
  });
});
