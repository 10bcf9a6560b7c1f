/**
 * 24 megapixels, 16 bits, 300 ppi in the simulated Photoshop: how long the adapter's reads and writes take, and how much
 * memory they hold, which UXP warns of at 600 MB. Run it by `node --expose-gc test/run-ts.mjs bench/photoshop.ts`.
 *
 * Memory is what is alive in array buffers besides the documents, garbage collected, just before and after each call into Photoshop
 * and whenever the walk looks at the time, which composing does at every row: the plug-in's own pixels and the image data that it
 * holds. What the simulator needs in between is not the plug-in's. Without garbage collected is what an engine that never does so
 * would hold: the truth lies between the two.
 */

import { createPhotoshopHost } from '../photoshop-uxp/host/photoshopHost.ts';
import type { PlaceAs } from '../photoshop-uxp/host/placeTake.ts';
import type { PhotoshopModules } from '../photoshop-uxp/types/modules.ts';
import { createPortableCodec } from '../shared/codecs/portableCodec.ts';
import { neverAborted } from '../shared/core/abort.ts';
import { editLayer } from '../shared/core/edit/editLayer.ts';
import type { Failure } from '../shared/core/failure.ts';

import type { EditRequest } from '../shared/core/model.ts';
import { findModel } from '../shared/core/models/registry.ts';
import { type Mask, type Pixels, type Pixels16, sRGB } from '../shared/core/pixels.ts';
import type { Clock } from '../shared/core/ports.ts';
import { ok, type Result } from '../shared/core/result.ts';
import { contractProvenance } from '../test/contracts/hostContract.ts';
import { MemoryStore } from '../test/contracts/memoryHost.ts';
import { CountingIds } from '../test/fakes/fakeClock.ts';
import { atCellSize, FakeModel } from '../test/fakes/fakeModel.ts';
import { realClock } from '../test/models/gemini.ts';
import { createPhotoshop } from '../test/photoshop/simulator/index.ts';
import type { Layer } from '../test/photoshop/simulator/layer.ts';

/** `bench/photoshop.ts [WIDTH HEIGHT]` for another size. */
const [width = 6000, height = 4000] = process.argv.slice(2).map(Number);
const extent = { width, height };
const canvas = { x: 0, y: 0, ...extent };
const megabyte = 1e6;

/** Smooth colours with noise, in sixteen bits. */
function photo(): Pixels16 {
  const data = new Uint16Array(extent.width * extent.height * 4);
  let seed = 1;
  for (let y = 0, i = 0; y < extent.height; y++) {
    for (let x = 0; x < extent.width; x++, i += 4) {
      seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
      const noise = seed >>> 20;
      data[i] = 20_000 + ((x * 3) % 30_000) + noise;
      data[i + 1] = 15_000 + ((y * 5) % 30_000) + noise;
      data[i + 2] = 25_000 + (((x >> 6) * (y >> 6)) % 20_000) + noise;
      data[i + 3] = 65_535;
    }
  }
  return { ...extent, profile: sRGB, data };
}

/** What was sent, at the cell's size, with a red disc over a quarter of it. */
async function recoloured(request: EditRequest): Promise<Pixels> {
  const sent = await atCellSize(request);
  const { width, height, data } = sent;
  const radius = Math.min(width, height) / 3.5;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (Math.hypot(x - width / 2, y - height / 2) < radius) data.set([200, 30, 40], (y * width + x) * 4);
    }
  }
  return sent;
}

const ps = createPhotoshop();
const documentId = ps.user.open({
  title: 'Model.psd',
  extent,
  depth: 16,
  ppi: 300,
  selection: {
    kind: 'ellipse',
    bounds: { x: Math.round(width / 3), y: Math.round(height * 0.35), width: Math.round(width / 5), height: Math.round(height * 0.225) },
    featherPx: 20,
  },
  layers: [{ name: 'photo', deep: photo() }],
});
const modules = ps.modules as unknown as PhotoshopModules;
const clock: Clock = {
  now: () => {
    glance();
    return realClock.now();
  },
  sleep: (ms, signal) => realClock.sleep(ms, signal),
};
/** The plug-in's own, in plain JavaScript. */
const codec = createPortableCodec();
let placeAs: PlaceAs = 'pixels';
const host = createPhotoshopHost({ modules, documentId, clock, codec, placeAs: () => placeAs });

