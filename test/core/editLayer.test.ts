import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { generatePicture } from '../../shared/core/edit/generatePicture.ts';
import type { EditAsk, EditOutcome, EditPorts, Stage } from '../../shared/core/edit/types.ts';
import type { Failure } from '../../shared/core/failure.ts';
import { readHistory } from '../../shared/core/history/readHistory.ts';
import { findModel } from '../../shared/core/models/registry.ts';
import { createPixels, type Mask, rectangleMask, toEightBit } from '../../shared/core/pixels.ts';
import { readGround, readInstructions } from '../../shared/core/prompts/promptText.ts';
import { digitalSourceTypes } from '../../shared/core/provenance.ts';
import type { Result } from '../../shared/core/result.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import { adobeRgbPlan, buildProfile } from '../color/buildProfile.ts';
import { MemoryHost, patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { CountingIds, FakeClock } from '../fakes/fakeClock.ts';
import { allOf, FakeModel } from '../fakes/fakeModel.ts';

const photo = () => patternPixels(400, 300);

function hostWith(layer = photo()): MemoryHost {
  return new MemoryHost({
    extent: { width: 400, height: 300 },
    layers: [
      { name: 'Title', pixels: plainPixels(40, 20, [255, 255, 255, 255]), at: { x: 10, y: 10 } },
      { name: 'Photo', pixels: layer },
      { name: 'Empty', pixels: createPixels(50, 50) },
      { name: 'Beyond', pixels: plainPixels(10, 10, [1, 2, 3, 255]), at: { x: 500, y: 500 } },
    ],
  });
}

const portsOf = (host: MemoryHost, model: FakeModel, id = 'gemini-nano-banana-2.1'): EditPorts => ({
  host,
  model,
  entry: findModel(id),
  store: host.store,
  clock: new FakeClock(),
  ids: new CountingIds(),
  codec: createNodeCodec(),
});

const askOf = (host: MemoryHost, more: Partial<EditAsk> = {}): EditAsk => ({
  of: host.refOf('Photo'),
  region: null,
  instruction: 'Make the jacket red',
  references: [],
  size: null,
  thinking: null,
  ...more,
});

function unwrap<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const failureOf = (result: Result<EditOutcome, Failure>): Failure => {
  if (result.ok) throw new Error('expected a failure');
  return result.error;
};

async function namesOf(host: MemoryHost): Promise<string[]> {
  return unwrap(await host.layers()).map((layer) => layer.name);
}

describe('an edit', () => {
  test('places the answer as a new layer right above its source, in a group named after the instruction', async () => {
    const host = hostWith();
    const before = unwrap(await host.layers());
    const outcome = unwrap(await editLayer(portsOf(host, new FakeModel(allOf(200, 30, 30))), askOf(host), neverAborted));
    expect(await namesOf(host)).toEqual(['Title', 'Make the jacket red', 'Take 1 · Nano Banana 2.1', 'Photo', 'Empty', 'Beyond']);
    expect(outcome.composition.bounds).toEqual({ x: 0, y: 0, width: 400, height: 300 });
    const placed = unwrap(await host.readPixels({ of: outcome.layer, bounds: outcome.composition.bounds }, neverAborted));
    expect([...placed.pixels.data.subarray(0, 4)]).toEqual([200, 30, 30, 255]);
    for (const layer of before) {
      const now = unwrap(await host.layers()).find((one) => one.ref === layer.ref);
      expect(now).toEqual(layer);
    }
  });

  test('leaves one undo entry and one record, and tells each stage once', async () => {
    const host = hostWith();
    const stages: Stage[] = [];
    const outcome = unwrap(await editLayer(portsOf(host, new FakeModel()), askOf(host), neverAborted, ({ stage }) => stages.push(stage)));
    expect(stages).toEqual(['read', 'compile', 'ask', 'compose', 'place', 'record']);
    expect(host.undoLabels).toEqual(['Retake: Make the jacket red']);
    const { history } = unwrap(await readHistory(host.store));
    expect([...history.takes.values()]).toEqual([outcome.take]);
    expect(outcome.take).toMatchObject({ id: 'take-1', parent: null, instruction: 'Make the jacket red', costUsd: 0.0364 });
  });

  test('a faithful answer comes back on the layer pixel for pixel, to the rounding of two resamplings', async () => {
    const smooth = createPixels(400, 300);
    for (let i = 0; i < smooth.data.length; i += 4) {
      const x = (i / 4) % 400;
      const y = Math.floor(i / 1600);
      smooth.data.set([x * 0.6, y * 0.8, (x + y) * 0.3, 255], i);
    }
    const host = hostWith(smooth);
    const outcome = unwrap(await editLayer(portsOf(host, new FakeModel()), askOf(host), neverAborted));
    const worst = toEightBit(outcome.composition.pixels).data.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - smooth.data[i])),
      0,
    );
    expect(worst).toBeLessThanOrEqual(2);
  });

  test('sends the layer first and the instruction, in our prompt, last; references in between with their labels', async () => {
    const host = hostWith();
    const model = new FakeModel();
    const references = [{ name: 'coat.png', role: 'style' as const, pixels: plainPixels(3000, 1500, [9, 9, 9, 255]) }];
    await editLayer(portsOf(host, model), askOf(host, { instruction: '  Make the jacket red ', references }), neverAborted);
    const [request] = model.requests;
    expect(request.pictures.map((picture) => picture.role)).toEqual(['subject', 'style']);
    expect(request.pictures[0].label).toBe('Image 1, the layer to edit:');
    expect(request.pictures[1].label).toMatch(/^Image 2, a reference for the style/);
    expect(request.pictures[1].pixels).toMatchObject({ width: 1536, height: 768 });
    expect(readInstructions(request.prompt.text)).toEqual(['Make the jacket red']);
    expect(request.prompt).toMatchObject({ id: 'edit/layer', version: 1 });
    expect(request.cell).toMatchObject({ ratio: '4:3', size: '1K' });
  });

  test('sends a reference in sRGB, whatever its own profile', async () => {
    const host = hostWith();
    const model = new FakeModel();
    const pixels = { ...plainPixels(8, 8, [40, 220, 40, 255]), profile: { name: adobeRgbPlan.name, icc: buildProfile(adobeRgbPlan) } };
    await editLayer(portsOf(host, model), askOf(host, { references: [{ name: 'green.png', role: 'object', pixels }] }), neverAborted);
    const sent = model.requests[0].pictures[1].pixels;
    expect(sent.profile.icc).toBeNull();
    expect([...sent.data.subarray(0, 4)]).not.toEqual([40, 220, 40, 255]);
  });

  test('within a region shows the model its surroundings and changes nothing outside', async () => {
    const host = hostWith();
    const region = rectangleMask({ x: 100, y: 80, width: 60, height: 40 });
    const model = new FakeModel(allOf(255, 0, 0));
    const outcome = unwrap(await editLayer(portsOf(host, model), askOf(host, { region }), neverAborted));
    expect(model.requests[0].prompt.id).toBe('edit/region');
    expect(model.requests[0].prompt.text).toContain('of the width');
    expect(model.requests[0].pictures[0].pixels.width).toBeGreaterThan(60);
    const whole = { x: 0, y: 0, width: 400, height: 300 };
    const visible = unwrap(await host.readPixels({ of: 'visible', bounds: whole }, neverAborted)).pixels;
    host.undo();
    const original = unwrap(await host.readPixels({ of: 'visible', bounds: whole }, neverAborted)).pixels;
    let inside = 0;
    for (let i = 0; i < visible.data.length; i += 4) {
      const x = (i / 4) % 400;
      const y = Math.floor(i / 1600);
      const same = visible.data.subarray(i, i + 4).every((value, c) => value === original.data[i + c]);
      if (x >= 100 && x < 160 && y >= 80 && y < 120) inside += same ? 0 : 1;
      else expect(same).toBe(true);
    }
    expect(inside).toBeGreaterThan(2000);
    expect(outcome.composition.mask?.bounds).toEqual({ x: 100, y: 80, width: 60, height: 40 });
  });

  test('keeps the transparency of the layer', async () => {
    const layer = patternPixels(400, 300);
    for (let i = 3; i < layer.data.length; i += 4) layer.data[i] = (i >> 2) % 400 < 200 ? 0 : 255;
    const host = hostWith(layer);
    const model = new FakeModel(allOf(10, 200, 10));
    const { composition } = unwrap(await editLayer(portsOf(host, model), askOf(host), neverAborted));
    expect(model.requests[0].pictures[0].pixels.data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
    for (let i = 3; i < layer.data.length; i += 4) expect(composition.pixels.data[i]).toBe(layer.data[i]);
  });

  test('asks for a flat ground when the background shall go, and makes it transparent', async () => {
    const host = hostWith(plainPixels(400, 300, [120, 90, 60, 255]));
    const model = new FakeModel((request) => {
      const ground = readGround(request.prompt.text) as string;
      const color = [1, 3, 5].map((at) => Number.parseInt(ground.slice(at, at + 2), 16));
      const pixels = createPixels(request.cell.extent.width, request.cell.extent.height);
      for (let i = 0; i < pixels.data.length; i += 4) {
        const isGround = (i / 4) % pixels.width < pixels.width / 2;
        pixels.data.set(isGround ? [...color, 255] : [120, 90, 60, 255], i);
      }
      return pixels;
    });
    const { composition } = unwrap(
      await editLayer(portsOf(host, model), askOf(host, { instruction: 'Remove the background' }), neverAborted),
    );
    expect(composition.pixels.data[(150 * 400 + 20) * 4 + 3]).toBe(0);
    expect([...composition.pixels.data.subarray((150 * 400 + 380) * 4, (150 * 400 + 380) * 4 + 4)]).toEqual([120, 90, 60, 255]);
    expect(composition.notes.join(' ')).toContain('transparent');
  });

  test('says where it came from, without a key or a picture', async () => {
    const host = hostWith();
    const outcome = unwrap(await editLayer(portsOf(host, new FakeModel()), askOf(host), neverAborted));
    expect(host.provenanceOf(outcome.layer)).toEqual({
      schema: 1,
      takeId: 'take-1',
      parentTakeId: null,
      model: 'gemini-nano-banana-2.1',
      modelVersion: 'fake-1',
      responseId: 'response-1',
      instruction: 'Make the jacket red',
      prompt: { id: 'edit/layer', version: 1 },
      inputHash: 'ab'.repeat(32),
      promptHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      answerHash: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81',
      at: '2026-11-23T12:00:00.000Z',
      digitalSourceType: digitalSourceTypes.composite,
      software: 'Retake 0.1.0',
    });
  });

  test('an edit of a take continues that take', async () => {
    const host = hostWith();
    const ports = portsOf(host, new FakeModel());
    const first = unwrap(await editLayer(ports, askOf(host), neverAborted));
    const second = unwrap(await editLayer(ports, askOf(host, { of: first.layer, instruction: 'Now darker' }), neverAborted));
    expect(second.take.parent).toBe('take-1');
    expect(await namesOf(host)).toContain('Take 2 · Nano Banana 2.1');
  });

  test('of all that shows lands on top', async () => {
    const host = hostWith();
    unwrap(await editLayer(portsOf(host, new FakeModel()), askOf(host, { of: 'visible' }), neverAborted));
    expect((await namesOf(host))[0]).toBe('Make the jacket red');
  });

  test('calls an offline answer an algorithm’s work', async () => {
    const host = hostWith();
    const outcome = unwrap(await editLayer(portsOf(host, new FakeModel(), 'offline'), askOf(host), neverAborted));
    expect(outcome.provenance.digitalSourceType).toBe(digitalSourceTypes.algorithm);
    expect(outcome.take.costUsd).toBe(0.0364 * 0);
  });
});

