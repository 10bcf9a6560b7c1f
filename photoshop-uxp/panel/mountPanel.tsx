/** Joins the panel with Photoshop: its ports, the documents, and the commands of the Plugins menu. */
import { render } from 'preact';
import { createPortableCodec } from '../../shared/codecs/portableCodec.ts';
import { type AbortSignal, neverAborted } from '../../shared/core/abort.ts';
import { editLayer } from '../../shared/core/edit/editLayer.ts';
import { mergeAnswer } from '../../shared/core/edit/mergeAnswer.ts';
import { placeKept } from '../../shared/core/edit/placeKept.ts';
import { explain, type Failure } from '../../shared/core/failure.ts';
import type { Host } from '../../shared/core/host.ts';
import type { Result } from '../../shared/core/result.ts';
import { chooseModel } from '../../shared/models/chooseModel.ts';
import { testKey } from '../../shared/models/gemini/listModels.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { vocabulary } from '../../shared/models/offline/vocabulary.ts';
import { createPanelController, type PanelController } from '../../shared/panel/controller.ts';
import { takeFiles } from '../../shared/takeFiles/takeFiles.ts';
import { messageOf } from '../host/hostError.ts';
import { parseVersion } from '../host/hostVersion.ts';
import { createModalGate } from '../host/modal.ts';
import { uxpClock, uxpIds } from '../runtime/uxpClock.ts';
import { type HostFetch, uxpFetch } from '../runtime/uxpFetch.ts';
import { forgetOldDocuments } from '../store/documentStore.ts';
import { createKeptResults } from '../store/keptResults.ts';
import { createPluginFiles } from '../store/pluginFiles.ts';
import { createUxpSettings } from '../store/settings.ts';
import type { PhotoshopModules } from '../types/modules.ts';
import { App } from './app.tsx';
import { createFileDialogs } from './fileDialogs.ts';
import { type Following, followDocuments } from './followDocuments.ts';
import { createNotices } from './notices.ts';
import { pictureAddress, thumbnailAddress } from './pictures.ts';
import type { Probe } from './probeHost.ts';
import { createResultShelf } from './resultShelf.ts';
import { createSelectionActions } from './selectionActions.ts';

export interface MountPorts {
  readonly modules: PhotoshopModules;
  readonly fetch: HostFetch;
  readonly root: HTMLElement;
  readonly isApple: boolean;
  /** Of the panel, for transparent parts of small pictures. */
  readonly ground: () => readonly [number, number, number];
  /** Another address of the service; '' for Google's own. */
  readonly serviceUrl: string;
  readonly probe: () => Promise<readonly Probe[]>;
}

export interface MountedPanel {
  readonly panel: PanelController;
  repeat(): Promise<void>;
  placePicture(): Promise<void>;
  about(): void;
}

/** For the card at two device pixels a pixel. */
const thumbnailSidePx = 112;

const keyHint =
  'Kept in Photoshop’s key store, which may forget it. In Google Cloud, restrict the key to the Generative Language API, not to websites: a plug-in has no address that could be named.';

const busyWords = {
  title: 'Photoshop is busy',
  sentence: 'Retake waits for a dialog, a text being typed, a transformation, or another plug-in. Finish or cancel that, and it goes on.',
  nextAction: 'none',
} as const;

