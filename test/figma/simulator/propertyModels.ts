/** The properties of nodes, by name: initial values, checks, and how those are read and written that have a rule of their own. */
import type { NodeData } from './document.ts';
import { absoluteBox, absoluteTransform, hasLayout, isShown, renderBounds, setTransform, sizeOf, transformOf } from './geometry.ts';
import { cellOf, sizingOf } from './layout.ts';
import { placed, rotated, rotationOf } from './matrix.ts';
import { isHiddenFrom, isRemote, mustBeLoaded, nodeRef } from './nodeRules.ts';
import { blendModes, completePaints, effectList, paintList, type SimPaint } from './paints.ts';
import { pathData } from './pathData.ts';
import type { Run } from './run.ts';
import { anything, arrayOf, boolean, type Check, integer, nullable, number, object, oneOf, string, transform } from './schema.ts';
import { selectionOf, setSelection } from './selection.ts';
import { setLayoutMode, setPositioning, setSizing } from './sizing.ts';
import { mixed, refuse, type Transform } from './values.ts';
import { fillGeometryOf, writeVectorPaths } from './vectorPaths.ts';

interface PropertyModel {
  readonly initial?: unknown;
  readonly read?: (run: Run, node: NodeData) => unknown;
  /** Absent on what cannot be written. */
  readonly check?: Check;
  readonly write?: (run: Run, node: NodeData, value: never) => void;
  /** What makes up an instance's structure and is its component's alone. */
  readonly isStructural?: true;
  /** dynamic-page: throws on writing, with the name of what to use instead. */
  readonly writeInstead?: string;
  readonly readInstead?: string;
}

const plain = (check: Check, initial?: unknown): PropertyModel => ({ check, initial });
const structural = (check: Check, initial?: unknown): PropertyModel => ({ check, initial, isStructural: true });
const readOnly = (read: PropertyModel['read']): PropertyModel => ({ read: read! });
const constant = (initial: unknown): PropertyModel => ({ initial });

const paintProperty = (name: 'fills' | 'strokes'): PropertyModel => ({
  check: paintList,
  initial: [],
  write: ({ document, isPrivileged }, { id }, paints: readonly SimPaint[]) => {
    // The node that a pattern repeats has to be fetched first.
    if (!isPrivileged && paints.some((paint) => paint.type === 'PATTERN')) {
      refuse(`set_${name}`, `Cannot set a pattern paint here. Use ${name === 'fills' ? 'setFillsAsync' : 'setStrokesAsync'} instead.`);
    }
    document.setProps(id, { [name]: completePaints(paints), [`${name.slice(0, -1)}StyleId`]: '' });
  },
});

export const radii = ['topLeftRadius', 'topRightRadius', 'bottomRightRadius', 'bottomLeftRadius'];
const styleId = (name: string): PropertyModel => ({ check: string, initial: '', writeInstead: `set${name}Async` });
export const sideWeights = ['strokeTopWeight', 'strokeRightWeight', 'strokeBottomWeight', 'strokeLeftWeight'];
const strokeSide: PropertyModel = { check: number(0), read: (_, node) => ownOr(node, 'strokeWeight', 1) };
const limit: PropertyModel = structural(nullable(number(0)), null);

export const ownOr = (node: NodeData, name: string, initial: unknown): unknown =>
  Object.hasOwn(node.props, name) ? node.props[name] : initial;

const coordinate = (axis: 0 | 1): PropertyModel => ({
  isStructural: true,
  check: number(),
  read: (_, node) => transformOf(node)[axis][2],
  write: ({ document }, node, value: number) => {
    const at = transformOf(node);
    moveTo(document, node, axis === 0 ? placed(at, value, at[1][2]) : placed(at, at[0][2], value));
  },
});

