/** What can be called on nodes. */
import { copyNode } from './copying.ts';
import type { NodeData } from './document.ts';
import { setSize, sizeOf, transformOf } from './geometry.ts';
import { override, syncInstance } from './instances.ts';
import { placed } from './matrix.ts';
import { allPagesLoaded, fontsMustBeLoaded, isHiddenFrom, isInInstance, mayWrite, mustBeLoaded, nodeRef } from './nodeRules.ts';
import { pluginDataMethods } from './pluginData.ts';
import { initialProps, writeProperty } from './properties.ts';
import { exportNode } from './render/exportNode.ts';
import { insert, removeNode } from './reparenting.ts';
import type { Run } from './run.ts';
import { enterParent, fixSizes, setGridChildPosition } from './sizing.ts';
import { HostRef, isPlain, mixed, refuse } from './values.ts';

type Method = (run: Run, node: NodeData, ...given: never[]) => unknown;

function idOf(node: unknown, where: string): string {
  if (node instanceof HostRef && node.kind === 'node') return node.id;
  return refuse(where, 'Expected node');
}

function descendants(run: Run, node: NodeData, where: string): readonly NodeData[] {
  if (node.type === 'DOCUMENT' && !allPagesLoaded(run)) {
    refuse(where, 'Cannot call with documentAccess: dynamic-page without calling figma.loadAllPagesAsync first.');
  }
  mustBeLoaded(run, node, where, where);
  return [...run.document.subtree(node.id)].slice(1).filter((one) => !isHiddenFrom(run, one));
}

function children(run: Run, node: NodeData, where: string): readonly NodeData[] {
  mustBeLoaded(run, node, where, where);
  return run.document.children(node.id).map((id) => run.document.at(id));
}

type Test = ((node: HostRef) => unknown) | undefined;
const matching = (nodes: readonly NodeData[], test: Test): HostRef[] =>
  nodes.map(nodeRef).filter((node) => test === undefined || test(node));

function resizeNode(run: Run, node: NodeData, width: unknown, height: unknown, where: string, obeysConstraints: boolean): void {
  mayWrite(run, node.id, where);
  const check = (value: unknown, name: string, least: number): number => {
    if (typeof value !== 'number' || Number.isNaN(value))
      refuse(where, `Expected "${name}" to have type number but got ${typeof value} instead`);
    if (value < least) refuse(where, `Expected "${name}" to have value >= ${least}`);
    return value;
  };
  const w = check(width, 'width', 0.01);
  const h = check(height, 'height', node.type === 'LINE' ? 0 : 0.01);
  if (node.type === 'LINE' && h !== 0) refuse(where, 'The height of a line must be 0');
  if (isInInstance(run.document, node.id)) refuse(where, 'This property cannot be overridden in an instance');
  fixSizes(run.document, node.id);
  setSize(run.document, node.id, w, h, obeysConstraints);
  if (node.type === 'INSTANCE') override(run.document, node.id, 'width');
}

const asyncSetter =
  (property: string): Method =>
  (run, node, value: unknown) => {
    const privileged: Run = Object.create(run, { isPrivileged: { value: true } });
    writeProperty(privileged, node.id, property, value);
  };

