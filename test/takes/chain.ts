/**
 * Rounds on one layer in one way of continuing, over the local Gemini server and its drifting model, and how far each
 * round's picture is from the layer outside the asked region. The bench runs long ones, the test short ones.
 */
import { neverAborted } from '../../shared/core/abort.ts';
import { resize } from '../../shared/core/compose/resample.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { readSubject } from '../../shared/core/edit/readSubject.ts';
import type { EditOutcome, EditPorts } from '../../shared/core/edit/types.ts';
import type { Bounds, Extent } from '../../shared/core/geometry.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import type { ContextWay } from '../../shared/core/history/take.ts';
import type { SizeClass } from '../../shared/core/model.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import { createPace } from '../../shared/core/pace.ts';
import { type Pixels, rectangleMask, toEightBit } from '../../shared/core/pixels.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { MemoryHost } from '../contracts/memoryHost.ts';
import { valueIn } from '../documents/valueIn.ts';
import { CountingIds } from '../fakes/fakeClock.ts';
import type { GeminiServer } from '../geminiServer/server.ts';
import { modelAt, realClock } from '../models/gemini.ts';

export const hostOf = (photo: Pixels): MemoryHost =>
  new MemoryHost({ extent: { width: photo.width, height: photo.height }, layers: [{ name: 'Photo', pixels: photo }] });

export const portsOf = (host: MemoryHost, server: GeminiServer, model = 'gemini-nano-banana-2.1'): EditPorts => ({
  host,
  model: modelAt(server, model),
  entry: findModel(model),
  store: host.store,
  clock: realClock,
  ids: new CountingIds(),
  codec: createNodeCodec(),
});

export interface RoundFigures {
  readonly instruction: string;
  readonly way: ContextWay;
  /** Mean and largest absolute difference of a channel from the layer, in levels of 255, outside the region. */
  readonly composed: Difference;
  /** The model's whole picture, stretched over the layer, as somebody without a composer has it. */
  readonly raw: Difference;
  /** The same, registered and in the layer's tone. */
  readonly aligned: Difference;
}

export interface Difference {
  readonly mean: number;
  readonly most: number;
}

/**
 * Edits `photo` within `region`, each round continuing the one before in the same way. Without `isLimited` the region is
 * where the words are about, and the composer finds out by itself.
 */
export async function* runChain(
  photo: Pixels,
  region: Bounds,
  instructions: readonly string[],
  way: ContextWay,
  server: GeminiServer,
  { model, size, isLimited }: { readonly model: string; readonly size: SizeClass; readonly isLimited: boolean },
): AsyncGenerator<RoundFigures> {
  const host = hostOf(photo);
  const ports = portsOf(host, server, model);
  let of = host.refOf('Photo');
  for (const [i, instruction] of instructions.entries()) {
    const ask = {
      of,
      region: isLimited ? rectangleMask(region) : null,
      instruction,
      references: [],
      size,
      thinking: null,
      way: i === 0 ? ('auto' as const) : way,
    };
    const outcome: EditOutcome = valueIn(await editLayer(ports, ask, neverAborted));
    of = outcome.layer;
    const { history } = valueIn(await readHistory(host.store));
    const look = valueIn(await readSubject(host, of, null, history, neverAborted));
    const { composition } = outcome;
    const { answer } = composition;
    yield {
      instruction,
      way: outcome.take.context.way,
      composed: differenceOutside(photo, look.pixels, { x: 0, y: 0 }, region),
      raw: differenceOutside(
        photo,
        await stretched(outcome.picture.pixels, outcome.take.source.bounds),
        outcome.take.source.bounds,
        region,
      ),
      // Where nothing was found to have changed, the layer itself is the model's picture, under an empty mask.
      aligned: differenceOutside(photo, toEightBit((answer ?? composition).pixels), (answer ?? composition).bounds, region),
    };
  }
}

async function stretched(picture: Pixels, extent: Extent): Promise<Pixels> {
  const resized = await resize(picture, extent, createPace(realClock, neverAborted));
  if (resized === null) throw new Error('nobody aborted');
  return resized;
}

/** Between `photo` and `other`, which lies at `at`, where they overlap and `region` is not. */
export function differenceOutside(
  photo: Pixels,
  other: Pixels,
  at: { readonly x: number; readonly y: number },
  region: Bounds,
): Difference {
  let sum = 0;
  let count = 0;
  let most = 0;
  for (let y = 0; y < other.height; y++)
    for (let x = 0; x < other.width; x++) {
      const [px, py] = [x + at.x, y + at.y];
      if (px < 0 || py < 0 || px >= photo.width || py >= photo.height) continue;
      if (px >= region.x && px < region.x + region.width && py >= region.y && py < region.y + region.height) continue;
      for (let c = 0; c < 4; c++) {
        const d = Math.abs(photo.data[(py * photo.width + px) * 4 + c] - other.data[(y * other.width + x) * 4 + c]);
        if (c === 3 && d === 0) continue;
        sum += d;
        count++;
        most = Math.max(most, d);
      }
    }
  return { mean: count === 0 ? 0 : sum / count, most };
}

const colours = ['teal', 'orange', 'purple', 'navy', 'olive', 'pink', 'brown', 'cyan'];
const shapes = ['circle', 'square', 'diamond', 'star', 'heart'];

/** Rounds that change the middle of a picture alone, so that what the model does elsewhere is its drift. */
export const someInstructions = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `add a small ${colours[i % colours.length]} ${shapes[i % shapes.length]} in the middle`);
