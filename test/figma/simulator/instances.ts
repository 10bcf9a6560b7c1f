/**
 * Components and their instances. What is in an instance is real nodes with identifiers made of the instance's and the source's;
 * they follow their source in all that was not overridden.
 */
import type { NodeData, SimDocument } from './document.ts';
import { setSize, sizeOf } from './geometry.ts';

/** Stays the instance's own, whatever becomes of its component. */
const ownOfInstance = new Set([
  'name',
  'relativeTransform',
  'mainComponent',
  'overridden',
  'layoutPositioning',
  'layoutSizingHorizontal',
  'layoutSizingVertical',
  'constraints',
  'remote',
  'key',
  'description',
  'visible',
  'locked',
  'gridRowAnchorIndex',
  'gridColumnAnchorIndex',
]);

const overriddenOf = (node: NodeData): readonly string[] => (node.props.overridden as readonly string[] | undefined) ?? [];

/** Remembers that a property of a part of an instance is no longer its source's. */
export function override(document: SimDocument, id: string, property: string): void {
  const now = overriddenOf(document.at(id));
  if (!now.includes(property)) document.setProp(id, 'overridden', [...now, property]);
}

export const sublayerId = (instance: string, source: string): string => `I${instance.replace(/^I/, '')};${source.replace(/^I/, '')}`;

export function instancesOf(document: SimDocument, component: string): readonly string[] {
  return [...document.all()].filter((node) => node.props.mainComponent === component).map((node) => node.id);
}

export function syncInstance(document: SimDocument, id: string): void {
  const instance = document.at(id);
  const source = document.find(String(instance.props.mainComponent));
  if (source === null) return;
  const isResized = overriddenOf(instance).includes('width');
  const size = sizeOf(instance);
  for (const [name, value] of Object.entries(source.props)) {
    if (!ownOfInstance.has(name) && !overriddenOf(instance).includes(name)) document.setProp(id, name, value);
  }
  document.setProps(id, sizeOf(source));
  syncChildren(document, id, source.id, id);
  if (isResized) setSize(document, id, size.width, size.height, true);
}

function syncChildren(document: SimDocument, parent: string, source: string, instance: string): void {
  const expected = document.children(source).map((child) => sublayerId(instance, child));
  for (const child of document.children(parent)) if (!expected.includes(child)) document.delete(child);
  document.children(source).forEach((child, i) => {
    const id = expected[i];
    const from = document.at(child);
    const now = document.find(id);
    if (now === null) {
      const { overridden, ...props } = from.props;
      // Its main component is that of the source; its parts are the parts of that very source.
      document.create(id, from.type === 'COMPONENT' ? 'INSTANCE' : from.type, parent, i, props, { ...from.data });
    } else {
      for (const [name, value] of Object.entries(from.props)) {
        if (name !== 'overridden' && !overriddenOf(now).includes(name)) document.setProp(id, name, value);
      }
      if (document.children(parent)[i] !== id) document.move(id, parent, i);
    }
    syncChildren(document, id, child, instance);
  });
}