const methods: Readonly<Record<string, Method>> = {
  ...pluginDataMethods,
  toString: (_: Run, node: NodeData) => `${node.type}: ${node.props.name}`,
  remove: (run, node) => removeNode(run, node.id),
  appendChild: (run, node, child: unknown) => insert(run, node.id, null, idOf(child, 'appendChild'), 'appendChild'),
  insertChild(run, node, index: unknown, child: unknown) {
    if (typeof index !== 'number') refuse('insertChild', `Expected "index" to have type number but got ${typeof index} instead`);
    insert(run, node.id, index, idOf(child, 'insertChild'), 'insertChild');
  },
  appendChildAt(run, node, child: unknown, row: number, column: number) {
    const id = idOf(child, 'appendChildAt');
    insert(run, node.id, null, id, 'appendChildAt');
    setGridChildPosition(run.document, id, row, column);
  },
  setGridChildPosition: (run, node, row: number, column: number) => setGridChildPosition(run.document, node.id, row, column),
  findChildren: (run, node, test: Test) => matching(children(run, node, 'findChildren'), test),
  findChild: (run, node, test: Test) =>
    children(run, node, 'findChild')
      .map(nodeRef)
      .find((one) => test?.(one)) ?? null,
  findAll: (run, node, test: Test) => matching(descendants(run, node, 'findAll'), test),
  findOne: (run, node, test: Test) =>
    descendants(run, node, 'findOne')
      .map(nodeRef)
      .find((one) => test?.(one)) ?? null,
  findAllWithCriteria(run, node, criteria: unknown) {
    if (!isPlain(criteria)) refuse('findAllWithCriteria', 'Expected "criteria" to have type object');
    const { types, pluginData, sharedPluginData } = criteria as {
      types?: readonly string[];
      pluginData?: { keys?: readonly string[] };
      sharedPluginData?: { namespace: string; keys?: readonly string[] };
    };
    const has = (one: NodeData, prefix: string, keys: readonly string[] | undefined): boolean =>
      keys === undefined ? Object.keys(one.data).some((key) => key.startsWith(prefix)) : keys.some((key) => `${prefix}${key}` in one.data);
    return descendants(run, node, 'findAllWithCriteria')
      .filter((one) => types === undefined || types.includes(one.type))
      .filter((one) => pluginData === undefined || has(one, `private/${run.pluginId}/`, pluginData.keys))
      .filter((one) => sharedPluginData === undefined || has(one, `shared/${sharedPluginData.namespace}/`, sharedPluginData.keys))
      .map(nodeRef);
  },
  getTopLevelFrame(run, node) {
    const line = [node, ...run.document.ancestors(node.id)];
    const top = line.find((one) => one.parent !== null && run.document.at(one.parent).type === 'PAGE');
    return top !== undefined && top.type === 'FRAME' ? nodeRef(top) : undefined;
  },
  clone(run, node) {
    mayWrite(run, node.id, 'clone');
    fontsMustBeLoaded(run, node.id, 'clone');
    if (node.type === 'PAGE') return nodeRef(run.document.at(copyNode(run, node.id, '0:0')));
    const copy = copyNode(run, node.id, run.user.currentPage);
    enterParent(run.document, copy, run.user.currentPage);
    return nodeRef(run.document.at(copy));
  },
  resize: (run, node, width: unknown, height: unknown) => resizeNode(run, node, width, height, 'resize', true),
  resizeWithoutConstraints: (run, node, width: unknown, height: unknown) =>
    resizeNode(run, node, width, height, 'resizeWithoutConstraints', false),
  rescale(run, node, scale: unknown) {
    if (typeof scale !== 'number' || !(scale >= 0.01)) refuse('rescale', 'Expected "scale" to have value >= 0.01');
    mayWrite(run, node.id, 'rescale');
    if (isInInstance(run.document, node.id)) refuse('rescale', 'This property cannot be overridden in an instance');
    rescaleSubtree(run, node.id, scale, true);
  },
  lockAspectRatio(run, node) {
    mayWrite(run, node.id, 'lockAspectRatio');
    const { width, height } = sizeOf(node);
    run.document.setProp(node.id, 'targetAspectRatio', { x: width, y: height });
  },
  unlockAspectRatio(run, node) {
    mayWrite(run, node.id, 'unlockAspectRatio');
    run.document.setProp(node.id, 'targetAspectRatio', null);
  },
  createInstance(run, node) {
    mayWrite(run, run.user.currentPage, 'createInstance');
    const { document } = run;
    const page = run.user.currentPage;
    const id = document.nextId(run.user.session);
    const { key: _key, remote: _remote, relativeTransform: _place, ...props } = node.props;
    document.create(id, 'INSTANCE', page, document.children(page).length, {
      ...initialProps('INSTANCE'),
      ...props,
      mainComponent: node.id,
    });
    syncInstance(document, id);
    return nodeRef(document.at(id));
  },
  createSlot(run, node) {
    mayWrite(run, node.id, 'createSlot');
    const id = run.document.nextId(run.user.session);
    run.document.create(id, 'SLOT', node.id, run.document.children(node.id).length, initialProps('SLOT'));
    return nodeRef(run.document.at(id));
  },
  async getMainComponentAsync(run, node) {
    const main = run.document.find(String(node.props.mainComponent));
    return main === null ? null : nodeRef(main);
  },
  async getInstancesAsync(run, node) {
    return [...run.document.all()].filter((one) => one.props.mainComponent === node.id && !one.id.startsWith('I')).map(nodeRef);
  },
  detachInstance(run, node) {
    mayWrite(run, node.id, 'detachInstance');
    if (isInInstance(run.document, node.id)) refuse('detachInstance', 'Cannot detach an instance that is inside of an instance');
    return nodeRef(run.document.at(detach(run, node)));
  },
  resetOverrides(run, node) {
    for (const part of run.document.subtree(node.id))
      if (Object.hasOwn(part.props, 'overridden')) run.document.setProp(part.id, 'overridden', []);
    syncInstance(run.document, node.id);
  },
  async loadAsync(run, node) {
    run.loadedPages.add(node.id);
  },
  on(run, node, name: string, heard: never) {
    mustBeLoaded(run, node, 'on', 'on');
    run.events.on(`${name}@${node.id}`, heard);
  },
  once(run, node, name: string, heard: never) {
    mustBeLoaded(run, node, 'once', 'once');
    run.events.on(`${name}@${node.id}`, heard, true);
  },
  off: (run, node, name: string, heard: never) => run.events.off(`${name}@${node.id}`, heard),
  exportAsync: (run, node, settings: unknown) => exportNode(run, node.id, settings),
  /** Where the stretch lies is not kept, only that the letters have several fills. */
  setRangeFills(run, node, start: number, end: number, paints: never) {
    const where = 'setRangeFills';
    mayWrite(run, node.id, where);
    fontsMustBeLoaded(run, node.id, where);
    const { length } = String(node.props.characters);
    if (!(start >= 0 && end <= length && start < end)) refuse(where, 'Range is outside of available characters');
    writeProperty(run, node.id, 'fills', paints);
    if (end - start < length) run.document.setProps(node.id, { fills: mixed, rangeFills: paints });
  },
  setFillsAsync: asyncSetter('fills'),
  setStrokesAsync: asyncSetter('strokes'),
  setFillStyleIdAsync: asyncSetter('fillStyleId'),
  setStrokeStyleIdAsync: asyncSetter('strokeStyleId'),
  setEffectStyleIdAsync: asyncSetter('effectStyleId'),
  setGridStyleIdAsync: asyncSetter('gridStyleId'),
  setTextStyleIdAsync: asyncSetter('textStyleId'),
  setReactionsAsync: asyncSetter('reactions'),
  setVectorNetworkAsync: asyncSetter('vectorNetwork'),
};

