/**
 * How a take looks: what it was made from with its change on top, as long as a layer of the document shows it; else the
 * model's answer, as it is kept. And how its source looks without it.
 */
import type { AbortSignal } from '../abort.ts';
import { toSrgb } from '../color/convert.ts';
import { resize } from '../compose/resample.ts';
import type { Failure } from '../failure.ts';
import { type Bounds, type Extent, union } from '../geometry.ts';
import type { History, Take } from '../history/take.ts';
import { layersOf, layersOfTakes } from '../history/tree.ts';
import { type Host, pinnedTo } from '../host.ts';
import { createPace, type Pace } from '../pace.ts';
import { createPixels, cropInRows, cropPixels, type Pixels } from '../pixels.ts';
import type { Clock, DocumentStore, PictureCodec } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { readSubject } from './readSubject.ts';

/** sRGB pixels of `bounds`, in document pixels. */
export interface Look {
  readonly pixels: Pixels;
  readonly bounds: Bounds;
}

export interface LookPorts {
  readonly host: Host;
  readonly store: DocumentStore;
  readonly codec: PictureCodec;
  readonly clock: Clock;
}

/** `no-such-layer` when no layer shows the take and its answer is not at hand. */
export async function takeLooks(ports: LookPorts, history: History, take: Take, signal: AbortSignal): Promise<Result<Look, Failure>> {
  const layers = await ports.host.layers();
  if (!layers.ok) return layers;
  const present = new Set(layers.value.map(({ ref }) => ref));
  const shown = layersOf(history, take).find((ref) => present.has(ref));
  if (shown === undefined) return answerLooks(ports, take, signal);
  const host = await pinnedTo(ports.host, shown);
  return host.ok ? readSubject(host.value, shown, null, history, signal, { clock: ports.clock }) : host;
}

async function answerLooks({ store, codec, clock }: LookPorts, take: Take, signal: AbortSignal): Promise<Result<Look, Failure>> {
  const { answer } = take.pictures;
  const bytes = answer === null ? null : await store.blobs.read(answer.hash);
  if (bytes !== null && !bytes.ok) return bytes;
  if (bytes === null || bytes.value === null)
    return err({ kind: 'corrupt', what: `The picture of “${take.instruction}”, whose layer is gone and whose answer is not kept` });
  const decoded = await codec.decode(bytes.value, signal);
  if (!decoded.ok) return decoded;
  const { bounds } = take.source;
  const picture = toSrgb(decoded.value);
  // One from elsewhere was not padded, only stretched.
  const pace = createPace(clock, signal);
  const own = take.model === 'merged' ? picture : await withoutPadding(picture, bounds, pace);
  const pixels = own && (await resize(own, bounds, pace));
  return pixels === null ? err({ kind: 'cancelled' }) : ok({ pixels, bounds });
}

/** The middle of an answer in the shape of its source: what was padded to the model's cell was padded evenly. Null when aborted. */
function withoutPadding(answer: Pixels, source: Extent, pace: Pace): Promise<Pixels | null> {
  const scale = Math.min(answer.width / source.width, answer.height / source.height);
  const width = Math.max(1, Math.round(source.width * scale));
  const height = Math.max(1, Math.round(source.height * scale));
  const at = { x: Math.floor((answer.width - width) / 2), y: Math.floor((answer.height - height) / 2) };
  return cropInRows(answer, { ...at, width, height }, pace);
}

/** What the take was made from, without it and all that came of it. */
export async function sourceLooks({ host }: LookPorts, history: History, take: Take, signal: AbortSignal): Promise<Result<Look, Failure>> {
  const { of, bounds } = take.source;
  const pinned = await pinnedTo(host, of, bounds);
  if (!pinned.ok) return pinned;
  if (of !== 'visible') return readSubject(pinned.value, of, null, history, signal);
  const read = await pinned.value.readPixels({ of, bounds, except: layersOfTakes(history) }, signal);
  return read.ok ? ok({ pixels: read.value.pixels, bounds }) : read;
}

/**
 * Both on one canvas that holds them, so that each pixel lies on its like. What a take of a region does not reach is shown
 * as `ground` has it.
 */
export function onOneCanvas(ground: Look | null, a: Look, b: Look): { readonly bounds: Bounds; readonly a: Pixels; readonly b: Pixels } {
  const both = union(a.bounds, b.bounds);
  const bounds = ground === null ? both : union(ground.bounds, both);
  const on = (look: Look): Pixels => {
    const canvas = ground === null ? createPixels(bounds.width, bounds.height) : cropPixels(ground.pixels, ground.bounds, bounds);
    const rowBytes = look.bounds.width * 4;
    for (let row = 0; row < look.bounds.height; row++) {
      const to = ((look.bounds.y - bounds.y + row) * bounds.width + look.bounds.x - bounds.x) * 4;
      canvas.data.set(look.pixels.data.subarray(row * rowBytes, (row + 1) * rowBytes), to);
    }
    return canvas;
  };
  return { bounds, a: on(a), b: on(b) };
}
