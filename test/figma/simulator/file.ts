/** A file and the people who have it open: edits with all that follows from them, and who is told of what. */
import { isDeepStrictEqual } from 'node:util';
import { type Change, rootId, SimDocument } from './document.ts';
import { Events, Turns } from './events.ts';
import { createFacade, type Facade } from './facade.ts';
import { hasMember } from './nodeKinds.ts';
import { isHiddenFrom, nodeRef } from './nodeRules.ts';
import { createOperations, type Operations } from './operations.ts';
import { initialProps } from './properties.ts';
import type { Run, RunLog } from './run.ts';
import { selectedIds } from './selection.ts';
import { settle } from './settle.ts';
import { UiWindow } from './uiWindow.ts';
import { Journal } from './undo.ts';
import type { SimUser } from './user.ts';

export interface FileSetup {
  readonly name: string;
  readonly profile: 'LEGACY' | 'SRGB' | 'DISPLAY_P3';
  readonly isReadOnly: boolean;
  readonly plan: 'starter' | 'professional';
}

export interface RunSetup {
  readonly pluginId: string | null;
  readonly command: string;
  readonly html: string;
  readonly editorType: string;
  readonly fonts: readonly { readonly family: string; readonly style: string }[];
  readonly isPrivileged: boolean;
}

/** A running plugin with its ways in. */
export interface StartedRun {
  readonly run: Run;
  readonly operations: Operations;
  readonly facade: Facade;
}

export class SimFile {
  readonly turns = new Turns();
  readonly document: SimDocument;
  readonly setup: FileSetup;
  private readonly users: SimUser[] = [];
  private readonly runs = new Set<Run>();
  private readonly changed = new Set<string>();
  private readonly lastSeen = new Map<SimUser, string>();
  private depth = 0;
  private editing: SimUser | null = null;

  constructor(setup: FileSetup) {
    this.setup = setup;
    this.document = new SimDocument(setup.name, setup.profile);
    this.document.create('0:1', 'PAGE', rootId, 0, { ...initialProps('PAGE'), name: 'Page 1' });
    this.document.onChange((change) => this.noticeChange(change));
  }

  addUser(name: string, storage: SimUser['storage']): SimUser {
    const user: SimUser = {
      name,
      session: this.users.length + 1,
      journal: new Journal(),
      currentPage: '0:1',
      viewport: { center: { x: 0, y: 0 }, zoom: 1 },
      selection: new Map(),
      storage,
    };
    this.users.push(user);
    return user;
  }

  /** One whole edit of a person, by hand or through a plugin. */
  edit<T>(user: SimUser, work: () => T): T {
    if (this.depth > 0) return work();
    this.depth++;
    const outer = this.editing;
    this.editing = user;
    try {
      return user.journal.atomically(this.document, () => {
        const answer = work();
        settle(this.document, this.changed);
        return answer;
      });
    } finally {
      this.depth--;
      this.editing = outer;
      this.changed.clear();
      this.noticeSelections();
    }
  }

  /** Undo and redo are no edits: they are noted nowhere. */
  rewind(user: SimUser, work: () => void): void {
    this.editing = user;
    work();
    this.changed.clear();
    this.editing = null;
    this.noticeSelections();
  }

  start(user: SimUser, setup: RunSetup): StartedRun {
    const log: RunLog = { notifications: [], opened: [], versions: [], shown: [], uncaught: [] };
    const events = new Events(this.turns, (cause) => log.uncaught.push(cause));
    const ui = new UiWindow(this.turns, events);
    const run: Run = {
      document: this.document,
      user,
      pluginId: setup.pluginId,
      editorType: setup.editorType,
      command: setup.command,
      isPrivileged: setup.isPrivileged,
      isReadOnly: (this.setup.isReadOnly || setup.editorType === 'dev') && !setup.isPrivileged,
      plan: this.setup.plan,
      loadedPages: new Set([user.currentPage]),
      fonts: new Set(),
      installedFonts: setup.fonts,
      events,
      ui,
      log,
      answers: [],
      droppedFiles: [],
      html: setup.html,
      skipsInvisible: setup.editorType === 'dev',
      isClosed: false,
      undo: () => this.rewind(user, () => user.journal.undo(this.document)),
      close: (message) => {
        if (run.isClosed) return;
        events.now('close');
        run.isClosed = true;
        this.runs.delete(run);
        ui.close();
        events.clear();
        if (message !== null) log.notifications.push({ ...closingNote, message: message.slice(0, 100) });
      },
    };
    if (!setup.isPrivileged) this.runs.add(run);
    const operations = createOperations(run, this.turns, (work) => this.edit(user, work));
    return { run, operations, facade: createFacade(operations) };
  }

