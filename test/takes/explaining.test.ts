/** A take is explained later by the very pictures and figures it was judged by when it was made. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { type Explained, explainComposition, explainTake } from '../../shared/core/edit/explainTake.ts';
import { mergeAnswer } from '../../shared/core/edit/mergeAnswer.ts';
import { placeKept } from '../../shared/core/edit/placeKept.ts';
import type { Composition, EditAsk } from '../../shared/core/edit/types.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import type { Take } from '../../shared/core/history/take.ts';
import { type Pixels, pixelsFrom, rectangleMask } from '../../shared/core/pixels.ts';
import { valueIn } from '../documents/valueIn.ts';
import { createOfflineAnswer } from '../geminiServer/offlineAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../geminiServer/server.ts';
import { room } from '../offline/offlineSetup.ts';
import { hostOf, portsOf } from './chain.ts';

vi.setConfig({ testTimeout: 180_000 });

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ alive: 'all', answer: createOfflineAnswer({ drift: true }) });
});
afterAll(() => server.close());

const photo = room();

function open() {
  const host = hostOf(photo);
  const ports = portsOf(host, server, 'gemini-3.1-flash-image');
  const source = host.refOf('Photo');
  const history = async () => valueIn(await readHistory(host.store)).history;
  return {
    host,
    ports,
    source,
    history,
    edit: async (instruction: string, more: Partial<EditAsk> = {}) =>
      valueIn(
        await editLayer(
          ports,
          { of: source, region: null, instruction, references: [], size: '512', thinking: null, ...more },
          neverAborted,
        ),
      ),
    merge: async (answer: Pixels, how: { tone: 'auto' | 'keep'; whole: boolean }) =>
      valueIn(await mergeAnswer(ports, { of: source, region: null, answer, name: 'edited.png', file: null, ...how }, neverAborted)),
    again: async ({ id }: Take): Promise<Explained> => {
      const now = await history();
      return valueIn(await explainTake(ports, now, now.takes.get(id) as Take, neverAborted));
    },
  };
}

const then = (composition: Composition, { source }: Take) => explainComposition(composition, source.bounds, neverAborted);

/** A yellow patch on it, and 20 levels brighter everywhere. */
function brightened(): Pixels {
  const out = pixelsFrom(photo, photo.data.map((level, i) => (i % 4 === 3 ? level : Math.min(255, level + 20))) as Uint8ClampedArray);
  for (let y = 200; y < 260; y++) for (let x = 30; x < 90; x++) out.data.set([230, 210, 20, 255], (y * out.width + x) * 4);
  return out;
}

test('an edit, a region’s, and one of each way of continuing', async () => {
  const { edit, again } = open();
  const region = rectangleMask({ x: 20, y: 50, width: 120, height: 150 });
  const first = await edit('make the red square yellow', { region, tone: 'keep' });
  expect(await again(first.take)).toEqual(await then(first.composition, first.take));
  for (const way of ['fresh', 'continue', 'from-take'] as const) {
    const next = await edit('make the blue square orange', { of: first.layer, from: first.take.id, way });
    expect(next.take.context.way).toBe(way);
    const explained = await again(next.take);
    expect(explained.kind).toBe('compared');
    expect(explained, way).toEqual(await then(next.composition, next.take));
  }
});

test('a take of all that shows, though others lie on it since', async () => {
  const { edit, again } = open();
  const one = await edit('make the red square yellow', { of: 'visible' });
  await edit('make the blue square orange', { of: one.layer });
  expect(await again(one.take)).toEqual(await then(one.composition, one.take));
});

test.each([
  { tone: 'auto', whole: false },
  { tone: 'keep', whole: false },
  { tone: 'auto', whole: true },
] as const)('a merged picture, laid as it was: %o', async (how) => {
  const { merge, again } = open();
  const merged = await merge(brightened(), how);
  const explained = await again(merged.take);
  expect(explained.kind).toBe('compared');
  expect(explained).toEqual(await then(merged.composition, merged.take));
});

test('a merged take whose layer was deleted is placed again as it was', async () => {
  const { merge, host, ports } = open();
  const merged = await merge(brightened(), { tone: 'keep', whole: false });
  valueIn(
    await host.step('delete', neverAborted, async (step) => {
      valueIn(await step.removeLayer(merged.layer));
      return { ok: true, value: null };
    }),
  );
  const placed = valueIn(await placeKept(ports, { take: merged.take.id }, neverAborted));
  expect(placed.composition.pixels).toEqual(merged.composition.pixels);
  expect(placed.composition.mask).toEqual(merged.composition.mask);
});

test('without its picture, or its layer, the figures that were written down are told, and what is missing', async () => {
  const { edit, again, host } = open();
  const { take } = await edit('make the red square yellow');
  const { laid: _, ...figures } = take.findings as NonNullable<Take['findings']>;
  const told = { ...figures, tone: { ...figures.tone, reason: null } };
  valueIn(
    await host.step('delete', neverAborted, async (step) => {
      valueIn(await step.removeLayer(take.source.of));
      return { ok: true, value: null };
    }),
  );
  expect(await again(take)).toEqual({ kind: 'figures', findings: told, missing: expect.stringMatching(/^“Photo”.*no longer there/) });
  valueIn(await host.store.blobs.remove(take.pictures.answer?.hash ?? ''));
  expect(await again(take)).toEqual({ kind: 'figures', findings: told, missing: expect.stringMatching(/picture.*is not kept/) });
});
