import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AbortSignal } from '../../shared/core/abort.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { createPixels } from '../../shared/core/pixels.ts';
import type { Clock } from '../../shared/core/ports.ts';
import { wordsIn } from '../../shared/core/said.ts';
import { colorNames } from '../../shared/models/offline/colors.ts';
import { interpret } from '../../shared/models/offline/interpret.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { effectWords } from '../../shared/models/offline/vocabulary.ts';
import { verbOf } from '../../shared/models/offline/words.ts';
import { all, ask, codec, colourfulness, difference, product, requestOf, room, still, wallClock, words } from './offlineSetup.ts';

/** CPU time of this process since `before`, ms: a busy machine does not matter. */
function usedMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const vocabularyWords = [
  ...effectWords.keys(),
  ...verbOf.keys(),
  ...[...colorNames.keys()].slice(0, 40),
  ...'and then but except to into with from the a it more less too very slightly half top left right middle background jacket "SALE" \'x\' star circle heart 20% 3 image 2 , . again undo now instead of not keep'.split(
    ' ',
  ),
];

describe('whatever is asked', () => {
  test('reading never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          fc.string({ unit: 'grapheme', maxLength: 60 }),
          fc.array(fc.constantFrom(...vocabularyWords), { maxLength: 14 }).map((w) => w.join(' ')),
        ),
        (instruction) => {
          expect(interpret(instruction).kind).toMatch(/commands|again|weaker|instead|undo|unknown/);
        },
      ),
      { numRuns: 1500, seed: 20261123 },
    );
  });

  test('the answer is a picture of the cell’s size or words, never an exception', async () => {
    const picture = room(48);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...vocabularyWords), { minLength: 1, maxLength: 7 }), async (chosen) => {
        const answer = await ask(chosen.join(' '), picture);
        if (answer.ok) expect([answer.value.picture.pixels.width, answer.value.picture.pixels.height]).toEqual([48, 48]);
        else expect(answer.error.kind).toBe('no-image');
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test('a picture of one pixel, of one colour, or much wider than the cell is no obstacle', async () => {
    const one = createPixels(1, 1);
    one.data.set([200, 30, 30, 255]);
    const flat = createPixels(60, 40);
    flat.data.fill(255);
    const wide = createPixels(600, 3);
    wide.data.fill(120);
    for (const picture of [one, flat, wide])
      for (const instruction of [
        'make the red blue',
        'blur',
        'line art',
        'pixelate',
        'remove the background',
        'add "HELLO" at the top',
        'add a star',
        'duotone navy and peach',
        'make it purple',
        'posterise',
      ]) {
        const answer = await ask(instruction, picture, { extent: { width: 40, height: 30 } });
        expect(answer.ok || answer.error.kind, `${instruction} ${picture.width}`).toSatisfy((v) => v === true || v === 'no-image');
      }
  });

  test('an instruction of 100 kB is read in a moment', () => {
    const before = process.cpuUsage();
    interpret('make the red jacket blue and '.repeat(4000));
    interpret('"'.repeat(100_000));
    interpret("'a ".repeat(33_000));
    interpret('('.repeat(100_000));
    expect(usedMs(before)).toBeLessThan(2000);
  });
});

describe('cancelling', () => {
  const abortable = (): { signal: AbortSignal; abort: () => void } => {
    const controller = new AbortController();
    return { signal: controller.signal, abort: () => controller.abort() };
  };

  test('before the start nothing is made', async () => {
    const { signal, abort } = abortable();
    abort();
    const answer = await still.edit(requestOf('brighter', room()), signal);
    expect(answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
  });

  test('is noticed between two breaths too', async () => {
    let asked = 0;
    const signal: AbortSignal = {
      get aborted() {
        return ++asked > 20;
      },
      addEventListener() {},
      removeEventListener() {},
    };
    // A clock that stands still never lets the host breathe.
    const clock: Clock = { now: () => 0, sleep: async () => true };
    const answer = await createOffline({ codec, clock }).edit(
      requestOf('blur and line art', room(), { extent: { width: 1024, height: 1024 } }),
      signal,
    );
    expect(answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
    expect(asked).toBeLessThan(30);
  });

  test('in the middle of the work it ends within a breath', async () => {
    const { signal, abort } = abortable();
    let breaths = 0;
    let before = process.cpuUsage();
    const clock: Clock = {
      now: () => performance.now(),
      sleep: (ms, s) => {
        breaths++;
        if (breaths === 2) {
          abort();
          before = process.cpuUsage();
        }
        return wallClock.sleep(ms, s);
      },
    };
    const answer = await createOffline({ codec, clock }).edit(
      requestOf('make the red square blue, blur and line art', room(), { extent: { width: 2048, height: 2048 } }),
      signal,
    );
    expect(answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
    expect(breaths).toBe(2);
    expect(usedMs(before)).toBeLessThan(150);
  });

  test('the host breathes often: between two breaths lies little work', async () => {
    const gaps: number[] = [];
    let last = process.cpuUsage();
    const clock: Clock = {
      now: () => performance.now(),
      sleep: (ms, s) => {
        gaps.push(usedMs(last));
        return wallClock.sleep(ms, s).then((goOn) => {
          last = process.cpuUsage();
          return goOn;
        });
      },
    };
    const answer = await createOffline({ codec, clock }).edit(
      requestOf('make the red square blue, then blur, sharpen, posterise and line art', room(), { extent: { width: 1024, height: 1024 } }),
      neverAborted,
    );
    expect(answer.ok).toBe(true);
    gaps.sort((a, b) => a - b);
    expect(gaps.length).toBeGreaterThan(5);
    // The first gap holds compilation; the rule is 50 ms, and 95 in 100 keep it.
    expect(gaps[Math.floor(gaps.length * 0.9)] as number).toBeLessThan(80);
  });
});

describe('from words alone', () => {
  test('colours, shapes and quoted words that are named are in the picture, and it says that it is not AI', async () => {
    const answer = await ask('a poster in navy and peach saying “Summer”', null);
    expect(answer.ok).toBe(true);
    if (!answer.ok) return;
    expect(wordsIn(answer.value.said)).toMatch(/^Offline model \(not AI\).*navy.*peach.*“Summer”/);
    expect(colourfulness(answer.value.picture.pixels, all)).toBeGreaterThan(15);
    const other = await ask('a poster in green and cream saying “Winter”', null);
    expect(other.ok && difference(other.value.picture.pixels, answer.value.picture.pixels)).toBeGreaterThan(10);
  });

  test('words that it cannot draw are not claimed to be drawn', async () => {
    const answer = await ask('a cat on a sofa', null);
    expect(answer.ok && wordsIn(answer.value.said)).toMatch(/cannot draw what words describe/);
  });
});

test('available tells that there is no service', async () => {
  expect(await still.available(neverAborted)).toEqual({ ok: true, value: null });
});

test('an answer costs nothing and says which version gave it', async () => {
  const answer = await ask('brighter', product(64));
  expect(answer.ok && answer.value).toMatchObject({
    modelVersion: 'offline-1',
    finishReason: 'STOP',
    attempts: 1,
    sent: [],
    usage: { totalTokens: 0, imageTokens: 0 },
  });
});

test('a reference that was not sent is asked for', async () => {
  expect(await words('use the colours of image 2', room(64))).toMatch(/none was sent/);
});
