/** The panel's takes on a Figma file: the strip and the tree, comparing, explaining, discarding and restoring, going on, placing again. */
import { encode } from 'fast-png';
import { expect, test, vi } from 'vitest';
import { pinnedRuns } from '../../../figma-plugin/ui/pinnedRuns.ts';
import { editLayer } from '../../../shared/core/edit/editLayer.ts';
import { placeKept } from '../../../shared/core/edit/placeKept.ts';
import { readHistory } from '../../../shared/core/history/readHistory.ts';
import { err, ok } from '../../../shared/core/result.ts';
import { createOffline } from '../../../shared/models/offline/offlineModel.ts';
import { createPanelController, type PanelController } from '../../../shared/panel/controller.ts';
import { takeFiles } from '../../../shared/takeFiles/takeFiles.ts';
import { nodeClock, nodeIds } from '../../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { patternPixels } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { MemorySettings } from '../../page/panelBench.ts';
import { createFigmaFile } from '../simulator/index.ts';
import { startPlugin } from '../stores/runtime.ts';

async function openPanel() {
  const file = createFigmaFile();
  const { width, height, data } = patternPixels(96, 72, 3);
  const imageHash = file.addImage(encode({ width, height, data: new Uint8Array(data), channels: 4 }));
  const photo = file.build((figma) => {
    const node = figma.createRectangle();
    node.name = 'Photo';
    node.resize(96, 72);
    node.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash }];
    return node.id;
  });
  const plugin = startPlugin(file.user);
  const { host } = plugin;
  const store = plugin.store();
  const codec = createNodeCodec();
  let addresses = 0;
  const panel: PanelController = createPanelController({
    settings: new MemorySettings(),
    clock: nodeClock,
    ids: nodeIds,
    codec,
    ...pinnedRuns(host, { editLayer, placeKept }),
    chooseModel: () => ok(createOffline({ codec, clock: nodeClock })),
    testKey: async () => err({ kind: 'no-key', model: 'none' }),
    thumbnail: (pixels) => `${pixels.width} × ${pixels.height}`,
    pictureAddress: (bytes) => `${bytes.length} bytes, ${++addresses}`,
    releaseAddress: () => {},
    takeFiles: takeFiles({ codec, clock: nodeClock }),
    environmentKey: null,
    offlineVocabulary: [],
    service: 'Google',
    hostActions: {
      can: { toggle: true, undo: true, drawRegion: false, chooseFile: false, chooseLayer: false, copyTakes: false },
      setVisible: () => {},
      select: () => {},
      handOver: () => {},
      undo: () => {},
      clearRegion: () => {},
      drawRegion: () => {},
      chooseFile: () => {},
      chooseLayer: () => {},
      thumbnailOf: async () => null,
    },
  });
  await panel.load();
  file.user.select(photo);
  await file.settled();
  panel.attach({ host, store });
  await panel.subjectRead();
  return { file, panel, plugin, store };
}

const until = <T>(what: () => T, matches: (value: T) => boolean): Promise<T> =>
  vi.waitFor(
    () => {
      const value = what();
      if (!matches(value)) throw new Error(`still ${JSON.stringify(value)?.slice(0, 400)}`);
      return value;
    },
    { timeout: 60_000, interval: 5 },
  );

async function edit(panel: PanelController, instruction: string): Promise<void> {
  const before = panel.state().takes.rows.length;
  panel.actions.setInstruction(instruction);
  panel.actions.send();
  await until(
    () => [panel.state().run.kind, panel.state().takes.rows.length] as const,
    ([run, count]) => run === 'idle' && count > before,
  );
}

test('they are listed, compared, explained, discarded, restored, gone on from and placed again', async () => {
  const { file, panel, plugin, store } = await openPanel();
  const { takes } = panel.actions;
  const shown = () => panel.state().takes;
  const titles = (): readonly string[] => shown().rows.map(({ title }) => title);
  await edit(panel, 'make it red');
  await edit(panel, 'now blue');
  expect(titles()).toEqual(['now blue', 'make it red']);
  const [blue, red] = shown().rows.map(({ id }) => id);
  expect(shown().rows.map(({ parentId, depth }) => [parentId, depth])).toEqual([
    [red, 2],
    [null, 1],
  ]);

  for (const other of [red, null]) {
    takes.compare(blue, other);
    const compared = await until(
      () => shown().compared,
      (now) => now?.left.id === other && now.left.picture !== null && now.right.picture !== null && now.finding !== '',
    );
    expect(compared).toMatchObject({ trouble: null, extent: { width: 96, height: 72 }, right: { id: blue } });
    expect(compared?.finding).not.toMatch(/^0 %/);
  }
  takes.stopComparing();
  takes.explain(blue);
  const explained = await until(
    () => shown().explained?.shown,
    (now) => now !== undefined && now.kind !== 'making',
  );
  expect(explained).toMatchObject({ kind: 'compared', findings: { changedPixelsOutside: 0 } });
  takes.stopExplaining();

  takes.discard(blue);
  await until(titles, (now) => now.join() === 'make it red');
  takes.setFilter('discarded');
  await until(titles, (now) => now.join() === 'now blue');
  takes.restore(blue);
  takes.setFilter('all');
  await until(titles, (now) => now.join() === 'now blue,make it red');

  takes.startFrom(red);
  await until(
    () => shown().next.take?.id,
    (now) => now === red,
  );
  await edit(panel, 'now green');
  expect(shown().rows.map(({ title, parentId }) => [title, parentId])).toEqual([
    ['now green', red],
    ['now blue', red],
    ['make it red', null],
  ]);
  expect(shown().laneCount).toBe(2);

  const layerOf = async (id: string): Promise<string> => {
    const layer = valueIn(await readHistory(store)).history.takes.get(id)?.placed?.layer;
    if (layer === undefined) throw new Error(`${id} is not placed`);
    return layer;
  };
  const old = await layerOf(blue);
  file.user.remove(old);
  takes.focusTake(blue);
  await until(
    () => {
      plugin.time.pass(200);
      return shown().focused;
    },
    (now) => now?.id === blue && now.layer === 'gone' && now.can.placeAgain,
  );
  takes.placeAgain(blue);
  await until(
    () => shown().focused,
    (now) => now?.id === blue && now.layer === 'shown',
  );
  const again = await layerOf(blue);
  expect([file.exists(old), file.exists(again)]).toEqual([false, true]);
  // All of it lies in the file: whoever opens it next has the same.
  const next = valueIn(await readHistory(plugin.store())).history;
  expect([...next.takes.values()].map(({ instruction, state }) => [instruction, state]).sort()).toEqual([
    ['make it red', 'done'],
    ['now blue', 'done'],
    ['now green', 'done'],
  ]);
});
