/** The core's walks on Figma's host, over the SDK and HTTP: what comes out is what comes out of any other host. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { neverAborted } from '../../../shared/core/abort.ts';
import { copyTake, pasteTake } from '../../../shared/core/edit/copyTake.ts';
import { editLayer } from '../../../shared/core/edit/editLayer.ts';
import { explainTake } from '../../../shared/core/edit/explainTake.ts';
import { placeKept } from '../../../shared/core/edit/placeKept.ts';
import { readSubject } from '../../../shared/core/edit/readSubject.ts';
import { sourceLooks, takeLooks } from '../../../shared/core/edit/takeLooks.ts';
import type { EditAsk, EditOutcome, EditPorts } from '../../../shared/core/edit/types.ts';
import { readHistory } from '../../../shared/core/history/readHistory.ts';
import type { History } from '../../../shared/core/history/take.ts';
import { type Host, pinnedTo } from '../../../shared/core/host.ts';
import { findModel } from '../../../shared/core/models/registry.ts';
import { type Mask, type Pixels, rectangleMask } from '../../../shared/core/pixels.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { MemoryStore } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { CountingIds } from '../../fakes/fakeClock.ts';
import { createOfflineAnswer } from '../../geminiServer/offlineAnswer.ts';
import { type GeminiServer, startGeminiServer } from '../../geminiServer/server.ts';
import { modelAt, realClock } from '../../models/gemini.ts';
import { room } from '../../offline/offlineSetup.ts';
import { hostOf } from '../../takes/chain.ts';
import { type Canvas, filled, openCanvas, worst } from './canvas.ts';

vi.setConfig({ testTimeout: 180_000 });

let server: GeminiServer;
beforeAll(async () => {
  server = await startGeminiServer({ alive: 'all', answer: createOfflineAnswer({ drift: false }) });
});
afterAll(() => server.close());

const model = 'gemini-3.1-flash-image';
const photo = room();

interface Walks {
  readonly ports: EditPorts;
  edit(instruction: string, of: string, more?: Partial<EditAsk>): Promise<EditOutcome>;
  history(): Promise<History>;
}

function walksOn(host: Host, store = new MemoryStore()): Walks {
  const ports: EditPorts = {
    host,
    model: modelAt(server, model),
    entry: findModel(model),
    store,
    clock: realClock,
    ids: new CountingIds(),
    codec: createNodeCodec(),
  };
  return {
    ports,
    edit: async (instruction, of, more = {}) =>
      valueIn(
        await editLayer(ports, { of, region: null, instruction, references: [], size: '512', thinking: null, ...more }, neverAborted),
      ),
    history: async () => valueIn(await readHistory(store)).history,
  };
}

/** The room as the fill of a cropped, turned layer, or of one that is read as it is rendered. */
function photoIn(canvas: Canvas, prepare: (node: RectangleNode, figma: PluginAPI) => void = () => {}): string {
  return canvas.draw((figma) => {
    const node = figma.createRectangle();
    node.name = 'Photo';
    node.resize(photo.width, photo.height);
    node.x = 4000;
    filled(node, canvas.image(photo));
    prepare(node, figma);
    return node;
  });
}

const lookAt = async (host: Host, of: string, history: History): Promise<Pixels> => {
  const pinned = valueIn(await pinnedTo(host, of));
  return valueIn(await readSubject(pinned, of, null, history, neverAborted)).pixels;
};

describe('an edit of a picture fill, and one that goes on from it', () => {
  test('look as they do in any other host, whatever is selected meanwhile', async () => {
    const canvas = openCanvas();
    const layer = photoIn(canvas, (node) => {
      node.rotation = 33;
    });
    const figma = walksOn(canvas.host);
    const memoryHost = hostOf(photo);
    const memory = walksOn(memoryHost, memoryHost.store as MemoryStore);
    const first = await figma.edit('make the beige wall yellow', layer);
    const wanted = await memory.edit('make the beige wall yellow', memoryHost.refOf('Photo'));
    expect(
      worst(await lookAt(canvas.host, first.layer, await figma.history()), await lookAt(memoryHost, wanted.layer, await memory.history())),
    ).toBe(0);

    canvas.draw((api) => api.createEllipse());
    await canvas.rest();
    const second = await figma.edit('make the image brighter', first.layer, { way: 'from-take' });
    const then = await memory.edit('make the image brighter', wanted.layer, { way: 'from-take' });
    expect(second.take.parent).toBe(first.take.id);
    const look = await lookAt(canvas.host, second.layer, await figma.history());
    expect(worst(look, await lookAt(memoryHost, then.layer, await memory.history()))).toBe(0);
    // On the canvas, too: the layers lie on one another as the core laid them.
    canvas.file.user.select();
    const taken = valueIn(await takeLooks(figma.ports, await figma.history(), second.take, neverAborted));
    expect(worst(taken.pixels, look)).toBe(0);
    const ground = valueIn(await sourceLooks(figma.ports, await figma.history(), second.take, neverAborted));
    expect(worst(ground.pixels, photo)).toBeGreaterThan(0);
    const shown = canvas.file
      .tree('0:1')
      .children.filter(({ props }) => props.visible !== false)
      .map(({ name }) => name);
    expect(shown).toContain('Photo');
    expect(shown).toContain('make the image brighter');
  });

  test('are seen on the canvas as they were composed', async () => {
    const canvas = openCanvas();
    const frame = canvas.file.build((figma) => {
      const node = figma.createFrame();
      node.resize(photo.width, photo.height);
      node.fills = [];
      return node.id;
    });
    const layer = photoIn(canvas, (node, figma) => {
      (figma.getNodeById(frame) as FrameNode).appendChild(node);
      node.x = 0;
      node.y = 0;
    });
    const figma = walksOn(canvas.host);
    const first = await figma.edit('make the beige wall yellow', layer);
    const look = await lookAt(canvas.host, first.layer, await figma.history());
    expect(worst(await canvas.truth(frame, photo.width), look)).toBeLessThanOrEqual(1);
  });

  test('stay in a region that was drawn', async () => {
    const canvas = openCanvas();
    const layer = photoIn(canvas);
    const figma = walksOn(canvas.host);
    const region: Mask = rectangleMask({ x: 40, y: 40, width: 120, height: 120 });
    const { layer: take } = await figma.edit('make the beige wall yellow', layer, { region });
    const look = await lookAt(canvas.host, take, await figma.history());
    let outside = 0;
    for (let y = 0; y < photo.height; y++)
      for (let x = 0; x < photo.width; x++) {
        if (x >= 40 && y >= 40 && x < 160 && y < 160) continue;
        const i = (y * photo.width + x) * 4;
        if (look.data[i] !== photo.data[i] || look.data[i + 2] !== photo.data[i + 2]) outside++;
      }
    expect(outside).toBe(0);
    expect(worst(look, photo)).toBeGreaterThan(30);
  });
});

