/** The DOM's Selection (25.0). */
import type { Application } from '../application.ts';
import type { SimDocument } from '../document.ts';
import { notAvailable } from '../errors.ts';
import { coveredPart, type Plane } from '../raster.ts';
import { type Combine, combined, feathered, grown, inverseSelection, type Shape, setSelection, shapePlane } from '../selectionCommands.ts';
import { boundsObject } from './collection.ts';

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const boundsIn = ({ left, top, right, bottom }: Edges): { x: number; y: number; width: number; height: number } => {
  const [x, y] = [Math.round(left), Math.round(top)];
  return { x, y, width: Math.round(right) - x, height: Math.round(bottom) - y };
};

export class DomSelection {
  readonly docId: number;
  readonly typename = 'Selection';
  readonly #app: Application;

  constructor(app: Application, documentId: number) {
    this.#app = app;
    this.docId = documentId;
  }

  get #document(): SimDocument {
    this.#app.alive();
    return this.#app.requireDocument(this.docId);
  }
  #own(command: string): Plane {
    const { selection } = this.#document.state;
    if (selection === null) throw notAvailable(command);
    return selection;
  }
  async #set(name: string, next: () => Plane | null): Promise<void> {
    this.#app.mayWrite('set');
    await Promise.resolve();
    setSelection(this.#document, name, next());
  }
  #shape(name: string, shape: Shape, how: Combine, feather: number): Promise<void> {
    return this.#set(name, () =>
      combined(this.#document.state.selection, feathered(shapePlane(this.#document.state.depth, shape), feather), how),
    );
  }

  /** Null when nothing is selected; may reach beyond the canvas. */
  get bounds(): object | null {
    const { selection } = this.#document.state;
    return selection === null ? null : boundsObject(coveredPart(selection));
  }
  /** Whether it is one rectangle, fully selected. */
  get solid(): boolean {
    const { selection } = this.#document.state;
    if (selection === null) return false;
    return selection.data.every((value) => value === selection.data[0]);
  }

  selectAll = (): Promise<void> =>
    this.#set('Select Canvas', () => shapePlane(this.#document.state.depth, { kind: 'rectangle', bounds: this.#document.canvas }));
  deselect = (): Promise<void> => this.#set('Deselect', () => null);
  inverse = (): Promise<void> => this.#set('Inverse', () => inverseSelection(this.#document));
  feather = (by: number): Promise<void> => this.#set('Feather', () => feathered(this.#own('Feather'), by));
  expand = (by: number): Promise<void> => this.#set('Expand', () => grown(this.#own('Expand'), by));
  contract = (by: number): Promise<void> => this.#set('Contract', () => grown(this.#own('Contract'), -by));
  selectRectangle = (bounds: Edges, mode: Combine = 'set', feather = 0): Promise<void> =>
    this.#shape('Rectangular Marquee', { kind: 'rectangle', bounds: boundsIn(bounds) }, mode, feather);
  selectEllipse = (bounds: Edges, mode: Combine = 'set', feather = 0): Promise<void> =>
    this.#shape('Elliptical Marquee', { kind: 'ellipse', bounds: boundsIn(bounds) }, mode, feather);
  selectPolygon = (points: readonly { x: number; y: number }[], mode: Combine = 'set', feather = 0): Promise<void> =>
    this.#shape('Lasso', { kind: 'polygon', points }, mode, feather);

  async save(name = 'Alpha 1'): Promise<void> {
    await this.#toChannel(name);
  }
  /** Keeps it in an alpha channel, where it stays when the selection changes. */
  async saveTo(channel: { readonly id: number }): Promise<void> {
    this.#app.mayWrite('set');
    await Promise.resolve();
    const plane = this.#own('Save Selection');
    const { state } = this.#document;
    const channels = state.channels.map((one) => (one.id === channel.id ? { ...one, plane } : one));
    this.#document.change('Save Selection', { ...state, channels });
  }
  async load(from: { readonly id: number }, mode: Combine = 'set'): Promise<void> {
    await this.#set('Load Selection', () => {
      const channel = this.#document.state.channels.find(({ id }) => id === from.id);
      if (channel === undefined) throw notAvailable('Load Selection');
      return combined(this.#document.state.selection, channel.plane, mode);
    });
  }
  async #toChannel(name: string): Promise<void> {
    this.#app.mayWrite('duplicate');
    await Promise.resolve();
    const plane = this.#own('Save Selection');
    const { state } = this.#document;
    this.#document.change('Save Selection', { ...state, channels: [...state.channels, { id: this.#app.nextId(), name, plane }] });
  }
}