/** Members that are called though the simulator has them not. */
const verb = /^(add|apply|clear|create|delete|edit|find|get|insert|outline|remove|reorder|reset|set|swap)[A-Z]/;

export const isNodeMethod = (name: string): boolean => Object.hasOwn(methods, name) || verb.test(name);
export const nodeMethod = (name: string): Method | undefined => (Object.hasOwn(methods, name) ? methods[name] : undefined);

function rescaleSubtree(run: Run, id: string, scale: number, isTop: boolean): void {
  const { document } = run;
  const node = document.at(id);
  const { width, height } = sizeOf(node);
  const at = transformOf(node);
  for (const child of document.children(id)) rescaleSubtree(run, child, scale, false);
  const props: Record<string, unknown> = { width: width * scale, height: height * scale };
  if (!isTop) props.relativeTransform = placed(at, at[0][2] * scale, at[1][2] * scale);
  for (const name of ['strokeWeight', 'topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius', 'fontSize']) {
    if (typeof node.props[name] === 'number') props[name] = (node.props[name] as number) * scale;
  }
  document.setProps(id, props);
}

function detach(run: Run, node: NodeData): string {
  const { document } = run;
  const session = run.user.session;
  const { mainComponent: _main, overridden: _overridden, ...props } = node.props;
  const id = document.nextId(session);
  document.create(id, 'FRAME', node.parent, document.children(node.parent!).indexOf(node.id), props, { ...node.data });
  for (const child of document.children(node.id)) copyNode(run, child, id);
  document.delete(node.id);
  return id;
}