export async function mountPanel({ modules, fetch, root, isApple, ground, serviceUrl, probe }: MountPorts): Promise<MountedPanel> {
  const { photoshop, uxp } = modules;
  const [clock, ids, codec] = [uxpClock, uxpIds, createPortableCodec()];
  const busy = createNotices();
  const gate = createModalGate(photoshop.core, parseVersion(uxp.host.version), clock, (waits) => {
    if (waits === null) busy.dismiss();
    else busy.tell(busyWords);
  });
  const files = createPluginFiles(uxp.storage);
  const settings = createUxpSettings(uxp.storage.secureStorage, files);
  const dialogs = createFileDialogs(uxp.storage);
  const notices = createNotices();
  const send = uxpFetch(fetch) as unknown as typeof globalThis.fetch;
  let following: Following | null = null;
  const host = () => following?.current()?.host ?? null;
  const selection = createSelectionActions(host, settings);
  const results = createResultShelf(createKeptResults(files));
  const told = (done: Result<unknown, Failure>): void => {
    if (!done.ok && done.error.kind !== 'cancelled') notices.tell(explain(done.error));
  };

  /** Runs wait for Photoshop where the panel's own looks soon give up. */
  function patient<Ports extends { readonly host: Host }>(ports: Ports, signal: AbortSignal): Ports {
    const current = host();
    return current === ports.host ? { ...ports, host: current.forRun(signal) } : ports;
  }

  const panel = createPanelController({
    settings,
    clock,
    ids,
    codec,
    async editLayer(ports, ask, signal, onProgress) {
      const sitting = following?.current();
      const arrived = results.watch(sitting?.title ?? '');
      const edited = await editLayer({ ...patient(ports, signal), keepAnswer: arrived.keep }, ask, signal, onProgress);
      await arrived.ended(edited.ok || sitting?.isOpen() === true);
      return edited;
    },
    placeKept: (ports, ask, signal, onProgress) => placeKept(patient(ports, signal), ask, signal, onProgress),
    chooseModel: ({ entry, apiKey }) =>
      chooseModel({ entry, apiKey, baseUrl: serviceUrl, codec, clock, fetch: send, offline: () => createOffline({ codec, clock }) }),
    testKey: (apiKey, signal) => testKey({ apiKey, baseUrl: serviceUrl, clock, fetch: send }, signal),
    thumbnail: (pixels, sidePx) => thumbnailAddress(pixels, sidePx, ground()),
    takeFiles: takeFiles({ codec, clock }),
    pictureAddress,
    releaseAddress: () => {},
    environmentKey: null,
    offlineVocabulary: vocabulary().map(({ does, examples }) => ({ does, example: examples[0] })),
    service: serviceUrl === '' ? 'Google' : new URL(serviceUrl).host,
    keyHint,
    noDocument: { title: 'No document is open', sentence: 'Open one to begin.' },
    hostActions: {
      can: { toggle: true, undo: true, drawRegion: false, chooseFile: false, chooseLayer: false, copyTakes: true },
      setVisible: (layer, visible) =>
        void host()
          ?.step(visible ? 'Show a take' : 'Hide a take', neverAborted, (step) => step.setVisible(layer, visible))
          .then(told),
      select: (of) => void host()?.select(of).then(told),
      handOver: (name, bytes) => void dialogs.save(name, bytes).then(told),
      undo: () => void host()?.stepBack().then(told),
      clearRegion: () => void host()?.deselect().then(told),
      // In Photoshop the selection is the region, and documents are Photoshop's affair.
      drawRegion: () => {},
      chooseFile: () => {},
      chooseLayer: () => {},
      async thumbnailOf(of, signal) {
        const small = await host()?.smallPicture(of, thumbnailSidePx, signal);
        return small?.ok === true && small.value !== null ? thumbnailAddress(small.value, thumbnailSidePx, ground()) : null;
      },
      pickFiles: dialogs.pick,
      selection,
    },
  });

  /** A picture from the disk, or one that was paid for and has no document any more, over what is selected. */
  async function place(name: string, file: Uint8Array): Promise<boolean> {
    const sitting = following?.current() ?? null;
    if (sitting === null) {
      told({ ok: false, error: { kind: 'no-document' } });
      return false;
    }
    const answer = await codec.decode(file, neverAborted);
    const chosen = await sitting.host.selection();
    if (!answer.ok || !chosen.ok) {
      told(answer.ok ? chosen : answer);
      return false;
    }
    const { of, region } = chosen.value;
    if (of === null) {
      told({ ok: false, error: { kind: 'no-selection' } });
      return false;
    }
    const ports = { host: sitting.host.forRun(neverAborted), store: sitting.store, clock, ids, codec };
    const merged = await mergeAnswer(ports, { of, region, answer: answer.value, name, file, tone: 'auto', whole: false }, neverAborted);
    told(merged);
    if (!merged.ok) return false;
    await panel.keepEvidence(merged.value.take, merged.value.composition);
    await panel.refresh();
    if (merged.value.notes.length > 0) notices.tell({ title: 'Placed', sentence: merged.value.notes.join(' '), nextAction: 'none' });
    return true;
  }

  let showAbout = (): void => {};
  await Promise.all([panel.load(), selection.load(), results.load()]);
  render(
    <App
      panel={panel}
      isApple={isApple}
      notices={notices}
      busy={busy}
      results={results}
      onPlaceResult={async (result) => {
        const bytes = await results.read(result.id);
        if (bytes !== null && (await place(result.instruction, bytes))) await results.drop(result.id);
      }}
      onSaveResult={async (result) => {
        const bytes = await results.read(result.id);
        if (bytes === null) return;
        const saved = await dialogs.save(`${fileName(result.instruction)}.${result.type === 'image/png' ? 'png' : 'jpg'}`, bytes);
        told(saved);
        if (saved.ok && saved.value) await results.drop(result.id);
      }}
      probe={probe}
      copy={(text) => dialogs.copy(text)}
      openLink={(url) => void uxp.shell.openExternal(url, 'Retake opens this page in your browser.')}
      wire={(given) => {
        showAbout = given.showAbout;
      }}
    />,
    root,
  );
  following = followDocuments({
    modules,
    gate,
    clock,
    ids,
    codec,
    files,
    hostOptions: { placeAs: selection.placeAs },
    isRunning: () => panel.state().run.kind === 'running',
    onFront(sitting) {
      panel.attach(sitting);
      if (sitting !== null && sitting.notes.length > 0)
        notices.tell({ title: 'About this document’s takes', sentence: sitting.notes.join(' '), nextAction: 'none' });
    },
  });
  let wasRunning = false;
  panel.subscribe(() => {
    const isRunning = panel.state().run.kind === 'running';
    if (wasRunning && !isRunning) following?.look();
    wasRunning = isRunning;
  });
  void forgetOldDocuments(files, clock.now());

  return {
    panel,
    async repeat() {
      await panel.subjectRead();
      const [last] = panel.state().recent;
      panel.actions.showEdit();
      if (last === undefined) {
        notices.tell({
          title: 'There is nothing to repeat',
          sentence: 'No edit was made yet. Type an instruction first.',
          nextAction: 'none',
        });
        return;
      }
      panel.actions.setInstruction(last);
      panel.actions.send();
    },
    async placePicture() {
      const [picked] = await dialogs.pick('pictures');
      if (picked === undefined) return;
      let bytes: Uint8Array;
      try {
        bytes = await picked.bytes();
      } catch (cause) {
        return told({ ok: false, error: { kind: 'read-failed', path: picked.name, why: 'other', message: messageOf(cause) } });
      }
      await place(picked.name.replace(/\.\w+$/, ''), bytes);
    },
    about: () => showAbout(),
  };
}

const fileName = (instruction: string): string =>
  instruction
    .replace(/[^\p{L}\p{N} -]+/gu, '')
    .trim()
    .slice(0, 60) || 'retake';