describe('an edit that cannot be done', () => {
  const emptyMask: Mask = { bounds: { x: 0, y: 0, width: 400, height: 300 }, data: new Uint8ClampedArray(400 * 300) };
  const cases: readonly [string, (host: MemoryHost) => Partial<EditAsk>, Partial<Failure>][] = [
    ['of a layer that is gone', () => ({ of: 'layer-99' }), { kind: 'no-such-layer' }],
    ['of a fully transparent layer', (host) => ({ of: host.refOf('Empty') }), { kind: 'empty-layer', why: 'transparent' } as never],
    ['of a layer off the canvas', (host) => ({ of: host.refOf('Beyond') }), { kind: 'empty-layer', why: 'no-pixels' } as never],
    ['without an instruction', () => ({ instruction: ' \n ' }), { kind: 'bad-instruction', why: 'empty' } as never],
    ['with 100 kB of instruction', () => ({ instruction: 'é'.repeat(50_000) }), { kind: 'bad-instruction', bytes: 100_000 } as never],
    ['in a region beside the picture', () => ({ region: rectangleMask({ x: 900, y: 0, width: 5, height: 5 }) }), { kind: 'bad-region' }],
    ['with an empty mask', () => ({ region: emptyMask }), { kind: 'bad-mask', why: 'empty' } as never],
    [
      'with too many references',
      () => ({
        references: Array.from({ length: 15 }, (_, i) => ({
          name: `r${i}`,
          role: 'reference' as const,
          pixels: plainPixels(4, 4, [0, 0, 0, 255]),
        })),
      }),
      { kind: 'bad-reference', name: 'r14' } as never,
    ],
  ];
  test.each(cases)('%s is refused before anything is sent', async (_, more, failure) => {
    const host = hostWith();
    const model = new FakeModel();
    const result = await editLayer(portsOf(host, model), askOf(host, more(host)), neverAborted);
    expect(failureOf(result)).toMatchObject(failure);
    expect(model.requests).toEqual([]);
    expect(await namesOf(host)).toEqual(['Title', 'Photo', 'Empty', 'Beyond']);
  });

  test('a size the model does not have is refused with the sizes it has', async () => {
    const host = hostWith();
    const result = await editLayer(
      portsOf(host, new FakeModel(), 'gemini-3.1-flash-lite-image'),
      askOf(host, { size: '4K' }),
      neverAborted,
    );
    expect(failureOf(result)).toMatchObject({ kind: 'bad-option', wanted: '1K for Nano Banana 2 Lite' });
  });

  test('a refusal of the model leaves the document as it was', async () => {
    const host = hostWith();
    const refusal: Failure = { kind: 'refused', reason: 'unsafe-output', said: '' };
    const ports = portsOf(host, new FakeModel(refusal));
    expect(failureOf(await editLayer(ports, askOf(host), neverAborted))).toEqual(refusal);
    expect(await namesOf(host)).toEqual(['Title', 'Photo', 'Empty', 'Beyond']);
    const { history } = unwrap(await readHistory(host.store));
    // The layer of the next round has the number of its take, which the refused round counts in.
    unwrap(await editLayer({ ...ports, model: new FakeModel() }, askOf(host), neverAborted));
    expect(await namesOf(host)).toContain('Take 2 · Nano Banana 2.1');
    expect([...history.takes.values()]).toMatchObject([
      {
        state: 'failed',
        placed: null,
        prompt: { id: 'edit/layer' },
        provenance: null,
        failure: { kind: 'refused', title: 'The result was withheld' },
      },
    ]);
  });

  test('an answer that cannot be placed was handed over before, so that it is not lost', async () => {
    const host = hostWith();
    host.failNext('placePixels', { kind: 'host', operation: 'placing', message: 'no' });
    const kept: string[] = [];
    const ports: EditPorts = { ...portsOf(host, new FakeModel()), keepAnswer: (answer) => kept.push(answer.responseId) };
    expect(failureOf(await editLayer(ports, askOf(host), neverAborted)).kind).toBe('host');
    expect(kept).toEqual(['response-1']);
    expect(await namesOf(host)).toEqual(['Title', 'Photo', 'Empty', 'Beyond']);
  });

  test('a cancel while the model works ends as cancelled, and nothing is placed', async () => {
    const host = hostWith();
    const controller = new AbortController();
    const model = new FakeModel((request) => {
      controller.abort();
      return createPixels(request.cell.extent.width, request.cell.extent.height);
    });
    expect(failureOf(await editLayer(portsOf(host, model), askOf(host), controller.signal))).toEqual({ kind: 'cancelled' });
    expect(await namesOf(host)).toEqual(['Title', 'Photo', 'Empty', 'Beyond']);
  });
});

