/** The panel as it looks in Figma, brought into each of its states on a host in memory: for the eye, see look.ts. */
import { render } from 'preact';
import { App } from '../../../figma-plugin/ui/app.tsx';
import { figmaSkin } from '../../../figma-plugin/ui/figmaSkin.ts';
import type { FigmaSubject } from '../../../figma-plugin/ui/panelHost.ts';
import { tellSubject } from '../../../figma-plugin/ui/tellSubject.ts';
import type { Caveat, NodeDetail } from '../../../figma-plugin/wire/hostCalls.ts';
import { browserClock, browserIds } from '../../../shared/browser/browserPorts.ts';
import { surfaceOf, thumbnailOf } from '../../../shared/browser/surface.ts';
import { createBrowserCodec } from '../../../shared/codecs/browserCodec.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import { editLayer } from '../../../shared/core/edit/editLayer.ts';
import { placeKept } from '../../../shared/core/edit/placeKept.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { boundsOf } from '../../../shared/core/geometry.ts';
import type { ImageModel } from '../../../shared/core/model.ts';
import { type Pixels, rectangleMask } from '../../../shared/core/pixels.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import { createOffline } from '../../../shared/models/offline/offlineModel.ts';
import { vocabulary } from '../../../shared/models/offline/vocabulary.ts';
import { browserCss } from '../../../shared/panel/browserCss.ts';
import { createPanelController } from '../../../shared/panel/controller.ts';
import { panelCss } from '../../../shared/panel/panelCss.ts';
import { MemoryHost } from '../../contracts/memoryHost.ts';
import { nodeDetail } from '../nodeDetail.ts';

const codec = createBrowserCodec();
const clock = browserClock;
const key = `AIza${'k'.repeat(31)}7f3Q`;

const node = (name: string, more: Partial<NodeDetail> = {}): NodeDetail => nodeDetail({ name, ...more });

async function start(photo: string) {
  const bytes = Uint8Array.from(atob(photo), (c) => c.charCodeAt(0));
  const decoded = await codec.decode(bytes, neverAborted);
  if (!decoded.ok) throw new Error('the photo cannot be read');
  const picture = decoded.value;
  const host = new MemoryHost({
    extent: picture,
    title: 'Landing page',
    layers: [
      { name: 'Hero / Astronaut portrait', pixels: picture },
      { name: 'Backdrop', pixels: picture, locked: true },
    ],
  });
  const offline = createOffline({ codec, clock });
  const failures: Failure[] = [];
  const stalls = { isOn: false };
  const model: ImageModel = {
    available: async () => ok(null),
    async edit(request, signal): ReturnType<ImageModel['edit']> {
      const failure = failures.shift();
      if (failure !== undefined) return err(failure);
      if (stalls.isOn) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      return offline.edit(request, signal);
    },
  };
  const subject: { now: FigmaSubject } = { now: subjectOf(picture, [node('Hero / Astronaut portrait')]) };
  const stored = new Map<string, string>();
  const network = { isOnline: true, changed: (): void => {} };
  const panel = createPanelController({
    settings: {
      get: async (name) => ok(stored.get(name) ?? null),
      set: async (name, value) => ok(void stored.set(name, value)),
      remove: async (name) => ok(void stored.delete(name)),
    },
    clock,
    ids: browserIds,
    codec,
    editLayer,
    placeKept,
    chooseModel: ({ entry }) => ok(entry.wire === 'offline' ? offline : model),
    testKey: async (): Promise<Result<unknown, Failure>> => {
      const failure = failures.shift();
      return failure === undefined ? ok(null) : err(failure);
    },
    thumbnail: (pixels, sidePx) => thumbnailOf(surfaceOf(pixels), sidePx),
    takeFiles: {
      exportPicture: async () => err({ kind: 'cancelled' }),
      exportBranch: async () => err({ kind: 'cancelled' }),
      readBranch: async () => err({ kind: 'cancelled' }),
      nameOf: () => '',
    },
    pictureAddress: (bytes) => URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>])),
    releaseAddress: (address) => URL.revokeObjectURL(address),
    environmentKey: null,
    offlineVocabulary: vocabulary().map(({ does, examples }) => ({ does, example: examples[0] })),
    service: 'Google',
    keyHint:
      'In Google Cloud, restrict the key to the Generative Language API. Do not restrict it to websites: Figma’s plug-ins have no address that could be named.',
    network: {
      isOnline: () => network.isOnline,
      watch: (listen) => {
        network.changed = listen;
      },
    },
    hostActions: {
      can: { toggle: true, undo: true, drawRegion: false, chooseFile: false, chooseLayer: false, copyTakes: false },
      setVisible: () => {},
      select: (of) => host.select({ of, region: null }),
      handOver: () => {},
      undo: () => host.undo(),
      drawRegion: () => {},
      clearRegion: () => {},
      chooseFile: () => {},
      chooseLayer: () => {},
      thumbnailOf: async () => thumbnailOf(surfaceOf(picture), 112),
      selection: {
        describe: async () => tellSubject(subject.now, 'above'),
        settings: () => [
          {
            id: 'usual-place',
            label: 'Place takes',
            choices: [
              { id: 'above', name: 'Above' },
              { id: 'beside', name: 'Beside' },
              { id: 'fill', name: 'As a fill' },
            ],
            chosen: 'above',
          },
        ],
        choose: async () => ok(undefined),
        references: async () =>
          ok([
            { name: 'Moodboard / Dusk', role: 'style', pixels: picture },
            { name: 'Mission patch', role: 'object', pixels: picture },
          ]),
        useAsRegion: () => {},
      },
    },
  });
  return { panel, host, picture, subject, failures, stalls, network };
}

