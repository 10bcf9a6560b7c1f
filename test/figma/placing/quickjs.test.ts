/** The same code in the engine that Figma runs it in, with nothing but Figma's globals and its messages. */
import { afterEach, describe, expect, it } from 'vitest';
import { readPaintRef } from '../../../figma-plugin/wire/takeData.ts';
import { createFigmaFile } from '../simulator/index.ts';
import { bundleForSandbox } from '../vm/bundle.ts';
import { type Sandbox, startSandbox } from '../vm/sandbox.ts';
import { extent, likeFill, photo, png, red } from './canvas.ts';

const entry = `
import { placeCalls } from './figma-plugin/sandbox/placing/placeCalls.ts';
import { createUndoEdge } from './figma-plugin/sandbox/undoEdge.ts';
import { neverAborted } from './shared/core/abort.ts';
figma.showUI('<p></p>');
const calls = placeCalls(figma, createUndoEdge(figma));
figma.ui.onmessage = async ({ what, ask }) => figma.ui.postMessage((await calls[what](ask, neverAborted)).answer);
`;

let sandbox: Sandbox | null = null;
afterEach(() => sandbox?.dispose());

describe('placing in QuickJS', () => {
  it('puts takes above, beside, as a fill and in the flow, and takes them back', async () => {
    const file = createFigmaFile();
    const user = file.build((hands) => hands);
    const { source, inside, laidOut } = file.build(() => {
      const component = user.createComponent();
      component.clipsContent = true;
      component.resize(50, 50);
      photo({ user }, component);
      const grid = user.createFrame();
      grid.layoutMode = 'GRID';
      grid.gridColumnCount = 2;
      return { laidOut: photo({ user }, grid), source: photo({ user }), inside: component.createInstance().children[0] as RectangleNode };
    });
    const { figma, ui } = file.user.run({ command: 'open' });
    sandbox = await startSandbox({ code: await bundleForSandbox(entry), figma, html: '', allowedDomains: [], watchesRejections: true });
    const ask = <T>(what: string, payload: unknown): Promise<T> =>
      new Promise((resolve, reject) => {
        ui.onReceived = (answer) => {
          const { ok, value, error } = answer as { ok: boolean; value: T; error: unknown };
          if (ok) resolve(value);
          else reject(new Error(JSON.stringify(error)));
        };
        ui.send({ what, ask: payload });
      });
    ui.ready();
    const before = file.tree();
    const ids: string[] = [];
    const { step } = await ask<{ step: number }>('beginStep', { label: 'Retake' });
    for (const [node, at] of [
      [source, 'above'],
      [source, 'beside'],
      [source, 'fill'],
      [inside, 'above'],
      [laidOut, 'flow'],
    ] as const) {
      ids.push((await ask<{ id: string }>('place', { step, put: likeFill(node, extent, png(extent, red), { at }) })).id);
    }
    await ask('endStep', { step, keep: true });
    expect(ids.map((id) => readPaintRef(id)?.node ?? file.tree(id).type)).toEqual([
      'RECTANGLE',
      'RECTANGLE',
      source.id,
      'FRAME',
      'RECTANGLE',
    ]);
    expect(laidOut.parent?.children.map(({ id }) => id)).toEqual([laidOut.id, ids[4]]);
    await ask('undo', null);
    expect(file.tree()).toEqual(before);
    expect(sandbox.troubles).toEqual([]);
  });
});