/** Bytes of the documents themselves, with their histories: Photoshop's, not the plug-in's. */
function documentBytes(): number {
  const buffers = new Set<ArrayBufferLike>();
  const keep = (part: { readonly data: ArrayBufferView } | null): void => {
    if (part !== null) buffers.add(part.data.buffer);
  };
  const walk = (layers: readonly Layer[]): void => {
    for (const { raster, mask, children } of layers) {
      keep(raster);
      keep(mask);
      walk(children ?? []);
    }
  };
  for (const { history, state } of ps.inspect.documents) {
    for (const { layers, selection } of [state, ...history.map((entry) => entry.state)]) {
      walk(layers);
      keep(selection);
    }
  }
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

const live = (): number => {
  // Array buffers are swept beside the collection: the second one waits for the first.
  for (let i = 0; i < 2; i++) globalThis.gc?.();
  return process.memoryUsage().arrayBuffers - documentBytes();
};
let base = 0;
let most = 0;
let mostUncollected = 0;
let inside = 0;
const look = (): void => {
  most = Math.max(most, live() - base);
};
/** At every row: what is alive is never more than what is there, so that mostly there is nothing to collect. */
const precision = 4 * megabyte;
const glance = (): void => {
  if (inside > 0) return;
  const there = process.memoryUsage().arrayBuffers - base - held;
  mostUncollected = Math.max(mostUncollected, there);
  if (there > most + precision) look();
};
let held = 0;
for (const name of ['getPixels', 'getSelection', 'putPixels', 'putLayerMask'] as const) {
  const { imaging } = ps.modules.photoshop as unknown as { imaging: Record<string, (ask: object) => Promise<unknown>> };
  const call = imaging[name];
  imaging[name] = async (ask) => {
    look();
    inside++;
    const answer = await call(ask);
    inside--;
    held = documentBytes();
    look();
    return answer;
  };
}

const inMb = (bytes: number): string =>
  Math.round(bytes / megabyte)
    .toString()
    .padStart(4);

async function measured<T>(what: string, work: () => Promise<Result<T, Failure>>): Promise<T> {
  base = live();
  most = 0;
  mostUncollected = 0;
  held = documentBytes();
  const began = performance.now();
  const result = await work();
  const tookMs = performance.now() - began;
  look();
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  console.log(
    `${what.padEnd(58)} ${(tookMs / 1000).toFixed(1).padStart(6)} s  ${inMb(most)} MB  (${inMb(mostUncollected)} MB uncollected)`,
  );
  return result.value;
}

const [{ ref }] = await measured('look at the layers', () => host.layers());
const { region } = await measured('read the selection', () => host.selection());
await readAndPlace();
ps.user.undo();

/** All of the layer, out and in again; what was read is let go. */
async function readAndPlace(): Promise<void> {
  const { pixels, deep } = await measured('read the layer, 16 and 8 bits', () =>
    host.readPixels({ of: ref, bounds: canvas, depth: 16 }, neverAborted),
  );
  const mask = { bounds: canvas, data: new Uint8ClampedArray(extent.width * extent.height).fill(128) };
  const names = { name: 'take', group: 'all of it', above: ref, provenance: contractProvenance, story: '{}' };
  await measured('place all of it with a mask, 16 bits', () =>
    host.step('Retake: all of it', neverAborted, (step) => step.placePixels({ ...names, pixels: deep ?? pixels, bounds: canvas, mask })),
  );
}

const ports = {
  host,
  model: new FakeModel(recoloured, recoloured, recoloured),
  entry: findModel('gemini-3.1-flash-image'),
  store: new MemoryStore(),
  clock,
  ids: new CountingIds(),
  codec,
};
const ask = { of: ref, instruction: 'sharpen', references: [], size: null, thinking: null } as const;
/** Its result is let go, so that the next walk does not begin beside it. */
async function walk(region: Mask | null): Promise<Result<undefined, Failure>> {
  const edited = await editLayer(ports, { ...ask, region }, neverAborted);
  return edited.ok ? ok(undefined) : edited;
}
await measured('the whole walk within the selection', () => walk(region));
ps.user.undo();
await measured('the whole walk on all of the layer', () => walk(null));
ps.user.undo();
placeAs = 'smart-object';
await measured('the same as a smart object', () => walk(null));
ps.assertClean();
console.log(`image data held at once, at most: ${Math.round(ps.inspect.imageBytes.most / megabyte)} MB`);
