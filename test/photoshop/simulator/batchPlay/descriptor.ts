/** Descriptors as batchPlay takes and gives them: units, references, and what they point to. */
import type { Application } from '../application.ts';
import type { SimDocument } from '../document.ts';
import { CommandFailure, noSuch } from '../errors.ts';
import { everyLayer, type Layer } from '../layer.ts';
import { activeLayer } from '../layerCommands.ts';

export interface Descriptor {
  readonly _obj?: string;
  readonly [key: string]: unknown;
}

export interface Reference {
  readonly _ref?: string;
  readonly _id?: number;
  readonly _name?: string;
  readonly _index?: number;
  readonly _enum?: string;
  readonly _value?: string;
  readonly _property?: string;
}

/** `_target` as a list, whichever way it was written. */
export function targetOf(command: Descriptor): readonly Reference[] {
  const target = command._target;
  if (target === undefined) return [];
  return (Array.isArray(target) ? target : [target]) as Reference[];
}

export const refOf = (target: readonly Reference[], kind: string): Reference | undefined => target.find(({ _ref }) => _ref === kind);

/** The property asked for: the first of `_property`. */
export const propertyOf = (target: readonly Reference[]): string | undefined =>
  target.find(({ _property }) => _property !== undefined)?._property;

export function documentOf(app: Application, target: readonly Reference[]): SimDocument {
  const ref = refOf(target, 'document');
  if (ref?._id !== undefined) {
    const document = app.documentOf(ref._id);
    if (document === null) throw noSuch(`document (id ${ref._id})`);
    return document;
  }
  if (ref?._name !== undefined) {
    const document = app.documents.find(({ title }) => title === ref._name);
    if (document === undefined) throw noSuch(`document “${ref._name}”`);
    return document;
  }
  return app.requireDocument();
}

/** The layers that a command is for: the ones that are named, else the selected ones. */
export function layersOf(app: Application, target: readonly Reference[]): { document: SimDocument; layers: readonly Layer[] } {
  const document = documentOf(app, target);
  const refs = target.filter(({ _ref }) => _ref === 'layer');
  if (
    refs.length === 0 ||
    refs.every(({ _enum, _id, _name, _index }) => _enum === 'ordinal' && _id === undefined && _name === undefined && _index === undefined)
  ) {
    const ordinal = refs[0]?._value ?? 'targetEnum';
    return { document, layers: byOrdinal(document, ordinal) };
  }
  return { document, layers: refs.map((ref) => layerOf(document, ref)) };
}

function byOrdinal(document: SimDocument, ordinal: string): readonly Layer[] {
  const all = everyLayer(document.state.layers).map(({ layer }) => layer);
  switch (ordinal) {
    case 'targetEnum':
      activeLayer(document);
      return document.activeLayers;
    case 'front':
      return all.slice(0, 1);
    case 'back':
      return all.slice(-1);
    default:
      throw noSuch(`layer (${ordinal})`);
  }
}

function layerOf(document: SimDocument, ref: Reference): Layer {
  const all = everyLayer(document.state.layers).map(({ layer }) => layer);
  const found =
    ref._id !== undefined
      ? all.find(({ id }) => id === ref._id)
      : ref._name !== undefined
        ? all.find(({ name }) => name === ref._name)
        : ref._index !== undefined
          ? layerAtIndex(document, ref._index)
          : undefined;
  if (found === undefined) throw noSuch(`layer “${ref._name ?? ref._id ?? ref._index}”`);
  return found;
}

/**
 * Photoshop's item index: counted from the bottom, a group's end counting too; the Background is 0 where there is one, and
 * the lowest layer 1 where there is none.
 */
export function indexed(document: SimDocument): (Layer | null)[] {
  const list: (Layer | null)[] = [];
  const walk = (layers: readonly Layer[]): void => {
    for (const layer of [...layers].reverse()) {
      if (layer.children !== null) {
        list.push(null);
        walk(layer.children);
      }
      list.push(layer);
    }
  };
  walk(document.state.layers);
  return document.state.layers.at(-1)?.isBackground ? list : [null, ...list];
}

const layerAtIndex = (document: SimDocument, index: number): Layer | undefined => indexed(document)[index] ?? undefined;

interface Quantity {
  readonly _unit?: string;
  readonly _value?: number;
}

/** A length in pixels. `distanceUnit` is points: at 300 ppi, 72 of them are 300 pixels. */
export function pixels(quantity: unknown, document: SimDocument, along?: number): number {
  if (quantity === undefined) return 0;
  const { _unit, _value } = quantity as Quantity;
  if (typeof _value !== 'number' || typeof _unit !== 'string') throw new CommandFailure(-1715, 'A length needs a unit and a value');
  switch (_unit) {
    case 'pixelsUnit':
      return _value;
    case 'distanceUnit':
    case 'pointsUnit':
      return (_value * document.state.resolution) / 72;
    case 'percentUnit':
      return ((along ?? 0) * _value) / 100;
    default:
      throw new CommandFailure(-1715, `The unit ${_unit} is no length`);
  }
}

export function percent(quantity: unknown, otherwise: number): number {
  if (quantity === undefined) return otherwise;
  const { _unit, _value } = quantity as Quantity;
  if (_unit !== 'percentUnit' || typeof _value !== 'number') throw new CommandFailure(-1715, 'A share is told in percentUnit');
  return _value;
}

export const pixelsUnit = (value: number): object => ({ _unit: 'pixelsUnit', _value: value });
export const percentUnit = (value: number): object => ({ _unit: 'percentUnit', _value: value });
export const enumValue = (name: string, value: string): object => ({ _enum: name, _value: value });

export const rectOf = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }): object => ({
  _obj: 'rectangle',
  top: pixelsUnit(y),
  left: pixelsUnit(x),
  bottom: pixelsUnit(y + height),
  right: pixelsUnit(x + width),
  width: pixelsUnit(width),
  height: pixelsUnit(height),
});