type Look = Awaited<ReturnType<typeof start>>;

const subjectOf = (picture: Pixels, nodes: readonly NodeDetail[], more: Partial<FigmaSubject> = {}): FigmaSubject => ({
  nodes,
  as: 'image',
  canBe: nodes.length === 1 ? ['image', 'rendered'] : ['rendered'],
  extent: picture,
  bounds: boundsOf(picture),
  region: null,
  regionFrom: null,
  document: { id: 'file', title: 'Landing page', page: { id: '0:1', name: 'Page 1' }, profile: 'SRGB', isReadOnly: false },
  ...more,
});

const rest = async (look: Look): Promise<void> => {
  for (let i = 0; i < 3; i++) {
    await look.panel.subjectRead();
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
};

async function select({ host, panel }: Look, name = 'Hero / Astronaut portrait'): Promise<void> {
  host.select({ of: host.refOf(name), region: null });
  await panel.subjectRead();
}

async function selectAs(look: Look, now: FigmaSubject): Promise<void> {
  look.subject.now = now;
  await select(look);
}

async function withKey(look: Look): Promise<void> {
  look.panel.actions.useKey(key, true);
  await rest(look);
}

const said = (look: Look, ...words: readonly string[]): void => {
  for (const text of words) look.panel.actions.setInstruction(text);
};

async function sent(look: Look, text: string): Promise<void> {
  said(look, text);
  look.panel.actions.send();
  while (look.panel.state().run.kind === 'running') await new Promise((resolve) => setTimeout(resolve, 50));
  await rest(look);
}

async function failing(look: Look, failure: Failure): Promise<void> {
  await withKey(look);
  await select(look);
  look.failures.push(failure);
  await sent(look, 'make the orange suit blue');
}

async function threeTakes(look: Look): Promise<void> {
  await withKey(look);
  await select(look);
  await sent(look, 'make the orange suit blue');
  await sent(look, 'make the blue suit green');
  look.panel.actions.takes.startFrom(null);
  await sent(look, 'make the orange suit purple');
  const first = look.panel.state().takes.rows.at(-1);
  if (first !== undefined) look.panel.actions.takes.setFavourite(first.id, true);
  await select(look);
  await rest(look);
}

const allCaveats: readonly Caveat[] = ['wide-gamut', 'too-small', 'instance', 'cropped', 'filtered', 'locked'];

/** What a state begins with, in place of a new panel: takes are not made anew for each. */
const after: Readonly<Record<string, string>> = { tree: 'takes', compare: 'tree', explain: 'compare', 'explain-moved': 'explain' };

/** Brings the panel there. */
const looks: Readonly<Record<string, (look: Look) => Promise<void>>> = {
  'nothing-selected': async (look) => {
    await withKey(look);
    look.host.select({ of: null, region: null });
  },
  'offline-model': (look) => select(look),
  image: async (look) => {
    await withKey(look);
    await select(look);
    said(look, 'make the orange suit blue');
  },
  rendered: async (look) => {
    await withKey(look);
    await selectAs(look, subjectOf(look.picture, [node('Card', { type: 'FRAME', isInFlow: true })], { as: 'rendered' }));
  },
  several: async (look) => {
    await withKey(look);
    const nodes = ['Hero', 'Caption', 'Badge'].map((name) => node(name));
    await selectAs(look, subjectOf(look.picture, nodes, { as: 'rendered' }));
  },
  warnings: async (look) => {
    await withKey(look);
    await selectAs(look, subjectOf(look.picture, [node('Hero', { caveats: allCaveats, locked: true })]));
  },
  blocked: async (look) => {
    await withKey(look);
    const { document } = look.subject.now;
    await selectAs(look, subjectOf(look.picture, [node('Hero')], { document: { ...document, isReadOnly: true } }));
    said(look, 'make it blue');
  },
  'region-offered': async (look) => {
    await withKey(look);
    await selectAs(look, subjectOf(look.picture, [node('Hero', { isInFlow: true })], { regionFrom: { id: '1:9', name: 'Ellipse 4' } }));
  },
  region: async (look) => {
    await withKey(look);
    await select(look);
    look.host.select({
      of: look.host.refOf('Hero / Astronaut portrait'),
      region: rectangleMask({ x: 60, y: 90, width: 180, height: 150 }),
    });
  },
  references: async (look) => {
    await withKey(look);
    await select(look);
    look.panel.actions.addSelectedReferences();
  },
  running: async (look) => {
    await withKey(look);
    await select(look);
    look.stalls.isOn = true;
    said(look, 'make the orange suit blue');
    look.panel.actions.send();
    await new Promise((resolve) => setTimeout(resolve, 1200));
  },
  failed: (look) => failing(look, { kind: 'refused', reason: 'unsafe-output', said: '' }),
  quota: (look) => failing(look, { kind: 'quota-exhausted', reason: 'day', said: '' }),
  asked: (look) => failing(look, { kind: 'no-image', reason: 'words-only', said: 'Should the gloves be blue too, or stay as they are?' }),
  takes: threeTakes,
  tree: async (look) => look.panel.actions.showTakes(),
  compare: async ({ panel }) => panel.actions.takes.compare(panel.state().takes.rows[0].id, null),
  explain: async ({ panel }) => panel.actions.takes.explain(panel.state().takes.rows[0].id),
  'explain-moved': async ({ panel }) => panel.actions.takes.setEvidenceView('moved'),
  'settings-no-key': async (look) => look.panel.actions.showSettings(),
  'settings-key': async (look) => {
    await withKey(look);
    look.panel.actions.showSettings();
  },
  'settings-refused': async (look) => {
    look.failures.push({ kind: 'unauthorised', reason: 'restricted', said: '' });
    await withKey(look);
    look.panel.actions.showSettings();
  },
  'no-network': async (look) => {
    await withKey(look);
    await select(look);
    look.network.isOnline = false;
    look.network.changed();
  },
};

document.head.append(Object.assign(document.createElement('style'), { textContent: figmaSkin() + panelCss + browserCss }));

let shown: { readonly look: Look; readonly name: string } | null = null;
let count = 0;

async function lookAt(name: string, photo: string): Promise<void> {
  const before = after[name];
  if (before !== undefined && shown?.name !== before) await lookAt(before, photo);
  const look = before === undefined || shown === null ? await mounted(photo) : shown.look;
  await looks[name](look);
  await rest(look);
  shown = { look, name };
  for (const scroll of document.querySelectorAll('.rt-scroll')) scroll.scrollTop = 0;
}

async function mounted(photo: string): Promise<Look> {
  const look = await start(photo);
  await look.panel.load();
  look.panel.attach({ host: look.host, store: look.host.store });
  const root = document.querySelector('#retake') as HTMLElement;
  const nothing = (): void => {};
  render(<App key={++count} panel={look.panel} isApple onResize={nothing} onResized={nothing} openLink={nothing} />, root);
  await rest(look);
  return look;
}

Object.assign(window, { lookNames: Object.keys(looks), lookAt });
