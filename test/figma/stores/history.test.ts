/** The history of a Figma file as the panel opens and follows it: edits, broken-off runs, colleagues, duplicates and pasted layers. */
import { setImmediate } from 'node:timers/promises';
import { encode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FigmaHistory, openFigmaHistory } from '../../../figma-plugin/ui/store/figmaHistory.ts';
import { type AbortSignal, neverAborted } from '../../../shared/core/abort.ts';
import { editLayer } from '../../../shared/core/edit/editLayer.ts';
import { placeKept } from '../../../shared/core/edit/placeKept.ts';
import { keepTake } from '../../../shared/core/history/keepTake.ts';
import { readHistory } from '../../../shared/core/history/readHistory.ts';
import { tellStory } from '../../../shared/core/history/story.ts';
import { emptyHistory, type History, type Take } from '../../../shared/core/history/take.ts';
import { findModel } from '../../../shared/core/models/registry.ts';
import type { Clock, DocumentStore } from '../../../shared/core/ports.ts';
import { createOffline } from '../../../shared/models/offline/offlineModel.ts';
import { nodeClock, nodeIds } from '../../../standalone/command/nodeClock.ts';
import { createNodeCodec } from '../../../standalone/command/nodeCodec.ts';
import { Died, lifeOf } from '../../contracts/historyContract.ts';
import { patternPixels } from '../../contracts/memoryHost.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { makeTake } from '../../history/makeTake.ts';
import { createFigmaFile, type FigmaFile, type SimPerson } from '../simulator/index.ts';
import { ourTexts, type PluginSetup, type Runtime, type Step, startPlugin } from './runtime.ts';

const codec = createNodeCodec();
const minute = 60_000;

/** Time that a test lets pass; who sleeps is woken when his time has come. */
class TestClock implements Clock {
  private time = Date.UTC(2026, 10, 28, 12);
  private readonly sleeping = new Set<{ readonly until: number; wake(hasPassed: boolean): void }>();
  now(): number {
    return this.time;
  }
  sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((wake) => {
      const sleeper = { until: this.time + ms, wake };
      this.sleeping.add(sleeper);
      signal.addEventListener('abort', () => {
        this.sleeping.delete(sleeper);
        wake(false);
      });
    });
  }
  pass(ms: number): void {
    this.time += ms;
    for (const sleeper of [...this.sleeping]) {
      if (sleeper.until > this.time) continue;
      this.sleeping.delete(sleeper);
      sleeper.wake(true);
    }
  }
}

let file: FigmaFile;
let clock: TestClock;
let photo: string;
let opened: FigmaHistory[];
let plugins: Runtime[];
beforeEach(() => {
  file = createFigmaFile();
  clock = new TestClock();
  photo = withPhoto(file);
  opened = [];
  plugins = [];
});
afterEach(() => {
  for (const history of opened) history.close();
});

function start(person: SimPerson, setup?: PluginSetup): Runtime {
  const plugin = startPlugin(person, setup);
  plugins.push(plugin);
  return plugin;
}

/** Until all that was woken has ended, or sleeps again. */
async function rest(): Promise<void> {
  do {
    await file.settled();
    await setImmediate();
  } while (plugins.some((plugin) => plugin.isWaiting()));
}

async function pass(ms: number): Promise<void> {
  clock.pass(ms);
  await rest();
}

/** What has changed on the canvas is told of, and looked at. */
async function seeCanvas({ time }: Runtime): Promise<void> {
  await rest();
  time.pass(150);
  await rest();
  await pass(1_000);
}

function withPhoto(each: FigmaFile): string {
  const { width, height, data } = patternPixels(96, 72, 3);
  const imageHash = each.addImage(encode({ width, height, data: new Uint8Array(data), channels: 4 }));
  return each.build((figma) => {
    const node = figma.createRectangle();
    node.name = 'photo';
    node.resize(96, 72);
    node.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash }];
    return node.id;
  });
}

interface Opened extends FigmaHistory {
  /** Times that the panel was told to read again. */
  told(): number;
}

async function open({ host, line, settings, codec }: Runtime): Promise<Opened> {
  let told = 0;
  const history = valueIn(await openFigmaHistory({ host, line, settings, ids: nodeIds, codec, clock }, () => told++));
  opened.push(history);
  return { ...history, told: () => told };
}

const historyIn = async (store: DocumentStore): Promise<History> => valueIn(await readHistory(store)).history;