  /** The file is closed by everybody. */
  closeAll(): void {
    for (const run of [...this.runs]) run.close(null);
    for (const user of this.users) {
      user.journal = new Journal();
      user.selection.clear();
    }
    this.lastSeen.clear();
  }

  /** Tells runs whose person has something else selected, or another page before them, since the last time. */
  noticeSelections(): void {
    for (const user of this.users) {
      if (this.document.find(user.currentPage) === null) user.currentPage = this.document.children(rootId)[0];
      const selected = selectedIds(this.document, user, user.currentPage).join();
      const seen = `${user.currentPage} ${selected}`;
      const last = this.lastSeen.get(user) ?? '0:1 ';
      if (seen === last) continue;
      this.lastSeen.set(user, seen);
      const isOtherPage = last.split(' ')[0] !== user.currentPage;
      for (const run of this.runs) {
        if (run.user !== user) continue;
        if (isOtherPage) run.loadedPages.add(user.currentPage);
        if (isOtherPage) run.events.soon('currentpagechange');
        run.events.soon('selectionchange');
      }
    }
  }

  private noticeChange({ id, before, after }: Change): void {
    this.changed.add(id);
    for (const parent of [before?.parent, after?.parent]) if (parent != null && parent !== id) this.changed.add(parent);
    const page = this.pageOfChange(before, after);
    const change = describeChange(this.editing, { id, before, after });
    if (change === null) return;
    for (const run of this.runs) {
      const node = after ?? before!;
      if (after !== null && isHiddenFrom(run, node)) continue;
      const told = { ...change(run.user), node: after === null ? { removed: true, type: node.type, id } : nodeRef(node) };
      if (page !== null) run.events.gather(`nodechange@${page}`, 'nodeChanges', told);
      run.events.gather('documentchange', 'documentChanges', told);
    }
  }

  private pageOfChange(before: Change['before'], after: Change['after']): string | null {
    const parent = after?.parent ?? before?.parent ?? null;
    if (parent === null || this.document.find(parent) === null) return null;
    return this.document.pageOf(parent)?.id ?? null;
  }
}

const closingNote = { isError: false, timeoutMs: 3000, button: null, isOpen: true, press: () => {}, dequeue: () => {} };

function describeChange(editor: SimUser | null, { id, before, after }: Change) {
  const origin = (user: SimUser): string => (user === editor ? 'LOCAL' : 'REMOTE');
  if (before === null || after === null) {
    const type = after === null ? 'DELETE' : 'CREATE';
    return (user: SimUser) => ({ type, id, origin: origin(user) });
  }
  const changed = Object.keys(after.props).filter((name) => !isDeepStrictEqual(after.props[name], before.props[name]));
  // What the simulator keeps for itself is no property of Figma's.
  const properties = changed.filter((name) => hasMember(after.type, name));
  if (changed.includes('relativeTransform')) properties.push(...['x', 'y', 'rotation'].filter((name) => hasMember(after.type, name)));
  if (after.parent !== before.parent || after.position !== before.position) properties.push('parent');
  if (after.data !== before.data) properties.push('pluginData');
  if (properties.length === 0) return null;
  return (user: SimUser) => ({ type: 'PROPERTY_CHANGE', id, origin: origin(user), properties });
}
