/**
 * 24 megapixels, 16 bits, 300 ppi in the simulated Photoshop: how long the adapter's reads and writes take, and how much
 * memory they hold, which UXP warns of at 600 MB. Run it by `node --expose-gc test/run-ts.mjs bench/photoshop.ts`.
 *
 * Memory is what is alive in array buffers besides the documents, just before and after each call into Photoshop, garbage
 * collected: the plug-in's own pixels and the image data that it holds. What the simulator needs in between is not the plug-in's.
 */
import { createPhotoshopHost } from '../photoshop-uxp/host/photoshopHost.ts';
import type { PhotoshopModules } from '../photoshop-uxp/types/modules.ts';
import { neverAborted } from '../shared/core/abort.ts';
import { editLayer } from '../shared/core/edit/editLayer.ts';
import type { Failure } from '../shared/core/failure.ts';
import type { EditRequest } from '../shared/core/model.ts';
import { findModel } from '../shared/core/models/registry.ts';
import { type Pixels, type Pixels16, sRGB } from '../shared/core/pixels.ts';
import type { Result } from '../shared/core/result.ts';
import { createNodeCodec } from '../standalone/command/nodeCodec.ts';
import { contractProvenance } from '../test/contracts/hostContract.ts';
import { MemoryStore } from '../test/contracts/memoryHost.ts';
import { CountingIds } from '../test/fakes/fakeClock.ts';
import { atCellSize, FakeModel } from '../test/fakes/fakeModel.ts';
import { realClock } from '../test/models/gemini.ts';
import { createPhotoshop } from '../test/photoshop/simulator/index.ts';
import type { Layer } from '../test/photoshop/simulator/layer.ts';

const extent = { width: 6000, height: 4000 };
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
  selection: { kind: 'ellipse', bounds: { x: 2000, y: 1400, width: 1200, height: 900 }, featherPx: 20 },
  layers: [{ name: 'photo', deep: photo() }],
});
const modules = ps.modules as unknown as PhotoshopModules;
const host = createPhotoshopHost({ modules, documentId, clock: realClock, codec: createNodeCodec() });

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
const look = (): void => {
  most = Math.max(most, live() - base);
};
for (const name of ['getPixels', 'getSelection', 'putPixels', 'putLayerMask'] as const) {
  const { imaging } = ps.modules.photoshop as unknown as { imaging: Record<string, (ask: object) => Promise<unknown>> };
  const call = imaging[name];
  imaging[name] = async (ask) => {
    look();
    const answer = await call(ask);
    look();
    return answer;
  };
}

async function measured<T>(what: string, work: () => Promise<Result<T, Failure>>): Promise<T> {
  base = live();
  most = 0;
  const began = performance.now();
  const result = await work();
  const tookMs = performance.now() - began;
  look();
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  console.log(
    `${what.padEnd(58)} ${(tookMs / 1000).toFixed(1).padStart(6)} s  ${Math.round(most / megabyte)
      .toString()
      .padStart(4)} MB`,
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
  model: new FakeModel(recoloured, recoloured),
  entry: findModel('gemini-3.1-flash-image'),
  store: new MemoryStore(),
  clock: realClock,
  ids: new CountingIds(),
  codec: createNodeCodec(),
};
const ask = { of: ref, instruction: 'sharpen', references: [], size: null, thinking: null } as const;
await measured('the whole walk within the selection', () => editLayer(ports, { ...ask, region }, neverAborted));
ps.user.undo();
await measured('the whole walk on all of the layer', () => editLayer(ports, { ...ask, region: null }, neverAborted));
ps.assertClean();
console.log(`image data held at once, at most: ${Math.round(ps.inspect.imageBytes.most / megabyte)} MB`);