/** What a layout places stays where it is put; its rotation is its own. */
function moveTo(document: Run['document'], node: NodeData, to: Transform): void {
  const now = transformOf(node);
  const parent = node.parent === null ? null : document.find(node.parent);
  const isPlaced = parent !== null && hasLayout(parent) && node.props.layoutPositioning !== 'ABSOLUTE';
  setTransform(document, node.id, isPlaced ? placed(to, now[0][2], now[1][2]) : to);
}

const sizing = (axis: 'width' | 'height'): PropertyModel => ({
  check: oneOf('FIXED', 'HUG', 'FILL'),
  read: (_, node) => sizingOf(node, axis),
  write: ({ document }, node, value: string) => setSizing(document, node, axis, value),
});

const ownAxis = (node: NodeData, which: 'primary' | 'counter'): 'width' | 'height' =>
  (node.props.layoutMode === 'VERTICAL') === (which === 'primary') ? 'height' : 'width';

const sizingMode = (which: 'primary' | 'counter'): PropertyModel => ({
  isStructural: true,
  check: oneOf('FIXED', 'AUTO'),
  read: (_, node) => (sizingOf(node, ownAxis(node, which)) === 'HUG' ? 'AUTO' : 'FIXED'),
  write: ({ document }, node, value: string) => {
    const name = ownAxis(node, which) === 'width' ? 'layoutSizingHorizontal' : 'layoutSizingVertical';
    document.setProp(node.id, name, value === 'AUTO' ? 'HUG' : 'FIXED');
  },
});

/** The axis of the parent's flow, or across it; null when the parent has none. */
function parentAxis(run: Run, node: NodeData, which: 'primary' | 'counter'): 'width' | 'height' | null {
  const parent = node.parent === null ? null : run.document.find(node.parent);
  return parent === null || !hasLayout(parent) ? null : ownAxis(parent, which);
}

const padding: PropertyModel = structural(number(0), 0);

