/** What each stage of composing makes of five small pictures, as it was looked at and found good. */
import { expect, test, vi } from 'vitest';
import { cases, fileOf, read, stagesOf } from './golden/stages.ts';

vi.setConfig({ testTimeout: 180_000 });

test.each(cases)('%s looks as it did: registered, tone undone, mask, composed', async (name) => {
  const stages = await stagesOf(await read(fileOf(name, 'source')), await read(fileOf(name, 'answer')));
  const golden = await read(fileOf(name, 'stages'));
  expect([stages.width, stages.height]).toEqual([golden.width, golden.height]);
  let far = 0;
  let sum = 0;
  for (let i = 0; i < golden.data.length; i++) {
    // The margin of the smaller stages is transparent here, and black in the file.
    if (i % 4 === 3) continue;
    const off = Math.abs(stages.data[i] - golden.data[i]);
    sum += off;
    if (off > 12) far++;
  }
  // Other machines may round otherwise, here and there; a moved edge or another tone is far more.
  expect(sum / golden.data.length).toBeLessThan(0.2);
  expect(far / golden.data.length).toBeLessThan(0.001);
});
