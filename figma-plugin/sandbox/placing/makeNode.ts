/** Nodes for takes, not in their place yet: Figma makes them on the current page. */
import { takeNamespace } from '../../wire/takeData.ts';
import { copyCorners, ownEffects } from './look.ts';

export type TakeNode = SceneNode & LayoutMixin & MinimalFillsMixin & BlendMixin;

/** Outlines that a rectangle cannot have. */
const outlined: readonly NodeType[] = ['ELLIPSE', 'POLYGON', 'STAR', 'VECTOR', 'TEXT', 'TEXT_PATH', 'BOOLEAN_OPERATION'];

const isOutlined = ({ type }: SceneNode): boolean => outlined.includes(type);

/** Told of each node the moment it exists, so that none is left behind by what fails afterwards. */
export type OnMade = (node: SceneNode) => void;

export interface Made {
  readonly node: TakeNode;
  readonly notes: readonly string[];
}

/** Smaller ones are refused by `resize`. */
export const leastSide = 0.01;

export function makeRectangle(figma: PluginAPI, size: { readonly width: number; readonly height: number }, onMade: OnMade): RectangleNode {
  const node = figma.createRectangle();
  onMade(node);
  node.resize(Math.max(leastSide, size.width), Math.max(leastSide, size.height));
  return node;
}

/** The outline of `source` with nothing but `paint` in it. */
export function makeLike(figma: PluginAPI, source: SceneNode & LayoutMixin, paint: ImagePaint, onMade: OnMade): Made {
  const notes: string[] = [];
  if (isOutlined(source)) {
    const copy = cloned(source, onMade);
    if (copy !== null) {
      plain(copy);
      if ('strokes' in copy) copy.strokes = [];
      copy.effects = ownEffects(source);
      copy.fills = [paint];
      return { node: copy, notes };
    }
    notes.push(`The outline of “${source.name}” could not be copied; the take is a rectangle.`);
  }
  const node = makeRectangle(figma, source, onMade);
  copyCorners(source, node);
  node.effects = ownEffects(source);
  node.fills = [paint];
  return { node, notes };
}

/** All of `source` with other fills, to stand by itself. */
export function makeCopy(figma: PluginAPI, source: SceneNode & LayoutMixin, given: readonly Paint[], onMade: OnMade): Made {
  // Figma takes patterns only where one may wait.
  const fills = given.filter(({ type }) => type !== 'PATTERN');
  const notes = fills.length < given.length ? [`The copy is without the pattern in the fills of “${source.name}”.`] : [];
  // The copy of a component is a new component.
  const copy = source.type === 'COMPONENT' || source.type === 'COMPONENT_SET' || source.type === 'SECTION' ? null : cloned(source, onMade);
  if (copy !== null) {
    plain(copy);
    copy.fills = fills;
    return { node: copy, notes };
  }
  const node = makeRectangle(figma, source, onMade);
  copyCorners(source, node);
  if ('effects' in source) node.effects = source.effects;
  if ('strokes' in source) {
    node.strokes = source.strokes;
    if (typeof source.strokeWeight === 'number') node.strokeWeight = source.strokeWeight;
    node.strokeAlign = source.strokeAlign;
  }
  node.fills = fills;
  if (isOutlined(source)) notes.push(`The outline of “${source.name}” could not be copied; the take is a rectangle.`);
  else if ('children' in source && source.children.length > 0)
    notes.push(`The copy shows the fills of “${source.name}” without what lies in it.`);
  return { node, notes };
}

/** Null when Figma cannot copy it: text whose font is not there, for one. */
function cloned(source: SceneNode, onMade: OnMade): TakeNode | null {
  try {
    const copy = source.clone();
    onMade(copy);
    return 'fills' in copy && 'effects' in copy ? (copy as TakeNode) : null;
  } catch {
    return null;
  }
}

/** What a copy is not to take over from its original. */
function plain(copy: TakeNode): void {
  copy.locked = false;
  copy.visible = true;
  copy.isMask = false;
  // What the source carries as a take, or of its further fills, is not the copy's.
  for (const key of copy.getSharedPluginDataKeys(takeNamespace)) copy.setSharedPluginData(takeNamespace, key, '');
  if ('exportSettings' in copy) copy.exportSettings = [];
}
