/** Encoding and decoding at the far end of a line, and here once that broke off. */
import { expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { lineToWorker } from '../../shared/line/line.ts';
import { type CodingCalls, codecInWorker, codingAnswers } from '../../shared/threads/coding.ts';
import { nodeClock } from '../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { patternPixels } from '../contracts/memoryHost.ts';
import { valueIn } from '../documents/valueIn.ts';
import { startFarEnd } from '../fakes/farEnd.ts';

const here = createNodeCodec();
const picture = patternPixels(60, 50, 3);

function codec() {
  const fallbacks: string[] = [];
  let started = 0;
  let breakOff = (): void => {};
  const start = startFarEnd<CodingCalls>(() => codingAnswers(createNodeCodec()));
  const line = lineToWorker<CodingCalls>({
    clock: nodeClock,
    start: (hear, gone) => {
      started++;
      breakOff = () => gone('out of memory');
      return start(hear, gone);
    },
  });
  return {
    there: codecInWorker(line, here, (cause) => fallbacks.push(String(cause))),
    fallbacks,
    started: () => started,
    breakOff: () => breakOff(),
  };
}

test('gives what this thread would, and leaves it its pixels and bytes', async () => {
  const { there, fallbacks } = codec();
  const png = valueIn(await there.encode(picture, { type: 'image/png' }, neverAborted));
  expect(png).toEqual(valueIn(await here.encode(picture, { type: 'image/png' }, neverAborted)));
  expect(picture.data).toHaveLength(60 * 50 * 4);
  expect(valueIn(await there.decode(png, neverAborted))).toEqual(valueIn(await here.decode(png, neverAborted)));
  expect(await there.decode(png.subarray(0, 60), neverAborted)).toMatchObject({ ok: false, error: { kind: 'damaged' } });
  expect(fallbacks).toEqual([]);
});

test('goes on in this thread when the worker breaks off, says so once, and stays', async () => {
  const { there, fallbacks, started, breakOff } = codec();
  const both = [0, 1].map(() => there.encode(picture, { type: 'image/png' }, neverAborted));
  breakOff();
  const png = valueIn(await here.encode(picture, { type: 'image/png' }, neverAborted));
  for (const encoded of await Promise.all(both)) expect(valueIn(encoded)).toEqual(png);
  expect(valueIn(await there.decode(png, neverAborted)).data).toEqual(picture.data);
  expect(fallbacks).toEqual(['Error: out of memory']);
  expect(started()).toBe(1);
});
