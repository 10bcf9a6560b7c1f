/**
 * Which members the nodes of each type have, by the mixins of Figma's typings. Reading any other name throws, so a plugin that
 * asks a SECTION for its opacity is found out here as it would be in Figma.
 */
const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** Members of a mixin. */
const mixins = {
  base: words(`id type parent name removed toString remove setRelaunchData getRelaunchData isAsset getCSSAsync getTopLevelFrame
    getPluginData setPluginData getPluginDataKeys getSharedPluginData setSharedPluginData getSharedPluginDataKeys
    getDevResourcesAsync addDevResourceAsync editDevResourceAsync deleteDevResourceAsync setDevResourcePreviewAsync`),
  modes: words('explicitVariableModes setExplicitVariableModeForCollection clearExplicitVariableModeForCollection'),
  scene: words(`visible locked stuckNodes attachedConnectors componentPropertyReferences boundVariables setBoundVariable inferredVariables
    resolvedVariableModes explicitVariableModes setExplicitVariableModeForCollection clearExplicitVariableModeForCollection
    animationStyles animations manualKeyframeTracks timelines applyAnimationStyle removeAnimationStyle applyManualKeyframeTrack
    removeManualKeyframeTrack setTimelineDuration`),
  children: words('children appendChild insertChild findChildren findChild findAll findOne findAllWithCriteria findWidgetNodesByWidgetId'),
  constraint: words('constraints'),
  position: words('x y width height minWidth maxWidth minHeight maxHeight relativeTransform absoluteTransform absoluteBoundingBox'),
  layout: words(`x y width height minWidth maxWidth minHeight maxHeight relativeTransform absoluteTransform absoluteBoundingBox
    absoluteRenderBounds constrainProportions rotation layoutSizingHorizontal layoutSizingVertical resize resizeWithoutConstraints rescale
    layoutAlign layoutGrow layoutPositioning setGridChildPosition gridRowAnchorIndex gridColumnAnchorIndex gridRowSpan gridColumnSpan
    gridChildHorizontalAlign gridChildVerticalAlign`),
  ratio: words('targetAspectRatio lockAspectRatio unlockAspectRatio'),
  minimalBlend: words('opacity blendMode'),
  blend: words('opacity blendMode isMask maskType effects effectStyleId setEffectStyleIdAsync'),
  container: words('expanded'),
  backgrounds: words('backgrounds backgroundStyleId'),
  strokes: words(
    'strokes strokeStyleId setStrokeStyleIdAsync strokeWeight strokeJoin strokeAlign dashPattern strokeGeometry setStrokesAsync',
  ),
  strokeSides: words('strokeTopWeight strokeBottomWeight strokeLeftWeight strokeRightWeight'),
  fills: words('fills fillStyleId setFillStyleIdAsync setFillsAsync'),
  geometry: words('strokeCap strokeMiterLimit outlineStroke fillGeometry'),
  complexStrokes: words('variableWidthStrokeProperties complexStrokeProperties'),
  corner: words('cornerRadius cornerSmoothing'),
  corners: words('topLeftRadius topRightRadius bottomLeftRadius bottomRightRadius'),
  export: words('exportSettings exportAsync'),
  autoLayout: words(`layoutMode paddingLeft paddingRight paddingTop paddingBottom horizontalPadding verticalPadding primaryAxisSizingMode
    counterAxisSizingMode strokesIncludedInLayout layoutWrap primaryAxisAlignItems counterAxisAlignItems counterAxisAlignContent itemSpacing
    counterAxisSpacing itemReverseZIndex gridRowCount gridColumnCount gridRowGap gridColumnGap gridRowSizes gridColumnSizes appendChildAt
    gridAutoTracks gridItemsPositioning reorderRows reorderColumns`),
  frame: words(`detachedInfo layoutGrids gridStyleId setGridStyleIdAsync clipsContent guides inferredAutoLayout`),
  prototyping: words('overflowDirection numberOfFixedChildren overlayPositionType overlayBackground overlayBackgroundInteraction'),
  reaction: words('reactions setReactionsAsync'),
  annotations: words('annotations'),
  devStatus: words('devStatus'),
  publishable: words('description descriptionMarkdown documentationLinks remote key getPublishStatusAsync'),
  variant: words('variantProperties'),
  componentProperties: words('componentPropertyDefinitions addComponentProperty editComponentProperty deleteComponentProperty'),
  vector: words('vectorNetwork setVectorNetworkAsync vectorPaths handleMirroring'),
  measurements: words('getMeasurements getMeasurementsForNode addMeasurement editMeasurement deleteMeasurement'),
  text: words(`hasMissingFont fontSize fontName fontWeight textCase openTypeFeatures letterSpacing hyperlink characters insertCharacters
    deleteCharacters getRangeAllFontNames getRangeFontName setRangeFontName getRangeFontSize setRangeFontSize getRangeFills setRangeFills
    getStyledTextSegments getRangeFontWeight textDecoration lineHeight paragraphIndent paragraphSpacing textAlignHorizontal textAlignVertical textAutoResize
    textTruncation maxLines autoRename textStyleId setTextStyleIdAsync hangingList hangingPunctuation leadingTrim listSpacing
    textDecorationColor textDecorationOffset textDecorationSkipInk textDecorationStyle textDecorationThickness textWrapStyle`),
} as const;

