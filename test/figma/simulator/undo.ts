/**
 * A person's undo history in a file. What a plugin does is not committed by itself: it gathers until `commitUndo`, or until the
 * person's next own edit, which takes it along into one step. Entries hold what the person changed, field by field, so that undo
 * leaves alone what others did since.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Change, NodeData, SimDocument } from './document.ts';

type Entry = ReadonlyMap<string, Change>;

export class Journal {
  private pending = new Map<string, Change>();
  private done: Entry[] = [];
  private undone: Entry[] = [];

  note({ id, before, after }: Change): void {
    const first = this.pending.get(id);
    this.pending.set(id, { id, before: first === undefined ? before : first.before, after });
    this.undone = [];
  }

  commit(): void {
    const changes = new Map([...this.pending].filter(([, { before, after }]) => !isDeepStrictEqual(before, after)));
    this.pending = new Map();
    if (changes.size > 0) this.done.push(changes);
  }

  /** Takes back what is not committed; else the last entry. False when there is nothing. */
  undo(document: SimDocument): boolean {
    const undone = this.undone;
    this.commit();
    const entry = this.done.pop();
    if (entry === undefined) return false;
    apply(document, entry, 'before', 'after');
    this.undone = [...undone, entry];
    return true;
  }

  redo(document: SimDocument): boolean {
    const entry = this.undone.pop();
    if (entry === undefined) return false;
    const rest = this.undone;
    apply(document, entry, 'after', 'before');
    this.undone = rest;
    this.done.push(entry);
    return true;
  }

  /** Steps that can be undone, the last one first to go; and whether something waits to be committed. */
  look(): { readonly steps: readonly (readonly string[])[]; readonly uncommitted: readonly string[] } {
    return { steps: this.done.map((entry) => [...entry.keys()]), uncommitted: [...this.pending.keys()] };
  }

  /** Runs an operation that has to leave nothing behind when it throws. */
  atomically<T>(document: SimDocument, run: () => T): T {
    const [pending, undone] = [this.pending, this.undone];
    this.pending = new Map();
    const outer = document.journal;
    document.journal = this;
    try {
      const answer = run();
      const changes = this.pending;
      this.pending = pending;
      for (const change of changes.values()) this.note(change);
      if (changes.size === 0) this.undone = undone;
      return answer;
    } catch (cause) {
      document.journal = null;
      for (const { id, before } of this.pending.values()) document.replace(id, before);
      [this.pending, this.undone] = [pending, undone];
      throw cause;
    } finally {
      document.journal = outer;
    }
  }
}

/** Gives each field of an entry its value on the side `to`, where it differs from the side `from`. */
function apply(document: SimDocument, entry: Entry, to: 'before' | 'after', from: 'before' | 'after'): void {
  const outer = document.journal;
  document.journal = null;
  try {
    for (const change of entry.values()) {
      const [target, origin] = [change[to], change[from]];
      const now = document.find(change.id);
      if (target === null) {
        if (now !== null) document.delete(change.id);
      } else if (origin === null) document.replace(change.id, target);
      // Somebody else has deleted it: it stays deleted.
      else if (now === null) continue;
      else document.replace(change.id, merged(now, target, origin));
    }
    // What somebody deleted meanwhile takes its children along.
    for (const node of [...document.all()]) {
      if (node.parent !== null && document.find(node.parent) === null) document.replace(node.id, null);
    }
  } finally {
    document.journal = outer;
  }
}

function merged(now: NodeData, target: NodeData, origin: NodeData): NodeData {
  const fields = <T>(current: Readonly<Record<string, T>>, next: Readonly<Record<string, T>>, old: Readonly<Record<string, T>>) => {
    const result = { ...current };
    for (const key of new Set([...Object.keys(next), ...Object.keys(old)])) {
      if (next[key] === old[key]) continue;
      if (Object.hasOwn(next, key)) result[key] = next[key];
      else delete result[key];
    }
    return result;
  };
  const moved = target.parent !== origin.parent || target.position !== origin.position;
  return {
    ...now,
    ...(moved ? { parent: target.parent, position: target.position } : {}),
    props: fields(now.props, target.props, origin.props),
    data: fields(now.data, target.data, origin.data),
  };
}
