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
}

/** What the user has changed meanwhile stays as they want it. */
export function setBack(aside: readonly SetAside[]): void {
  for (const { node, property, now, undo } of aside) if (!node.removed && textOf(node, property) === now) undo();
}

const set = (node: SceneNode, property: SetAside['property'], was: string, undo: () => void): SetAside => ({
  node,
  property,
  was,
  now: textOf(node, property),
  undo,
});

export const textOf = (node: SceneNode, property: SetAside['property']): string =>
  property in node ? JSON.stringify(node[property as keyof SceneNode]) : '';

export function show(node: SceneNode): SetAside {
  const was = textOf(node, 'visible');
  node.visible = true;
  return set(node, 'visible', was, () => {
    node.visible = false;
  });
}

const placeholders = { namespace: takeNamespace, keys: [placeholderKey] };

/** Those of `except` that lie in `within`, and what only keeps a take's place. */
export async function hideIn(figma: PluginAPI, within: SceneNode, except: readonly string[], made: SetAside[]): Promise<void> {
  const places = 'findAllWithCriteria' in within ? within.findAllWithCriteria({ sharedPluginData: placeholders }) : [];
  for (const ref of [...except, ...places.map(({ id }) => id)]) {
    const paint = readPaintRef(ref);
    const node = await figma.getNodeByIdAsync(paint?.node ?? ref);
    if (!isScene(node) || !node.visible) continue;
    const isIn = [...ancestorsOf(node)].some(({ id }) => id === within.id) || (paint !== null && node.id === within.id);
    const hidden = !isIn ? null : paint === null ? hide(node) : await hidePaint(node, paint.hash);
    if (hidden !== null) made.push(hidden);
  }
}

/** Transparent, not hidden: an auto-layout frame would close the gap. */
function hide(node: SceneNode): SetAside | null {
  if (!('opacity' in node)) {
    const was = textOf(node, 'visible');
    node.visible = false;
    return set(node, 'visible', was, () => {
      node.visible = true;
    });
  }
  const { opacity } = node;
  if (opacity === 0) return null;
  const was = textOf(node, 'opacity');
  node.opacity = 0;
  return set(node, 'opacity', was, () => {
    node.opacity = opacity;
  });
}

/** Fills with a style are left alone: setting them would detach it. Ours are never put on those. */
async function hidePaint(node: SceneNode, hash: string): Promise<SetAside | null> {
  if (!('fills' in node) || typeof node.fills === 'symbol' || node.fillStyleId !== '') return null;
  const isIt = (paint: Paint): paint is ImagePaint => paint.type === 'IMAGE' && paint.imageHash === hash && paint.visible !== false;
  if (!node.fills.some(isIt)) return null;
  const was = textOf(node, 'fills');
  const { fills } = node;
  await setFills(
    node,
    fills.map((paint) => (isIt(paint) ? { ...paint, visible: false } : paint)),
  );
  return set(node, 'fills', was, () => void setFills(node, fills));
}

/** A pattern among them is taken only so. */
async function setFills(node: SceneNode & MinimalFillsMixin, fills: readonly Paint[]): Promise<void> {
  if (fills.some(({ type }) => type === 'PATTERN')) await node.setFillsAsync(fills);
  else node.fills = fills;
}