type Mixin = keyof typeof mixins;

/** What can be asked and set of a stretch of a text. */
const ranges = words(`BoundVariable FillStyleId Hyperlink Indentation LetterSpacing LineHeight ListOptions ListSpacing ParagraphIndent
  ParagraphSpacing TextCase TextDecoration TextDecorationColor TextDecorationOffset TextDecorationSkipInk TextDecorationStyle
  TextDecorationThickness TextStyleId TextWrapStyle`).flatMap((name) => [`getRange${name}`, `setRange${name}`]);

const shape: readonly Mixin[] = ['base', 'scene', 'reaction', 'blend', 'geometry', 'strokes', 'fills', 'layout', 'export'];
const anyFrame: readonly Mixin[] = [
  ...shape.filter((mixin) => mixin !== 'reaction'),
  ...(['children', 'container', 'backgrounds', 'complexStrokes', 'corner', 'corners', 'constraint', 'strokeSides'] as const),
  ...(['autoLayout', 'ratio', 'annotations', 'devStatus', 'frame'] as const),
];
const frame: readonly Mixin[] = [...anyFrame, 'prototyping', 'reaction'];
const plainShape: readonly Mixin[] = [...shape, 'constraint', 'corner', 'complexStrokes', 'annotations', 'ratio'];

const kind = (parts: readonly Mixin[], own = 'clone'): ReadonlySet<string> =>
  new Set([...parts.flatMap((mixin): readonly string[] => mixins[mixin]), ...words(own)]);