/** An edit through all of it, by the model of this machine. */
async function edit(plugin: Runtime, store: DocumentStore): Promise<Take> {
  plugin.person.select(photo);
  await file.settled();
  const ask = { of: photo, region: null, instruction: 'make it darker', references: [], size: null, thinking: null };
  const model = createOffline({ codec, clock: nodeClock });
  const ports = { entry: findModel('offline'), clock: nodeClock, ids: nodeIds, codec, host: plugin.host, model, store };
  return valueIn(await editLayer(ports, ask, neverAborted)).take;
}

describe('an edit in Figma', () => {
  it('is found by whoever opens the file later, with its pictures, and can be placed again', async () => {
    const plugin = start(file.user);
    const { store } = await open(plugin);
    const take = await edit(plugin, store);
    expect(file.exists(take.placed?.layer ?? '')).toBe(true);
    file.reopen();
    const bob = start(file.join('bob'));
    const theirs = await open(bob);
    expect(theirs.notes).toEqual([]);
    const found = (await historyIn(theirs.store)).takes.get(take.id);
    expect(found).toEqual(take);
    for (const picture of [take.pictures.answer, take.pictures.thumbnail])
      expect(valueIn(await theirs.store.blobs.read(picture?.hash ?? ''))?.length).toBe(picture?.byteLength);
    file.user.remove(take.placed?.layer ?? '');
    bob.person.select(photo);
    await file.settled();
    const again = valueIn(
      await placeKept({ host: bob.host, clock: nodeClock, codec, store: theirs.store, ids: nodeIds }, { take: take.id }, neverAborted),
    );
    expect(file.exists(again.layer)).toBe(true);
  });

  it('is one undo: the layer goes, its answer stays, and redo brings all of it back', async () => {
    const plugin = start(file.user);
    const { store } = await open(plugin);
    const take = await edit(plugin, store);
    plugin.time.pass(500);
    file.user.undo();
    expect(file.exists(take.placed?.layer ?? '')).toBe(false);
    const bob = await open(start(file.join('bob')));
    expect((await historyIn(bob.store)).takes.get(take.id)?.state).toBe('answered');
    file.user.redo();
    expect(file.exists(take.placed?.layer ?? '')).toBe(true);
    expect((await historyIn(bob.store)).takes.get(take.id)?.state).toBe('done');
  });

  it('that is killed after any one of its writes is found, and its answer placed', async () => {
    for (let steps = 1; ; steps++) {
      file = createFigmaFile();
      photo = withPhoto(file);
      let [isDead, ended] = [false, false];
      const { step } = lifeOf(steps, 'after');
      const dying: Step = async (work) => {
        try {
          return await step(work);
        } catch (cause) {
          isDead = cause instanceof Died;
          throw cause;
        }
      };
      const killed = start(file.user, { step: dying });
      const store = killed.store(await machineOf(killed));
      // Once it is dead, all else that it does fails, and reaches nobody.
      await edit(killed, store).then(
        () => {
          ended = !isDead;
        },
        () => {},
      );
      file.reopen();
      const plugin = start(file.user);
      const later = await open(plugin);
      const takes = [...(await historyIn(later.store)).takes.values()];
      if (ended) {
        expect(steps).toBeGreaterThan(4);
        expect(takes.map(({ state }) => state)).toEqual(['done']);
        return;
      }
      expect(takes.length, `killed after ${steps}`).toBe(1);
      expect(['failed', 'answered', 'done']).toContain(takes[0].state);
      if (takes[0].state === 'failed') expect(later.notes.join()).toContain('broken off before its answer');
      if (takes[0].state !== 'answered') continue;
      plugin.person.select(photo);
      await file.settled();
      const placed = valueIn(
        await placeKept(
          { host: plugin.host, clock: nodeClock, codec, store: later.store, ids: nodeIds },
          { take: takes[0].id },
          neverAborted,
        ),
      );
      expect(file.exists(placed.layer)).toBe(true);
    }
  }, 300_000);
});

/** Of this person's machine, as the plug-in names it in its settings. */
async function machineOf(plugin: Runtime): Promise<string> {
  valueIn(await plugin.settings.set('history.machine', '0a0a0a0a'));
  return '0a0a0a0a';
}

