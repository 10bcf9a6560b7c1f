/** The simulated Photoshop as a process: its open documents, the modal lock, events, preferences, and what it complained about. */
import type { Clock } from './clock.ts';
import { type DocumentState, SimDocument } from './document.ts';
import { CommandFailure, noSuch, outsideModal, readOutsideModal } from './errors.ts';
import { Events } from './events.ts';
import { ImageMemory } from './imageMemory.ts';
import type { Layer } from './layer.ts';
import { ModalLock, type ModalScope } from './modal.ts';
import type { Quirks } from './quirks.ts';
import type { FileAccess } from './saving.ts';
import { atLeast, parseVersion, type Version } from './versions.ts';

const unwired = (): never => {
  throw new Error('this Photoshop has no disk');
};
const noFiles: FileAccess = { path: unwired, read: unwired, write: unwired };

/** While an Action owns the suspension of the history. */
const actionsSuspension = 4294967295;

export class Application {
  readonly version: Version;
  readonly versionText: string;
  readonly quirks: Quirks;
  readonly modal: ModalLock;
  readonly events: Events;
  readonly imageMemory: ImageMemory;
  /** Texts that Photoshop showed or logged. */
  readonly alerts: string[] = [];
  readonly preferences = { resizePastePlace: true, rulerUnits: 'rulerPixels', cacheLevels: 4 };
  /** A layer that was copied. */
  clipboard: { readonly layer: Layer; readonly from: SimDocument } | null = null;
  /** What brought Photoshop down; null while it runs. */
  crashed: string | null = null;
  hasQuit = false;
  /** An Action that is being played owns the history. */
  isActionPlaying = false;
  /** Set once, by whoever owns the disk. */
  files: FileAccess = noFiles;
  private open: SimDocument[] = [];
  /** Ids of open documents, the one in front last. */
  private stack: readonly number[] = [];
  private lastId = 0;

  constructor(versionText: string, pluginId: string, clock: Clock, quirks: Quirks) {
    this.versionText = versionText;
    this.version = parseVersion(versionText);
    this.quirks = quirks;
    this.imageMemory = new ImageMemory(quirks, (text) => this.alerts.push(text));
    this.modal = new ModalLock(this.version, clock, pluginId, {
      endScope: (scope, isThrown) => this.endScope(scope, isThrown),
      hostControl: (scope) => this.hostControl(scope),
      notify: (event) => this.events.tellAlways(event),
    });
    this.events = new Events(() => this.modal.isHeld);
  }

  readonly nextId = (): number => ++this.lastId;

  /** A file brings layers with ids of their own; new ones do not repeat them. */
  skipIds(upTo: number): void {
    this.lastId = Math.max(this.lastId, upTo);
  }

  get documents(): readonly SimDocument[] {
    return this.open;
  }
  get active(): SimDocument | null {
    return this.open.find(({ id }) => id === this.stack.at(-1)) ?? null;
  }
  set active(document: SimDocument | null) {
    if (document !== null) this.stack = [...this.stack.filter((id) => id !== document.id), document.id];
  }

  documentOf(id: number | undefined): SimDocument | null {
    return id === undefined || id < 0 ? this.active : (this.open.find((one) => one.id === id) ?? null);
  }

  add(title: string, state: DocumentState, firstEntry?: 'Open' | 'New' | 'Duplicate Image'): SimDocument {
    const document = new SimDocument(title, state, this.nextId, firstEntry);
    this.open = [...this.open, document];
    this.active = document;
    return document;
  }

  close(document: SimDocument): void {
    document.closed = true;
    this.open = this.open.filter((one) => one !== document);
    // The document that was in front before comes to the front.
    this.stack = this.stack.filter((id) => id !== document.id);
  }

  /** Photoshop goes down with the call that did it; every call after that finds nobody. */
  crash(why: string): never {
    this.crashed = why;
    throw new Error(`Photoshop has crashed: ${why}`);
  }

  alive(): void {
    if (this.hasQuit) throw new Error('Photoshop was quit');
    if (this.crashed !== null) throw new Error(`Photoshop has crashed: ${this.crashed}`);
  }

  /** Before anything is changed. `event` is what the message calls the change. */
  mayWrite(event: string): void {
    this.alive();
    this.modal.require(() => outsideModal(event));
  }

  /** Before pixels or history are read: free until 27.9. */
  mayRead(): void {
    this.alive();
    if (atLeast(this.version, 27, 9)) this.modal.require(readOutsideModal);
    else if (this.modal.inside() !== null) this.modal.require(readOutsideModal);
  }

  requireDocument(id?: number): SimDocument {
    const document = this.documentOf(id);
    if (document === null) throw id === undefined || id < 0 ? noSuch('current document') : noSuch(`document (id ${id})`);
    return document;
  }

  private endScope(scope: ModalScope, isThrown: boolean): void {
    for (const document of this.open) document.resume(!isThrown);
    for (const id of scope.autoClose) {
      const document = this.documentOf(id);
      if (document !== null) this.close(document);
    }
  }

  private hostControl(scope: ModalScope): object {
    const alive = (): void => {
      this.alive();
      if (scope.hasEnded) throw new Error('The modal scope has ended');
    };
    return {
      suspendHistory: async ({ documentID, name }: { documentID: number; name: string }) => {
        alive();
        if (typeof name !== 'string') throw new Error('suspendHistory: name is missing');
        const document = this.requireDocument(documentID);
        if (this.isActionPlaying) return { historySuspensionID: actionsSuspension, documentID };
        if (document.suspension !== null) throw new CommandFailure(-1, 'The history of the document is already suspended');
        const historySuspensionID = this.nextId();
        document.suspend(historySuspensionID, name);
        return { historySuspensionID, documentID };
      },
      resumeHistory: async (suspension: { historySuspensionID: number; finalName?: string }, commit = true): Promise<void> => {
        alive();
        const id = suspension?.historySuspensionID;
        if (id === actionsSuspension) {
          if (commit) throw new Error('The history is suspended by an action');
          return;
        }
        const document = this.open.find((one) => one.suspension?.id === id);
        if (document === undefined) throw new Error('resumeHistory: the suspension is unknown');
        document.resume(commit, suspension.finalName);
      },
      registerAutoCloseDocument: async (id: number): Promise<void> => {
        alive();
        scope.autoClose.add(this.requireDocument(id).id);
      },
      unregisterAutoCloseDocument: async (id: number): Promise<void> => {
        alive();
        scope.autoClose.delete(id);
      },
    };
  }
}
