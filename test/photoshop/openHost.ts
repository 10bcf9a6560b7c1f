/** The adapter on a document of the simulated Photoshop, with time in the test's hand. */
import { afterEach, expect } from 'vitest';
import { createPhotoshopHost, type PhotoshopHost, type PhotoshopHostOptions } from '../../photoshop-uxp/host/photoshopHost.ts';
import type { PhotoshopModules } from '../../photoshop-uxp/types/modules.ts';
import { createPortableCodec } from '../../shared/codecs/portableCodec.ts';
import type { PlaceAsk } from '../../shared/core/host.ts';
import { contractProvenance, contractStory } from '../contracts/hostContract.ts';
import { plainPixels } from '../contracts/memoryHost.ts';
import { HandClock } from './handClock.ts';
import { createPhotoshop, type Photoshop, type PhotoshopOptions, type PhotoshopPlan } from './simulator/index.ts';

export interface OpenHost {
  readonly ps: Photoshop;
  readonly host: PhotoshopHost;
  readonly clock: HandClock;
  readonly documentId: number;
}

const opened: Photoshop[] = [];

/** After every test: no image data, no scope, no crash, no open suspension, and no document but the user's. */
afterEach(() => {
  for (const ps of opened.splice(0)) {
    ps.assertClean();
    expect(ps.inspect.documents.filter(({ title }) => title.includes('(Retake'))).toEqual([]);
  }
});

type HostOptions = PhotoshopOptions & Pick<PhotoshopHostOptions, 'placeAs' | 'answerFile'>;

export function openHost(plan: PhotoshopPlan, options: HostOptions = {}): OpenHost {
  const clock = new HandClock();
  // The simulator waits for the modal lock in the same time.
  const wait = async (ms: number): Promise<void> => void (await clock.sleep(ms, new AbortController().signal));
  const { placeAs, answerFile, ...more } = options;
  const ps = createPhotoshop({ clock: { now: () => clock.now(), wait }, ...more });
  opened.push(ps);
  const documentId = ps.user.open(plan);
  const host = hostOf(ps, documentId, clock, { ...(placeAs && { placeAs }), ...(answerFile && { answerFile }) });
  return { ps, host, clock, documentId };
}

/** On a document that is open already. */
export const hostOf = (
  ps: Photoshop,
  documentId: number,
  clock = new HandClock(),
  more: Pick<PhotoshopHostOptions, 'placeAs' | 'answerFile'> = {},
): PhotoshopHost =>
  createPhotoshopHost({ modules: ps.modules as unknown as PhotoshopModules, documentId, clock, codec: createPortableCodec(), ...more });

export const never = new AbortController().signal;

export function answerOf<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`);
  return result.value;
}

export async function refOf(host: PhotoshopHost, name: string): Promise<string> {
  const found = answerOf(await host.layers()).find((layer) => layer.name === name);
  if (found === undefined) throw new Error(`no layer ${name}`);
  return found.ref;
}

export const putAsk = (above: string, more: Partial<PlaceAsk> = {}): PlaceAsk => ({
  pixels: plainPixels(5, 4, [240, 130, 20, 255]),
  bounds: { x: 7, y: 9, width: 5, height: 4 },
  mask: null,
  name: 'take',
  group: 'make the jacket red',
  above,
  provenance: contractProvenance,
  story: contractStory,
  ...more,
});

export const place = (host: PhotoshopHost, put: PlaceAsk, signal: AbortSignal = never) =>
  host.step('Retake: make the jacket red', signal, (step) => step.placePixels(put));

/** Calls `before` with the number of each call that reaches Photoshop, from 1 on. */
export function interpose({ ps }: OpenHost, before: (count: number) => void | Promise<void>): () => number {
  let count = 0;
  const wrap = (of: object, names: readonly string[]): void => {
    for (const name of names) {
      const original = (of as Record<string, (...given: unknown[]) => unknown>)[name];
      (of as Record<string, unknown>)[name] = async (...given: unknown[]) => {
        await before(++count);
        return original.apply(of, given);
      };
    }
  };
  wrap(ps.modules.photoshop.action, ['batchPlay']);
  wrap(ps.modules.photoshop.imaging, ['getPixels', 'putPixels', 'putLayerMask', 'createImageDataFromBuffer']);
  return () => count;
}