const kinds: Readonly<Record<string, ReadonlySet<string>>> = {
  DOCUMENT: kind(['base', 'children'], 'documentColorProfile'),
  PAGE: kind(
    ['base', 'children', 'export', 'modes', 'measurements'],
    `clone guides selection selectedTextRange flowStartingPoints backgrounds prototypeBackgrounds prototypeStartNode isPageDivider loadAsync
     focusedNode focusedSlide on once off`,
  ),
  FRAME: kind(frame),
  COMPONENT: kind(
    [...frame, 'publishable', 'variant', 'componentProperties'],
    'clone createInstance createSlot getInstancesAsync instances',
  ),
  COMPONENT_SET: kind([...anyFrame, 'publishable', 'componentProperties'], 'clone defaultVariant variantGroupProperties'),
  INSTANCE: kind(
    [...frame, 'variant'],
    `clone getMainComponentAsync mainComponent swapComponent setProperties componentProperties detachInstance scaleFactor exposedInstances
     isExposedInstance overrides resetOverrides removeOverrides`,
  ),
  SLOT: kind(frame, 'clone resetSlot limitViolations'),
  GROUP: kind(['base', 'scene', 'reaction', 'children', 'container', 'backgrounds', 'blend', 'layout', 'export', 'ratio']),
  SLICE: kind(['base', 'scene', 'layout', 'export']),
  RECTANGLE: kind([...plainShape, 'corners', 'strokeSides']),
  LINE: kind([...shape, 'constraint', 'annotations', 'complexStrokes']),
  ELLIPSE: kind(plainShape, 'clone arcData'),
  POLYGON: kind(plainShape, 'clone pointCount'),
  STAR: kind(plainShape, 'clone pointCount innerRadius'),
  VECTOR: kind([...plainShape, 'vector']),
  TEXT: kind(
    [...shape, 'constraint', 'text', 'complexStrokes', 'annotations', 'ratio'],
    `clone getRangeOpenTypeFeatures setRangeFillStyleIdAsync setRangeTextStyleIdAsync ${ranges.join(' ')}`,
  ),
  BOOLEAN_OPERATION: kind([...shape, 'children', 'corner', 'complexStrokes', 'container', 'ratio'], 'clone booleanOperation'),
  SECTION: kind(
    ['base', 'scene', 'export', 'position', 'children', 'fills', 'devStatus', 'ratio', 'strokes', 'corner', 'corners'],
    'clone sectionContentsHidden resize resizeWithoutConstraints',
  ),
};

export const hasMember = (type: string, name: string): boolean => kinds[type]?.has(name) ?? false;
export const membersOf = (type: string): readonly string[] => [...(kinds[type] ?? [])];

export const isFrameLike = (type: string): boolean => ['FRAME', 'COMPONENT', 'COMPONENT_SET', 'INSTANCE', 'SLOT'].includes(type);
/** Sized by what is in it; coordinates of its children are those of the container around it. */
export const isGroupLike = (type: string): boolean => type === 'GROUP' || type === 'BOOLEAN_OPERATION';
export const canHaveChildren = (type: string): boolean => hasMember(type, 'appendChild');

const grey = [{ type: 'SOLID', visible: true, opacity: 1, blendMode: 'NORMAL', color: { r: 0.85, g: 0.85, b: 0.85 }, boundVariables: {} }];
const white = [{ type: 'SOLID', visible: true, opacity: 1, blendMode: 'NORMAL', color: { r: 1, g: 1, b: 1 }, boundVariables: {} }];
const black = [{ type: 'SOLID', visible: true, opacity: 1, blendMode: 'NORMAL', color: { r: 0, g: 0, b: 0 }, boundVariables: {} }];

const names: Readonly<Record<string, string>> = {
  RECTANGLE: 'Rectangle',
  ELLIPSE: 'Ellipse',
  POLYGON: 'Polygon',
  STAR: 'Star',
  LINE: 'Line',
  VECTOR: 'Vector',
  TEXT: 'Text',
  FRAME: 'Frame',
  COMPONENT: 'Component',
  COMPONENT_SET: 'Component set',
  GROUP: 'Group',
  SECTION: 'Section',
  SLICE: 'Slice',
  PAGE: 'Page',
  SLOT: 'Slot',
  BOOLEAN_OPERATION: 'Union',
};

/** What a new node of a type has that differs from the initial values in `properties.ts`. */
export function startProps(type: string): Record<string, unknown> {
  const name = names[type] ?? type;
  if (type === 'PAGE') return { name };
  if (type === 'TEXT') return { name, fills: black, width: 0, height: 14 };
  if (type === 'LINE') return { name, strokes: black, width: 100, height: 0 };
  if (type === 'VECTOR') return { name, strokes: black };
  if (type === 'FRAME' || type === 'COMPONENT') return { name, fills: white, clipsContent: true };
  if (['RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR', 'BOOLEAN_OPERATION'].includes(type)) return { name, fills: grey };
  if (type === 'SECTION') return { name, fills: white, width: 400, height: 400 };
  return { name };
}