describe('the history', () => {
  test('that cannot be read is set aside, and the take is recorded all the same', async () => {
    const host = hostWith();
    const broken = new TextEncoder().encode('{"schema":1,"takes":[{');
    await host.store.write('history', broken);
    unwrap(await editLayer(portsOf(host, new FakeModel()), askOf(host), neverAborted));
    expect(unwrap(await readHistory(host.store)).history.takes.size).toBe(1);
    const aside = [...host.store.entries.keys()].find((key) => key.startsWith('aside/') && key.endsWith('/history')) as string;
    expect(host.store.entries.get(aside)).toEqual(broken);
  });

  test('that has no room left does not take the layer away again', async () => {
    const host = hostWith();
    host.store.limitBytes = 10;
    const outcome = unwrap(await editLayer(portsOf(host, new FakeModel()), askOf(host), neverAborted));
    expect(outcome.notes.filter((note) => note.includes('could not be kept'))).toEqual([
      expect.stringMatching(/^This take.* could not be kept with the document: .* limit is 10\./),
    ]);
    expect(await namesOf(host)).toContain('Make the jacket red');
  });
});

describe('a picture from words', () => {
  const ports = (model: FakeModel, id = 'gemini-nano-banana-2.1') => ({
    model,
    entry: findModel(id),
    clock: new FakeClock(),
    ids: new CountingIds(),
  });

  test('is asked for at the ratio and is declared as generated', async () => {
    const model = new FakeModel();
    const outcome = unwrap(await generatePicture(ports(model), { instruction: 'A lighthouse', ratio: '16:9', size: null }, neverAborted));
    expect(model.requests[0]).toMatchObject({ pictures: [], cell: { ratio: '16:9', size: '1K' }, prompt: { id: 'generate/picture' } });
    expect(outcome.provenance.digitalSourceType).toBe(digitalSourceTypes.generated);
  });

  test('at a ratio the model does not have is refused with those it has', async () => {
    const result = await generatePicture(
      ports(new FakeModel(), 'imagen-4.0-generate-001'),
      { instruction: 'x', ratio: '21:9', size: null },
      neverAborted,
    );
    expect(result).toMatchObject({ ok: false, error: { kind: 'bad-option', wanted: 'one of 1:1, 3:4, 4:3, 9:16, 16:9 for Imagen 4' } });
  });
});