describe('a round that is pending', () => {
  const pending = (more: Partial<Take> = {}): Take => ({
    ...makeTake('one', { state: 'pending', placed: null, at: clock.now(), ...more }),
    provenance: null,
  });
  const stateOf = async (history: FigmaHistory): Promise<string | undefined> => (await historyIn(history.store)).takes.get('one')?.state;

  it('of a sitting of this machine that has ended is over', async () => {
    const first = await open(start(file.user));
    valueIn(await keepTake(first.store, pending()));
    first.close();
    await pass(4 * minute);
    const later = await open(start(file.user));
    expect(await stateOf(later)).toBe('failed');
    expect(later.notes.join()).toContain('was broken off before its answer arrived');
  });

  it('of a panel that is closed in the middle of it and opened at once is over after a while', async () => {
    const first = await open(start(file.user));
    await pass(0);
    valueIn(await keepTake(first.store, pending()));
    first.close();
    await pass(4_000);
    const later = await open(start(file.user));
    expect(await stateOf(later)).toBe('pending');
    for (let i = 0; i < 8; i++) await pass(minute / 2);
    expect(await stateOf(later)).toBe('failed');
    expect(later.told()).toBe(1);
  });

  it('of a sitting of this machine that goes on in another window is not', async () => {
    const first = await open(start(file.user));
    await pass(0);
    valueIn(await keepTake(first.store, pending()));
    await pass(minute);
    // The same machine: its settings are those of the first window.
    const other = start(file.join('in another window'));
    for (const key of ['history.machine', 'history.sittings'])
      await other.settings.set(
        key,
        valueIn(
          await file.user.plugin.figma.clientStorage.getAsync(`retake.${key}`).then((value) => ({ ok: true, value }) as const),
        ) as string,
      );
    const second = await open(other);
    expect(await stateOf(second)).toBe('pending');
    expect(second.notes).toEqual([]);
    // It ends as its own sitting says.
    valueIn(await keepTake(first.store, makeTake('one')));
    expect(await stateOf(second)).toBe('done');
  });

  it.each([
    ['is left alone while it is younger than an hour', 59, 'pending'],
    ['is over when it is older', 61, 'failed'],
  ])('of a colleague %s', async (_, minutes, state) => {
    const ann = await open(start(file.join('ann')));
    valueIn(await keepTake(ann.store, pending()));
    ann.close();
    await pass(minutes * minute);
    const bob = await open(start(file.join('bob')));
    expect(await stateOf(bob)).toBe(state);
  });

  it('keeps its paid answer where the picture came to be written and its entry did not', async () => {
    const first = await open(start(file.user));
    valueIn(await keepTake(first.store, pending()));
    const answer = valueIn(await codec.encode(patternPixels(64, 48), { type: 'image/png' }, neverAborted));
    valueIn(await first.store.blobs.write(answer));
    first.close();
    await pass(4 * minute);
    const later = await open(start(file.user));
    expect(later.hasRecovered).toBe(true);
    expect(await stateOf(later)).toBe('answered');
  });

  it('of a colleague keeps a picture that may be its own from being given to another’s', async () => {
    const ann = await open(start(file.join('ann')));
    valueIn(await keepTake(ann.store, { ...pending(), id: 'theirs' }));
    valueIn(await ann.store.blobs.write(valueIn(await codec.encode(patternPixels(64, 48), { type: 'image/png' }, neverAborted))));
    const first = await open(start(file.user));
    valueIn(await keepTake(first.store, pending()));
    first.close();
    await pass(4 * minute);
    const later = await open(start(file.user));
    expect(await stateOf(later)).toBe('failed');
    expect((await historyIn(later.store)).takes.get('theirs')?.state).toBe('pending');
    expect(later.hasRecovered).toBe(false);
  });
});

