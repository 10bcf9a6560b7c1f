/** What Figma throws becomes a failure with its words, and nothing half made stays. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { PlaceNode } from '../../../figma-plugin/wire/hostCalls.ts';
import { takeNamespace } from '../../../figma-plugin/wire/takeData.ts';
import { explain } from '../../../shared/core/failure.ts';
import { answerOf, type Canvas, extent, gridOf, likeFill, open, photo, png, provenance, red, rendered } from './canvas.ts';

describe('placing', () => {
  let canvas: Canvas;
  let source: RectangleNode;
  beforeEach(() => {
    canvas = open();
    source = canvas.file.build(() => photo(canvas));
  });

  const asked = (bytes: Uint8Array = png(extent, red)) => likeFill(source, extent, bytes);

  /** The failure of a step with this take; nothing of it may stay. */
  async function failure(put: PlaceNode, of: Canvas = canvas) {
    const before = of.dump();
    const { step } = answerOf(await of.panel.ask('beginStep', { label: 'Retake' }));
    const answer = await of.panel.ask('place', { step, put });
    await of.panel.ask('endStep', { step, keep: false });
    expect(of.dump()).toEqual(before);
    if (answer.ok) throw new Error('expected a failure');
    expect(explain(answer.error).sentence).not.toMatch(/undefined|\[object/);
    return answer.error;
  }

  describe('of a picture that Figma does not take', () => {
    it('too large: says so with the limit', async () => {
      const error = await failure(asked(png({ width: 4097, height: 1 }, red)));
      expect(error).toEqual({ kind: 'too-large', name: 'make it red', got: 'larger than Figma takes', limit: '4096 × 4096 pixels' });
    });

    it('of a type that it does not read', async () => {
      expect(await failure(asked(new Uint8Array([82, 73, 70, 70, 1, 2, 3, 4])))).toMatchObject({
        kind: 'unsupported',
        name: 'make it red',
      });
    });

    it('too small', async () => {
      expect(await failure(asked(new Uint8Array(0)))).toMatchObject({ kind: 'unsupported' });
    });

    it('the second of two tiles: the first does not stay', async () => {
      const good = { png: png(extent, red), size: extent, toPage: [1, 0, 0, 1, 0, 0] as const };
      const put: PlaceNode = {
        ...rendered(source, 1, red),
        picture: { kind: 'tiles', tiles: [good, { ...good, png: new Uint8Array([1]) }] },
      };
      expect((await failure(put)).kind).toBe('unsupported');
    });

    it('a picture of 1 × 1 is placed', async () => {
      const one = { width: 1, height: 1 };
      const { id } = await canvas.panel.place(likeFill(source, one, png(one, red)));
      expect(canvas.node(id).type).toBe('RECTANGLE');
    });
  });

  it('of no picture at all', async () => {
    expect(await failure({ ...asked(), picture: { kind: 'tiles', tiles: [] } })).toMatchObject({ kind: 'empty-layer' });
  });

  describe('of what would not fit into the file', () => {
    it('a story too long: refused before anything is made', async () => {
      const story = 'é'.repeat(60_000);
      const error = await failure({ ...asked(), data: { story, grid: JSON.stringify(gridOf(extent, [1, 0, 0, 1, 0, 0])), provenance } });
      expect(error).toMatchObject({ kind: 'store-full', bytes: 120_000 });
      expect(error.kind === 'store-full' && error.limitBytes < 100_000).toBe(true);
    });

    it('a story just below: kept to the letter, also in a further fill', async () => {
      const story = '🦊'.repeat(24_950);
      for (const at of ['above', 'fill'] as const) {
        const { id } = await canvas.panel.place({ ...asked(), at, data: { ...asked().data, story } });
        const [node, hash] = id.split('#');
        expect(canvas.node(node).getSharedPluginData(takeNamespace, hash ? `story-${hash}` : 'story')).toBe(story);
      }
    });

    it('a provenance too long: its longest texts are shortened, and it stays JSON', async () => {
      const long = JSON.stringify({ ...JSON.parse(provenance), instruction: 'ß 🦊 '.repeat(30_000) });
      const { id } = await canvas.panel.place({ ...asked(), data: { ...asked().data, provenance: long } });
      const kept = canvas.node(id).getSharedPluginData(takeNamespace, 'provenance');
      expect(new TextEncoder().encode(kept).length).toBeLessThan(100_000);
      expect(JSON.parse(kept)).toMatchObject({ model: 'offline', schema: 1 });
    });

    it('a damaged grid', async () => {
      expect(await failure({ ...asked(), data: { story: '', grid: '{', provenance } })).toMatchObject({ kind: 'corrupt' });
    });
  });

  it('keeps a story, a grid and where it came from, and never a key', async () => {
    const key = `AIza${'Sy0'.repeat(12)}`;
    const put = asked();
    const { id } = await canvas.panel.place({
      ...put,
      name: `use ${key}`,
      data: { ...put.data, story: `{"text":"${key}"}`, provenance: JSON.stringify({ instruction: key, model: 'm', at: '2026-01-02' }) },
    });
    const node = canvas.dump(canvas.node(id));
    expect(Object.keys(node.data).sort()).toEqual(
      expect.arrayContaining(['shared/retake/grid', 'shared/retake/provenance', 'shared/retake/story']),
    );
    expect(JSON.stringify(node.data)).not.toContain(key);
    expect(JSON.stringify(node.data)).not.toContain('iVBOR');
  });

  it('gives buttons that go on from the take and tell how it was made, whatever the length of the instruction', async () => {
    const { id } = await canvas.panel.place({ ...asked(), name: 'long '.repeat(500) });
    const buttons = canvas.file.relaunchButtons(id);
    expect(Object.keys(buttons).sort()).toEqual(['explain', 'refine']);
    expect(buttons.explain).toBe('Made by offline on 2026-01-02');
    expect([...buttons.refine].length).toBeLessThanOrEqual(1000);
  });

  it('says in a file that is open for viewing only that it cannot be changed', async () => {
    const viewed = open({ access: 'view' });
    const node = viewed.file.build(() => photo(viewed));
    const before = viewed.dump();
    const begun = await viewed.panel.ask('beginStep', { label: 'Retake' });
    const { step } = begun.ok ? begun.value : { step: 0 };
    const answer = await viewed.panel.ask('place', { step, put: likeFill(node, extent, png(extent, red)) });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'host' } });
    await viewed.panel.ask('endStep', { step, keep: false });
    const { picture, data, placeholder, ...where } = likeFill(node, extent, png(extent, red));
    const held = await viewed.panel.ask('addPlaceholder', { ...where, size: extent, toPage: [1, 0, 0, 1, 0, 0] });
    expect(held).toMatchObject({ ok: false, error: { kind: 'host' } });
    expect(viewed.dump()).toEqual(before);
    expect(viewed.file.plugin.uncaught).toEqual([]);
  });

  it('says in Dev Mode where it can be done', async () => {
    const dev = open({ editorType: 'dev' });
    const answer = await dev.panel.ask('beginStep', { label: 'Retake' });
    expect(answer).toEqual({
      ok: false,
      error: {
        kind: 'host',
        operation: 'place the take',
        message: 'Dev Mode shows the file but does not change it; switch to the design editor',
      },
    });
  });

  it('answers after the plug-in was closed', async () => {
    const { step } = answerOf(await canvas.panel.ask('beginStep', { label: 'Retake' }));
    const before = canvas.dump();
    const placing = canvas.panel.ask('place', { step, put: asked() });
    canvas.file.plugin.close();
    expect(await placing).toMatchObject({ ok: false });
    expect(canvas.dump()).toEqual(before);
    expect(canvas.file.plugin.uncaught).toEqual([]);
  });

  it('works in a plug-in without an identifier: the data is shared', async () => {
    const anonymous = open({ pluginId: null });
    const node = anonymous.file.build(() => photo(anonymous));
    const { id } = await anonymous.panel.place(likeFill(node, extent, png(extent, red)));
    expect(anonymous.node(id).getSharedPluginData(takeNamespace, 'story')).not.toBe('');
  });

  it('goes on in the next step after one that failed', async () => {
    await failure(asked(new Uint8Array(0)));
    const { id } = await canvas.panel.place(asked());
    expect(canvas.orderOn(source, canvas.node(id))).toBe('right above');
  });

  it('places a take whose picture came back in another size of the same ratio like its source', async () => {
    const { id } = await canvas.panel.place(asked(png({ width: 16, height: 12 }, red)));
    expect((canvas.node<RectangleNode>(id).fills as ImagePaint[])[0].scaleMode).toBe('FILL');
  });

  it('stretches a picture of another ratio over the place of the old one', async () => {
    const { id } = await canvas.panel.place(asked(png({ width: 12, height: 12 }, red)));
    const [paint] = canvas.node<RectangleNode>(id).fills as ImagePaint[];
    expect(paint.scaleMode).toBe('CROP');
    paint.imageTransform!.flat().forEach((number, i) => {
      expect(number).toBeCloseTo([1, 0, 0, 0, 1, 0][i], 9);
    });
  });
});
