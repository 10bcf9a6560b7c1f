import { afterEach, describe, expect, test, vi } from 'vitest';
import { createFigmaFile, type FigmaFile } from '../simulator/index.ts';
import { loadEngine, type Sandbox, startSandbox } from './sandbox.ts';

let sandbox: Sandbox | null = null;
afterEach(() => {
  sandbox?.dispose();
  sandbox = null;
});

/** Runs a plug-in's script on the file, in place of the run that is there. */
async function run(file: FigmaFile, code: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<Sandbox> {
  // The run is told of in Figma's next event, which the script must be there for.
  await loadEngine();
  const { figma } = file.user.run({ command: 'open', parameters });
  sandbox = await startSandbox({ code, figma, html: '<p>panel</p>', allowedDomains: [], watchesRejections: true });
  return sandbox;
}
const said = async (file: FigmaFile, { console }: Sandbox, count: number): Promise<readonly string[]> => {
  await vi.waitFor(() => expect(console.length).toBeGreaterThanOrEqual(count), { timeout: 75_000 });
  await file.settled();
  return console.map(({ text }) => text);
};

describe('the simulated Figma, from within QuickJS', () => {
  test('has nodes that stay the same, whose copies of data are frozen and new at each reading', async () => {
    const file = createFigmaFile();
    const plugin = await run(
      file,
      `(async () => {
         const made = figma.createRectangle();
         made.name = 'made here';
         figma.currentPage.selection = [made];
         const again = await figma.getNodeByIdAsync(made.id);
         console.log(again === made, figma.currentPage.selection[0] === made, made.parent === figma.currentPage, 'children' in made);
         console.log(made.fills === made.fills, Object.isFrozen(made.fills), Object.isFrozen(made.fills[0]));
         made.topLeftRadius = 4;
         console.log(made.cornerRadius === figma.mixed, typeof figma.mixed);
       })();`,
    );
    expect(await said(file, plugin, 3)).toEqual(['true true true false', 'false true true', 'true symbol']);
    expect(file.tree('0:1').children.map(({ name }) => name)).toContain('made here');
    expect(plugin.troubles).toEqual([]);
  });

  test('throws in Figma’s words, for the script to catch', async () => {
    const file = createFigmaFile();
    const plugin = await run(
      file,
      `const trying = (what) => { try { what(); console.log('nothing thrown'); } catch (error) { console.log(error.message); } };
       const node = figma.createRectangle();
       trying(() => figma.getNodeById('1:2'));
       trying(() => figma.createImage(new Uint8Array([1, 2, 3])));
       trying(() => { node.mine = 1; });
       trying(() => node.setPluginData('key', 'x'.repeat(100001)));
       trying(() => figma.ui.postMessage({ bytes: new ArrayBuffer(2) }));
       figma.showUI(__html__);
       trying(() => figma.ui.postMessage({ bytes: new ArrayBuffer(2) }));
       trying(() => figma.ui.postMessage({ node }));`,
    );
    const words = await said(file, plugin, 7);
    expect(words.slice(0, 4)).toEqual([
      'in getNodeById: Cannot call with documentAccess: dynamic-page. Use figma.getNodeByIdAsync instead.',
      expect.stringContaining('in createImage: Image'),
      expect.stringContaining('object is not extensible'),
      'in setPluginData: This pluginData entry exceeds 100 kB per entry limit.',
    ]);
    expect(words[5]).toContain('ArrayBuffer');
    expect(words[6]).not.toBe('nothing thrown');
  });

  test('tells of the run, of messages with bytes, and takes suggestions', async () => {
    const file = createFigmaFile();
    const plugin = await run(
      file,
      `figma.showUI(__html__, { visible: false });
       figma.on('run', ({ command, parameters }) => console.log(command, parameters.instruction));
       figma.parameters.on('input', ({ query, result }) => result.setSuggestions([query, { name: 'other', data: { of: query } }]));
       figma.ui.onmessage = (message, { origin }) => {
         console.log(origin, message.bytes instanceof Uint8Array, message.bytes.join());
         figma.ui.postMessage({ back: message.bytes.subarray(1) });
       };`,
      { instruction: 'make it blue' },
    );
    expect(await said(file, plugin, 1)).toEqual(['open make it blue']);
    const { ui } = file.plugin;
    ui.ready();
    ui.send({ bytes: new Uint8Array([1, 2]) });
    expect(await said(file, plugin, 2)).toContain('null true 1,2');
    await file.settled();
    expect(ui.received).toEqual([{ back: new Uint8Array([2]) }]);
    const answer = file.plugin.ask('instruction', 'red');
    await file.settled();
    expect(answer.suggestions).toEqual(['red', { name: 'other', data: { of: 'red' } }]);
  });

  test('is over once closed, while the script runs on', async () => {
    const file = createFigmaFile();
    const plugin = await run(
      file,
      `figma.on('close', () => console.log('closing'));
       figma.closePlugin();
       try { figma.createRectangle(); console.log('went through'); } catch (error) { console.log('refused'); }`,
    );
    expect(await said(file, plugin, 2)).toEqual(['closing', 'refused']);
  });
});
