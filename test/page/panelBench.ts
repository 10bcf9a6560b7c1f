/** The panel's controller on a host in memory, with a scripted model: what its tests begin with. */
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import type { LayOver } from '../../shared/core/edit/layOver.ts';
import { placeKept } from '../../shared/core/edit/placeKept.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { ImageModel } from '../../shared/core/model.ts';
import type { ModelEntry } from '../../shared/core/models/registry.ts';
import type { Clock, PictureCodec, Settings } from '../../shared/core/ports.ts';
import { err, ok } from '../../shared/core/result.ts';
import { createPanelController, type PanelController } from '../../shared/panel/controller.ts';
import type { HostActions, Network, SelectionActions } from '../../shared/panel/ports.ts';
import type { GivenFile } from '../../shared/panel/state.ts';
import { MemoryHost, patternPixels, plainPixels } from '../contracts/memoryHost.ts';
import { CountingIds } from '../fakes/fakeClock.ts';
import { FakeModel, type Scripted } from '../fakes/fakeModel.ts';

export const key = `AIza${'k'.repeat(31)}last`;

export class MemorySettings implements Settings {
  readonly entries = new Map<string, string>();
  failure: Failure | null = null;
  async get(name: string) {
    return ok(this.entries.get(name) ?? null);
  }
  async set(name: string, value: string) {
    if (this.failure !== null) return err(this.failure);
    this.entries.set(name, value);
    return ok(undefined);
  }
  async remove(name: string) {
    this.entries.delete(name);
    return ok(undefined);
  }
}

const codec: PictureCodec = {
  decode: async (bytes) =>
    bytes.length === 0 ? err({ kind: 'not-a-picture', name: 'picture', found: 'an empty file' }) : ok(plainPixels(4, 3, [9, 9, 9, 255])),
  encode: async () => ok(new Uint8Array([1])),
};

/** Each sleep is one turn of the event loop, so that a clock that ticks for ever lets others work. */
function quickClock(): Clock {
  let time = Date.UTC(2026, 10, 23);
  return {
    now: () => time,
    async sleep(ms, signal) {
      await oneTurn();
      time += ms;
      return !signal.aborted;
    },
  };
}

/** Not a timer, which a busy machine rings late. */
const oneTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface Bench {
  readonly panel: PanelController;
  readonly host: MemoryHost;
  readonly settings: MemorySettings;
  readonly model: FakeModel;
  readonly asked: { readonly entry: ModelEntry; readonly apiKey: string | null }[];
  readonly did: string[];
}

export interface BenchOptions {
  readonly script?: readonly Scripted[];
  readonly model?: ImageModel;
  readonly environmentKey?: string;
  readonly keyAnswer?: Failure;
  readonly settings?: MemorySettings;
  readonly selection?: SelectionActions;
  readonly network?: Network;
  readonly pickFiles?: NonNullable<HostActions['pickFiles']>;
  readonly layOver?: LayOver;
}

export async function bench(options: BenchOptions = {}): Promise<Bench> {
  const host = new MemoryHost({
    extent: { width: 64, height: 48 },
    title: 'desk.psd',
    layers: [
      { name: 'Cup', pixels: patternPixels(20, 10), at: { x: 4, y: 6 } },
      { name: 'Desk', pixels: patternPixels(64, 48, 2), locked: true },
    ],
  });
  const settings = options.settings ?? new MemorySettings();
  const model = new FakeModel(...(options.script ?? []));
  const asked: Bench['asked'] = [];
  const did: string[] = [];
  const note =
    (what: string) =>
    (...given: unknown[]): void => {
      did.push([what, ...given].join(' '));
    };
  const hostActions: HostActions = {
    can: { toggle: true, undo: true, drawRegion: true, chooseFile: true, chooseLayer: true, copyTakes: true },
    setVisible: note('setVisible'),
    select: (of) => host.select({ of, region: null }),
    handOver: (name, bytes) => note('handOver')(name, bytes.length),
    undo: () => host.undo(),
    drawRegion: note('drawRegion'),
    clearRegion: note('clearRegion'),
    chooseFile: note('chooseFile'),
    chooseLayer: note('chooseLayer'),
    thumbnailOf: async (of) => `thumbnail of ${of}`,
    ...(options.selection === undefined ? {} : { selection: options.selection }),
    ...(options.pickFiles === undefined ? {} : { pickFiles: options.pickFiles }),
  };
  const panel = createPanelController({
    settings,
    clock: quickClock(),
    ids: new CountingIds(),
    codec,
    editLayer,
    placeKept,
    ...(options.layOver === undefined ? {} : { layOver: options.layOver }),
    chooseModel(ask) {
      asked.push(ask);
      if (ask.entry.wire !== 'offline' && ask.apiKey === null) return err({ kind: 'no-key', model: ask.entry.nick });
      return ok(options.model ?? model);
    },
    testKey: async () => (options.keyAnswer === undefined ? ok(undefined) : err(options.keyAnswer)),
    thumbnail: ({ width, height, data }) => `${width} by ${height}, first ${data.slice(0, 3)}`,
    pictureAddress: (bytes) => `blob of ${bytes.length}`,
    releaseAddress: note('release'),
    takeFiles: {
      exportPicture: async () => ok(new Uint8Array(3)),
      exportBranch: async () => ok(new Uint8Array(5)),
      readBranch: async (_bytes, name) => err({ kind: 'damaged', name, why: 'it is empty' }),
      nameOf: (take, number) => `${number} ${take.instruction}`,
    },
    environmentKey: options.environmentKey ?? null,
    offlineVocabulary: [{ does: 'recolour', example: 'make it red' }],
    service: 'Google',
    ...(options.network === undefined ? {} : { network: options.network }),
    hostActions,
  });
  await panel.load();
  panel.attach({ host, store: host.store });
  await settled();
  return { panel, host, settings, model, asked, did };
}

/** Lets everything that was begun come to rest. */
export const settled = async (): Promise<void> => {
  for (let i = 0; i < 60; i++) await oneTurn();
};

export async function send(panel: PanelController, instruction: string): Promise<void> {
  panel.actions.setInstruction(instruction);
  panel.actions.send();
  await settled();
}

export const select = async (host: MemoryHost, name: string): Promise<void> => {
  host.select({ of: host.refOf(name), region: null });
  await settled();
};

export const file = (name: string, bytes = [1]): GivenFile => ({ name, bytes: async () => new Uint8Array(bytes) });
