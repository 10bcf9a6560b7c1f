/** What is set on nodes for the time of an export, and set back as the user had it. */
import { placeholderKey, readPaintRef, takeNamespace } from '../../wire/takeData.ts';
import { ancestorsOf, isScene } from './around.ts';

export interface SetAside {
  readonly node: SceneNode;
  readonly property: 'visible' | 'opacity' | 'fills';
  /** The property before and now, as text. */
  readonly was: string;
  readonly now: string;
  undo(): void;
  redo(): void;
}

/** What the user has changed meanwhile stays as they want it. One that Figma refuses keeps no other from being set back. */
export function setBack(aside: readonly SetAside[]): void {
  const refused: unknown[] = [];
  for (const { node, property, now, undo } of aside) {
    try {
      if (!node.removed && textOf(node, property) === now) undo();
    } catch (cause) {
      refused.push(cause);
    }
  }
  if (refused.length > 0) throw refused[0];
}

export function setAgain(aside: readonly SetAside[]): void {
  for (const { node, property, was, redo } of aside) if (!node.removed && textOf(node, property) === was) redo();
}

function set(node: SceneNode, property: SetAside['property'], redo: () => void, undo: () => void): SetAside {
  const was = textOf(node, property);
  redo();
  return { node, property, was, now: textOf(node, property), undo, redo };
}

export const textOf = (node: SceneNode, property: SetAside['property']): string =>
  property in node ? JSON.stringify(node[property as keyof SceneNode]) : '';

export const show = (node: SceneNode): SetAside => setVisible(node, true);

const setVisible = (node: SceneNode, isVisible: boolean): SetAside =>
  set(
    node,
    'visible',
    () => {
      node.visible = isVisible;
    },
    () => {
      node.visible = !isVisible;
    },
  );

const placeholders = { namespace: takeNamespace, keys: [placeholderKey] };

/** Those of `except` that lie in `within`, and what only keeps a take's place. */
export async function hideIn(figma: PluginAPI, within: SceneNode, except: readonly string[], made: SetAside[]): Promise<void> {
  const places = 'findAllWithCriteria' in within ? within.findAllWithCriteria({ sharedPluginData: placeholders }) : [];
  for (const ref of [...except, ...places.map(({ id }) => id)]) {
    const paint = readPaintRef(ref);
    const node = await figma.getNodeByIdAsync(paint?.node ?? ref);
    if (!isScene(node) || !node.visible) continue;
    const isIn = [...ancestorsOf(node)].some(({ id }) => id === within.id) || (paint !== null && node.id === within.id);
    const hidden = !isIn ? null : paint === null ? hide(node) : hidePaint(node, paint.hash);
    if (hidden !== null) made.push(hidden);
  }
}

/** Transparent, not hidden: an auto-layout frame would close the gap. */
function hide(node: SceneNode): SetAside | null {
  if (!('opacity' in node)) return setVisible(node, false);
  const { opacity } = node;
  if (opacity === 0) return null;
  const setOpacity = (value: number) => (): void => {
    node.opacity = value;
  };
  return set(node, 'opacity', setOpacity(0), setOpacity(opacity));
}

/** Fills with a style, which setting them would detach, are never given ours; those with a pattern cannot be set in one go. */
function hidePaint(node: SceneNode, hash: string): SetAside | null {
  if (!('fills' in node) || typeof node.fills === 'symbol' || node.fillStyleId !== '') return null;
  const { fills } = node;
  const isIt = (paint: Paint): boolean => paint.type === 'IMAGE' && paint.imageHash === hash && paint.visible !== false;
  if (!fills.some(isIt) || fills.some(({ type }) => type === 'PATTERN')) return null;
  const setFills = (paints: readonly Paint[]) => (): void => {
    node.fills = paints;
  };
  const hidden = fills.map((paint) => (isIt(paint) ? { ...paint, visible: false } : paint));
  return set(node, 'fills', setFills(hidden), setFills(fills));
}