describe('while the panel is open', () => {
  it('a colleague’s take is told of soon, with one small message at a time until then', async () => {
    const plugin = start(file.user);
    const mine = await open(plugin);
    await pass(0);
    const before = plugin.sent.length;
    for (let i = 0; i < 5; i++) await pass(4_000);
    expect(mine.told()).toBe(0);
    expect(plugin.sent.slice(before).every((what) => ['readTexts', 'getSetting', 'setSetting'].includes(what))).toBe(true);
    expect(plugin.sent.slice(before).filter((what) => what === 'readTexts').length).toBe(5);
    const bob = await open(start(file.join('bob')));
    valueIn(await keepTake(bob.store, makeTake('of bob')));
    await pass(4_000);
    expect(mine.told()).toBe(1);
    expect((await historyIn(mine.store)).takes.has('of bob')).toBe(true);
    mine.close();
    const closed = plugin.sent.length;
    await pass(minute);
    expect(plugin.sent.length).toBe(closed);
  });

  it('a layer that is duplicated is one more layer of its take', async () => {
    const plugin = start(file.user);
    const mine = await open(plugin);
    const take = await edit(plugin, mine.store);
    const copy = file.build((figma) => (figma.root.findOne(({ id }) => id === take.placed?.layer) as RectangleNode).clone().id);
    await seeCanvas(plugin);
    expect((await historyIn(mine.store)).marks.get(take.id)?.layers).toEqual([copy]);
    expect(mine.told()).toBeGreaterThan(0);
  });

  it('a layer that a run has just placed is left to the run to tell of', async () => {
    const plugin = start(file.user);
    const mine = await open(plugin);
    const answered = makeTake('from elsewhere', { state: 'answered', placed: null });
    valueIn(await keepTake(mine.store, answered));
    const node = paste(file);
    await seeCanvas(plugin);
    expect((await historyIn(mine.store)).takes.get('from elsewhere')).toEqual(answered);
    const done = { ...answered, state: 'done' as const, placed: { layer: node, bounds: answered.source.bounds }, tookMs: 7 };
    valueIn(await keepTake(mine.store, done));
    expect((await historyIn(mine.store)).takes.get('from elsewhere')).toEqual(done);
  });

  it('a layer that is pasted from another file brings its story', async () => {
    const plugin = start(file.user);
    const mine = await open(plugin);
    paste(file);
    await seeCanvas(plugin);
    expect([...(await historyIn(mine.store)).takes.keys()].sort()).toEqual(['from elsewhere', 'its parent']);
  });
});

describe('when a file is opened', () => {
  it('a layer that was pasted meanwhile is understood', async () => {
    const node = paste(file);
    const later = await open(start(file.user));
    const { takes } = await historyIn(later.store);
    expect(takes.get('from elsewhere')).toMatchObject({ state: 'done', parent: 'its parent', placed: { layer: node } });
    expect(takes.get('its parent')).toMatchObject({ placed: null });
  });
});

describe('a page with many layers', () => {
  it('is opened without a message for each of them', async () => {
    file.build((figma) => {
      for (let i = 0; i < 200; i++) figma.createRectangle().name = `layer ${i}`;
    });
    const plugin = start(file.user);
    await open(plugin);
    expect(plugin.sent.length).toBeLessThan(15);
  });
});

describe('a file that is only looked at', () => {
  it('shows its takes, though what was pasted meanwhile cannot be noted', async () => {
    const view = createFigmaFile({ access: 'view' });
    const writer = start(file.user);
    const mine = await open(writer);
    valueIn(await keepTake(mine.store, makeTake('one')));
    view.build((figma) => copyShelves(figma, file));
    withPhoto(view);
    paste(view);
    const looked = await open(start(view.user));
    expect((await historyIn(looked.store)).takes.has('one')).toBe(true);
    expect(looked.notes.length).toBe(1);
  });
});

/** The texts of another file's history, on a node of this one. */
function copyShelves(figma: PluginAPI, from: FigmaFile): void {
  const shelf = figma.createRectangle();
  for (const { key, text } of ourTexts(from)) if (/^[ebx]\//.test(key)) shelf.setSharedPluginData('retake', key, text);
  shelf.setSharedPluginData('retake', 'shelf', 'copied');
}

/** A take's layer, as Figma pastes it: the node with its plug-in data. */
function paste(into: FigmaFile): string {
  const parent = makeTake('its parent');
  const before: History = { ...emptyHistory, takes: new Map([[parent.id, parent]]) };
  const story = tellStory(before, makeTake('from elsewhere', { parent: parent.id, order: 2 }));
  return into.build((figma) => {
    const node = (figma.currentPage.findOne(({ name }) => name === 'photo') as RectangleNode).clone();
    const grid = {
      schema: 1,
      as: 'image',
      sources: [],
      extent: { width: 96, height: 72 },
      toPage: [1, 0, 0, 1, 0, 0],
      toNode: [1, 0, 0, 1, 0, 0],
      own: null,
    };
    node.setSharedPluginData('retake', 'story', story);
    node.setSharedPluginData('retake', 'grid', JSON.stringify(grid));
    return node.id;
  });
}
