/** Commands on the selection. */
import type { Application } from '../application.ts';
import type { SimDocument } from '../document.ts';
import { notAvailable } from '../errors.ts';
import { unsupported } from '../layerCommands.ts';
import { type Combine, combined, feathered, grown, inverseSelection, type Shape, setSelection, shapePlane } from '../selectionCommands.ts';
import type { Command } from './command.ts';
import { type Descriptor, documentOf, pixels, targetOf } from './descriptor.ts';

/** `{_target:[{_ref:"channel",_property:"selection"}], to}`: a shape, all, none. */
export function selectBy(app: Application, command: Descriptor, how: Combine): object {
  const document = documentOf(
    app,
    targetOf(command).filter(({ _ref }) => _ref === 'document'),
  );
  const to = command.to as Descriptor;
  if (to._enum === 'ordinal') {
    if (to._value === 'none') setSelection(document, 'Deselect', null);
    else setSelection(document, 'Select Canvas', shapePlane(document.state.depth, { kind: 'rectangle', bounds: document.canvas }));
    return { _obj: 'set' };
  }
  const added = feathered(shapePlane(document.state.depth, shapeOf(document, to)), pixels(command.feather, document));
  setSelection(
    document,
    to._obj === 'ellipse' ? 'Elliptical Marquee' : 'Rectangular Marquee',
    combined(document.state.selection, added, how),
  );
  return { _obj: 'set' };
}

function shapeOf(document: SimDocument, to: Descriptor): Shape {
  const edge = (name: string, along: number): number => Math.round(pixels(to[name], document, along));
  const { width, height } = document.state;
  if (to._obj === 'rectangle' || to._obj === 'ellipse') {
    const [left, top] = [edge('left', width), edge('top', height)];
    return { kind: to._obj, bounds: { x: left, y: top, width: edge('right', width) - left, height: edge('bottom', height) - top } };
  }
  if (to._obj === 'polygon') {
    const points = (to.points as Descriptor[]).map((point) => ({
      x: pixels(point.horizontal, document),
      y: pixels(point.vertical, document),
    }));
    return { kind: 'polygon', points };
  }
  throw unsupported(`a selection by ${to._obj ?? to._ref}`);
}

const changing =
  (name: string, change: (document: SimDocument, command: Descriptor) => ReturnType<typeof inverseSelection>): Command =>
  ({ app }, command) => {
    const document = documentOf(app, []);
    if (document.state.selection === null) throw notAvailable(name);
    setSelection(document, name, change(document, command));
    return { _obj: command._obj };
  };

const own = ({ state }: SimDocument) => state.selection as NonNullable<typeof state.selection>;

export const selectionCommands: Readonly<Record<string, Command>> = {
  addTo: ({ app }, command) => selectBy(app, command, 'addTo'),
  subtractFrom: ({ app }, command) => selectBy(app, command, 'subtractFrom'),
  intersectWith: ({ app }, command) => selectBy(app, command, 'intersectWith'),
  inverse: changing('Inverse', inverseSelection),
  feather: changing('Feather', (document, { radius }) => feathered(own(document), pixels(radius, document))),
  expand: changing('Expand', (document, { by }) => grown(own(document), pixels(by, document))),
  contract: changing('Contract', (document, { by }) => grown(own(document), -pixels(by, document))),
};
