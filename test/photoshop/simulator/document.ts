/** An open document: its state, which is immutable, and the history of states. */
import type { Bounds } from '../../../shared/core/geometry.ts';
import { type ColorMeaning, colorsOf, type Mode, spaceOf } from './color.ts';
import { everyLayer, type Layer } from './layer.ts';
import type { Depth, Plane } from './raster.ts';

export interface AlphaChannel {
  readonly id: number;
  readonly name: string;
  readonly plane: Plane;
}

export interface DocumentState {
  readonly width: number;
  readonly height: number;
  /** Pixels per inch. */
  readonly resolution: number;
  readonly mode: Mode;
  readonly depth: Depth;
  /** Name of the embedded profile; '' when the document is untagged. */
  readonly profile: string;
  readonly layers: readonly Layer[];
  readonly activeIds: readonly number[];
  /** Values over the canvas and beyond it; 0 outside its bounds. */
  readonly selection: Plane | null;
  readonly channels: readonly AlphaChannel[];
}

export interface HistoryEntry {
  readonly id: number;
  readonly name: string;
  readonly state: DocumentState;
}

export interface Suspension {
  readonly id: number;
  readonly name: string;
  readonly before: DocumentState;
  readonly wasSaved: boolean;
}

/** "History States" in the preferences. */
const mostStates = 50;

/** Documents, states, layers and channels are numbered by one counter, so that no two things share a number by chance. */
export type NextId = () => number;

export class SimDocument {
  readonly id: number;
  title: string;
  /** Where it was opened from or saved to; '' when never. */
  path = '';
  saved = true;
  closed = false;
  quickMask = false;
  /** The XMP packet, '' when nobody wrote one. Like File Info, it is not part of history: undo leaves it. */
  xmp = '';
  suspension: Suspension | null = null;
  private current: DocumentState;
  private entries: HistoryEntry[];
  private at = 0;
  private readonly nextId: NextId;

  constructor(title: string, state: DocumentState, nextId: NextId, firstEntry: 'Open' | 'New' | 'Duplicate Image' = 'Open') {
    this.nextId = nextId;
    this.id = nextId();
    this.title = title;
    this.current = state;
    this.entries = [{ id: nextId(), name: firstEntry, state }];
  }

  get state(): DocumentState {
    return this.current;
  }
  get canvas(): Bounds {
    return { x: 0, y: 0, width: this.current.width, height: this.current.height };
  }
  get history(): readonly HistoryEntry[] {
    return this.entries;
  }
  get activeEntry(): HistoryEntry {
    return this.entries[this.at];
  }
  /** What the document's numbers mean; null in a mode that has no such meaning for the imaging module. */
  get meaning(): ColorMeaning | null {
    const space = spaceOf(this.current.mode);
    return space === null ? null : { space, profile: this.current.profile };
  }
  /** Components of a layer, alpha among them. */
  get channelCount(): number {
    return colorsOf(this.current.mode) + 1;
  }

  /** One history state of that name, unless nothing changed or the history is suspended. */
  change(name: string, next: DocumentState): void {
    if (next === this.current) return;
    this.current = next;
    this.saved = false;
    if (this.suspension === null) this.push(name);
  }

  /** What history does not record by itself: selected layers, visibility. It becomes part of the present state. */
  amend(next: DocumentState): void {
    if (next === this.current) return;
    const onlySelects = next.layers === this.current.layers;
    this.current = next;
    if (!onlySelects) this.saved = false;
    if (this.suspension === null) this.entries[this.at] = { ...this.entries[this.at], state: next };
  }

  private push(name: string): void {
    this.entries = [...this.entries.slice(0, this.at + 1), { id: this.nextId(), name, state: this.current }].slice(-mostStates - 1);
    this.at = this.entries.length - 1;
  }

  suspend(id: number, name: string): void {
    this.suspension = { id, name, before: this.current, wasSaved: this.saved };
  }

  resume(commit: boolean, finalName?: string): void {
    const { suspension } = this;
    if (suspension === null) return;
    this.suspension = null;
    if (!commit) {
      this.current = suspension.before;
      this.saved = suspension.wasSaved;
      return;
    }
    if (isSameBut(suspension.before, this.current)) this.entries[this.at] = { ...this.activeEntry, state: this.current };
    else this.push(finalName ?? suspension.name);
  }

  /** Goes to a state of the history; false when there is none. */
  goTo(entryId: number): boolean {
    const index = this.entries.findIndex((entry) => entry.id === entryId);
    if (index < 0) return false;
    this.at = index;
    this.current = this.entries[index].state;
    this.saved = false;
    return true;
  }

  step(by: -1 | 1): boolean {
    const entry = this.entries[this.at + by];
    return entry !== undefined && this.goTo(entry.id);
  }

  get activeLayers(): readonly Layer[] {
    const { activeIds, layers } = this.current;
    return everyLayer(layers)
      .map(({ layer }) => layer)
      .filter(({ id }) => activeIds.includes(id));
  }
}

/** Whether they differ in nothing but which layers are selected. */
function isSameBut(a: DocumentState, b: DocumentState): boolean {
  const keys = Object.keys(a) as (keyof DocumentState)[];
  return keys.every((key) => key === 'activeIds' || a[key] === b[key]);
}