test('an edit of a rendered group keeps its grid when the group is moved and edited again', async () => {
  const canvas = openCanvas();
  const group = canvas.draw((figma) => {
    const node = figma.createRectangle();
    // Rendered at one pixel a unit.
    node.resize(1030, 1030);
    filled(node, canvas.image(photo));
    const made = figma.group([node], figma.currentPage);
    made.name = 'Scene';
    return made;
  });
  const figma = walksOn(canvas.host);
  const first = await figma.edit('make the beige wall yellow', group);
  const before = await lookAt(canvas.host, first.layer, await figma.history());
  canvas.file.user.move(group, 700, -300);
  await canvas.rest();
  expect(worst(await lookAt(canvas.host, first.layer, await figma.history()), before)).toBe(0);
  const second = await figma.edit('make the image darker', first.layer, { way: 'from-take' });
  expect(second.take.source.bounds).toEqual(first.take.source.bounds);
});

test('a take whose layer was deleted is placed again, and explained, from what is kept', async () => {
  const canvas = openCanvas();
  const layer = photoIn(canvas);
  const figma = walksOn(canvas.host);
  const { layer: node, take } = await figma.edit('make the beige wall yellow', layer);
  const before = await lookAt(canvas.host, node, await figma.history());
  canvas.file.user.remove(node);
  canvas.draw((api) => api.createEllipse());
  await canvas.rest();
  const again = valueIn(await placeKept(figma.ports, { take: take.id }, neverAborted));
  expect(again.layer).not.toBe(node);
  expect(worst(await lookAt(canvas.host, again.layer, await figma.history()), before)).toBe(0);
  const explained = valueIn(await explainTake(figma.ports, await figma.history(), take, neverAborted));
  expect(explained.kind).toBe('compared');
});

test('a take is copied to another file, with its pixels', async () => {
  const canvas = openCanvas();
  const layer = photoIn(canvas);
  const figma = walksOn(canvas.host);
  const { layer: node, take } = await figma.edit('make the beige wall yellow', layer);
  await canvas.select();
  const copy = valueIn(await copyTake(figma.ports, await figma.history(), take, neverAborted));
  const other = openCanvas();
  const target = photoIn(other);
  const there = walksOn(other.host);
  const pasted = valueIn(await pasteTake(there.ports, copy, target, neverAborted));
  const own = async (host: Host, ref: string): Promise<Pixels> => {
    const pinned = valueIn(await pinnedTo(host, ref));
    return valueIn(await pinned.readPixels({ of: ref, bounds: { x: 0, y: 0, width: photo.width, height: photo.height } }, neverAborted))
      .pixels;
  };
  expect(worst(await own(other.host, pasted.layer), await own(canvas.host, node))).toBe(0);
});

test('a paid answer is kept when the file is closed for writing meanwhile, and can be placed later', async () => {
  const canvas = openCanvas();
  const layer = photoIn(canvas);
  const figma = walksOn(canvas.host);
  const host: Host = {
    ...canvas.host,
    step: async () => ({ ok: false, error: { kind: 'host', operation: 'place the take', message: 'gone' } }),
  };
  const { pinned: _, ...unpinned } = host;
  const failed = await editLayer(
    { ...figma.ports, host: { ...unpinned } },
    { of: layer, region: null, instruction: 'make the beige wall yellow', references: [], size: '512', thinking: null },
    neverAborted,
  );
  expect(failed.ok).toBe(false);
  const [take] = [...(await figma.history()).takes.values()];
  const placed = valueIn(await placeKept(figma.ports, { take: take.id }, neverAborted));
  expect(canvas.file.exists(placed.layer)).toBe(true);
});