export const models: Readonly<Record<string, PropertyModel>> = {
  id: readOnly((_, { id }) => id),
  type: readOnly((_, { type }) => type),
  removed: constant(false),
  name: plain(string, ''),
  parent: readOnly((run, node) => (node.parent === null ? null : nodeRef(run.document.at(node.parent)))),
  children: readOnly((run, node) => {
    mustBeLoaded(run, node, 'get_children', 'children');
    return run.document
      .children(node.id)
      .map((id) => run.document.at(id))
      .filter((child) => !isHiddenFrom(run, child))
      .map(nodeRef);
  }),
  isAsset: constant(false),
  documentColorProfile: constant('SRGB'),
  isPageDivider: constant(false),
  selection: {
    read: (run, node) => selectionOf(run, node.id),
    check: anything,
    write: (run, node, nodes: unknown) => setSelection(run, node.id, nodes),
  },
  selectedTextRange: constant(null),
  flowStartingPoints: plain(anything, []),
  prototypeStartNode: constant(null),
  focusedNode: constant(null),
  backgrounds: {
    check: paintList,
    read: (_, node) => ownOr(node, node.type === 'PAGE' ? 'backgrounds' : 'fills', []),
    write: ({ document }, node, paints: readonly SimPaint[]) =>
      document.setProp(node.id, node.type === 'PAGE' ? 'backgrounds' : 'fills', completePaints(paints)),
  },
  backgroundStyleId: styleId('FillStyleId'),
  guides: plain(anything, []),
  explicitVariableModes: constant({}),
  resolvedVariableModes: constant({}),
  boundVariables: constant({}),
  inferredVariables: constant({}),
  stuckNodes: constant([]),
  attachedConnectors: constant([]),
  componentPropertyReferences: plain(anything, null),

  visible: plain(boolean, true),
  locked: plain(boolean, false),
  opacity: plain(number(0, 1), 1),
  blendMode: {
    check: oneOf(...blendModes),
    initial: 'PASS_THROUGH',
  },
  isMask: plain(boolean, false),
  maskType: plain(oneOf('ALPHA', 'VECTOR', 'LUMINANCE'), 'ALPHA'),
  effects: plain(effectList, []),
  effectStyleId: styleId('EffectStyleId'),
  expanded: plain(boolean, true),
  constraints: structural(
    object({
      horizontal: oneOf('MIN', 'CENTER', 'MAX', 'STRETCH', 'SCALE'),
      vertical: oneOf('MIN', 'CENTER', 'MAX', 'STRETCH', 'SCALE'),
    }),
    { horizontal: 'MIN', vertical: 'MIN' },
  ),

  x: coordinate(0),
  y: coordinate(1),
  width: readOnly((_, node) => sizeOf(node).width),
  height: readOnly((_, node) => sizeOf(node).height),
  minWidth: limit,
  maxWidth: limit,
  minHeight: limit,
  maxHeight: limit,
  rotation: {
    isStructural: true,
    check: number(),
    read: (_, node) => rotationOf(transformOf(node)),
    write: ({ document }, node, degrees: number) => setTransform(document, node.id, rotated(transformOf(node), degrees)),
  },
  relativeTransform: {
    isStructural: true,
    check: transform,
    read: (_, node) => transformOf(node),
    write: ({ document }, node, to: Transform) => moveTo(document, node, withoutScale(to)),
  },
  absoluteTransform: readOnly(({ document }, { id }) => absoluteTransform(document, id)),
  absoluteBoundingBox: readOnly(({ document }, { id }) => absoluteBox(document, id)),
  absoluteRenderBounds: readOnly(({ document }, { id }) => (isShown(document, id) ? renderBounds(document, id) : null)),
  constrainProportions: plain(boolean, false),
  targetAspectRatio: constant(null),

  layoutSizingHorizontal: sizing('width'),
  layoutSizingVertical: sizing('height'),
  layoutPositioning: {
    isStructural: true,
    check: oneOf('AUTO', 'ABSOLUTE'),
    initial: 'AUTO',
    write: ({ document }, node, value: string) => setPositioning(document, node, value),
  },
  layoutGrow: {
    check: number(0, 1),
    read: (run, node) => {
      const axis = parentAxis(run, node, 'primary');
      return axis !== null && sizingOf(node, axis) === 'FILL' ? 1 : 0;
    },
    write: (run, node, grow: number) => {
      const axis = parentAxis(run, node, 'primary');
      if (axis !== null) setSizing(run.document, node, axis, grow === 1 ? 'FILL' : 'FIXED');
    },
  },
  layoutAlign: {
    check: oneOf('MIN', 'CENTER', 'MAX', 'STRETCH', 'INHERIT'),
    read: (run, node) => {
      const axis = parentAxis(run, node, 'counter');
      return axis !== null && sizingOf(node, axis) === 'FILL' ? 'STRETCH' : 'INHERIT';
    },
    write: (run, node, align: string) => {
      const axis = parentAxis(run, node, 'counter');
      if (axis !== null) setSizing(run.document, node, axis, align === 'STRETCH' ? 'FILL' : 'FIXED');
    },
  },
  layoutMode: {
    isStructural: true,
    check: oneOf('NONE', 'HORIZONTAL', 'VERTICAL', 'GRID'),
    initial: 'NONE',
    write: ({ document }, node, mode: string) => setLayoutMode(document, node, mode),
  },
  primaryAxisSizingMode: sizingMode('primary'),
  counterAxisSizingMode: sizingMode('counter'),
  paddingLeft: padding,
  paddingRight: padding,
  paddingTop: padding,
  paddingBottom: padding,
  itemSpacing: structural(number(), 0),
  counterAxisSpacing: structural(nullable(number(0)), null),
  primaryAxisAlignItems: structural(oneOf('MIN', 'MAX', 'CENTER', 'SPACE_BETWEEN', 'SPACE_EVENLY', 'SPACE_AROUND'), 'MIN'),
  counterAxisAlignItems: structural(oneOf('MIN', 'MAX', 'CENTER', 'BASELINE'), 'MIN'),
  counterAxisAlignContent: structural(oneOf('AUTO', 'SPACE_BETWEEN'), 'AUTO'),
  layoutWrap: structural(oneOf('NO_WRAP', 'WRAP'), 'NO_WRAP'),
  strokesIncludedInLayout: structural(boolean, false),
  itemReverseZIndex: structural(boolean, false),
  gridRowCount: structural(integer(1), 1),
  gridColumnCount: structural(integer(1), 1),
  gridRowGap: structural(number(0), 0),
  gridColumnGap: structural(number(0), 0),
  gridRowSizes: structural(arrayOf(object({ type: oneOf('FLEX', 'FIXED', 'HUG') }, { value: number(0) })), []),
  gridColumnSizes: structural(arrayOf(object({ type: oneOf('FLEX', 'FIXED', 'HUG') }, { value: number(0) })), []),
  gridAutoTracks: structural(oneOf('NONE', 'ROWS'), 'NONE'),
  gridItemsPositioning: structural(oneOf('MANUAL', 'ROW_AUTO_FLOW'), 'MANUAL'),
  gridRowAnchorIndex: readOnly((_, node) => cellOf(node).row),
  gridColumnAnchorIndex: readOnly((_, node) => cellOf(node).column),
  gridRowSpan: structural(integer(1), 1),
  gridColumnSpan: structural(integer(1), 1),
  gridChildHorizontalAlign: structural(oneOf('MIN', 'CENTER', 'MAX', 'AUTO'), 'AUTO'),
  gridChildVerticalAlign: structural(oneOf('MIN', 'CENTER', 'MAX', 'AUTO'), 'AUTO'),

  fills: paintProperty('fills'),
  strokes: paintProperty('strokes'),
  fillStyleId: styleId('FillStyleId'),
  strokeStyleId: styleId('StrokeStyleId'),
  gridStyleId: styleId('GridStyleId'),
  textStyleId: styleId('TextStyleId'),
  strokeWeight: {
    check: number(0),
    initial: 1,
    write: ({ document }, { id }, weight: number) =>
      document.setProps(id, { strokeWeight: weight, ...Object.fromEntries(sideWeights.map((side) => [side, weight])) }),
  },
  ...Object.fromEntries(sideWeights.map((side) => [side, strokeSide])),
  strokeAlign: plain(oneOf('CENTER', 'INSIDE', 'OUTSIDE'), 'INSIDE'),
  strokeJoin: plain(oneOf('MITER', 'BEVEL', 'ROUND'), 'MITER'),
  strokeCap: plain(
    oneOf('NONE', 'ROUND', 'SQUARE', 'ARROW_LINES', 'ARROW_EQUILATERAL', 'DIAMOND_FILLED', 'TRIANGLE_FILLED', 'CIRCLE_FILLED'),
    'NONE',
  ),
  strokeMiterLimit: plain(number(), 4),
  dashPattern: plain(arrayOf(number(0)), []),
  strokeGeometry: constant([]),
  fillGeometry: { read: fillGeometryOf },
  cornerRadius: {
    check: number(0),
    read: (_, node) => {
      const all = radii.map((name) => ownOr(node, name, 0));
      return all.every((radius) => radius === all[0]) ? all[0] : mixed;
    },
    write: ({ document }, { id }, radius: number) => document.setProps(id, Object.fromEntries(radii.map((name) => [name, radius]))),
  },
  ...Object.fromEntries(radii.map((name) => [name, plain(number(0), 0)])),
  cornerSmoothing: plain(number(0, 1), 0),
  clipsContent: plain(boolean, false),
  layoutGrids: plain(anything, []),
  detachedInfo: constant(null),
  inferredAutoLayout: constant(null),
  overflowDirection: plain(oneOf('NONE', 'HORIZONTAL', 'VERTICAL', 'BOTH'), 'NONE'),
  numberOfFixedChildren: plain(integer(0), 0),
  reactions: { check: anything, initial: [], writeInstead: 'setReactionsAsync' },
  annotations: plain(anything, []),
  devStatus: plain(anything, null),
  exportSettings: plain(anything, []),
  sectionContentsHidden: plain(boolean, false),
  arcData: plain(object({ startingAngle: number(), endingAngle: number(), innerRadius: number(0, 1) }), {
    startingAngle: 0,
    endingAngle: 2 * Math.PI,
    innerRadius: 0,
  }),
  pointCount: plain(integer(3), 3),
  innerRadius: plain(number(0, 1), 0.382),
  booleanOperation: structural(oneOf('UNION', 'INTERSECT', 'SUBTRACT', 'EXCLUDE'), 'UNION'),
  vectorPaths: {
    ...structural(arrayOf(object({ windingRule: oneOf('NONZERO', 'EVENODD', 'NONE'), data: pathData })), []),
    write: writeVectorPaths,
  },
  vectorNetwork: { check: anything, initial: { vertices: [], segments: [], regions: [] }, writeInstead: 'setVectorNetworkAsync' },
  handleMirroring: plain(oneOf('NONE', 'ANGLE', 'ANGLE_AND_LENGTH'), 'NONE'),

  mainComponent: {
    readInstead: 'getMainComponentAsync',
    read: (run, node) => {
      const main = run.document.find(String(node.props.mainComponent));
      return main === null ? null : nodeRef(main);
    },
  },
  instances: { readInstead: 'getInstancesAsync', read: () => [] },
  componentProperties: constant({}),
  componentPropertyDefinitions: constant({}),
  variantProperties: constant(null),
  scaleFactor: plain(number(0.01), 1),
  isExposedInstance: plain(boolean, false),
  exposedInstances: constant([]),
  description: plain(string, ''),
  remote: readOnly((run, node) => isRemote(run.document, node.id)),
  key: constant(''),
  overrides: readOnly((run, node) =>
    [...run.document.subtree(node.id)]
      .filter((one) => Object.hasOwn(one.props, 'overridden'))
      .map((one) => ({ id: one.id, overriddenFields: one.props.overridden })),
  ),

  characters: plain(string, ''),
  fontName: plain(object({ family: string, style: string }), { family: 'Inter', style: 'Regular' }),
  fontSize: plain(number(1), 12),
  fontWeight: constant(400),
  hasMissingFont: readOnly((run, node) => {
    const { family, style } = ownOr(node, 'fontName', { family: 'Inter', style: 'Regular' }) as { family: string; style: string };
    return !run.installedFonts.some((font) => font.family === family && font.style === style);
  }),
  textAutoResize: plain(oneOf('NONE', 'WIDTH_AND_HEIGHT', 'HEIGHT', 'TRUNCATE'), 'WIDTH_AND_HEIGHT'),
  textAlignHorizontal: plain(oneOf('LEFT', 'CENTER', 'RIGHT', 'JUSTIFIED'), 'LEFT'),
  textAlignVertical: plain(oneOf('TOP', 'CENTER', 'BOTTOM'), 'TOP'),
  textCase: plain(oneOf('ORIGINAL', 'UPPER', 'LOWER', 'TITLE', 'SMALL_CAPS', 'SMALL_CAPS_FORCED'), 'ORIGINAL'),
  autoRename: plain(boolean, true),
};

/** Figma keeps sizes in width and height: a scale in a transform is dropped, a mirroring stays. */
function withoutScale([[a, c, e], [b, d, f]]: Transform): Transform {
  const [sx, sy] = [Math.hypot(a, b) || 1, Math.hypot(c, d) || 1];
  return [
    [a / sx, c / sy, e],
    [b / sx, d / sy, f],
  ];
}
