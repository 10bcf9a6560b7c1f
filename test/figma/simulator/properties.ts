/** Reading and writing the properties of nodes: what holds for all of them. */
import { override } from './instances.ts';
import { hasMember, startProps } from './nodeKinds.ts';
import { fontsMustBeLoaded, isInInstance, mayWrite, mustBeLoaded, present } from './nodeRules.ts';
import { models, ownOr, radii, sideWeights } from './propertyModels.ts';
import type { Run } from './run.ts';
import { kept, notModelled, refuse } from './values.ts';

const needsFont = new Set(['characters', 'fontName', 'fontSize', 'textCase', 'textAutoResize', 'textAlignHorizontal', 'textAlignVertical']);

/** What a node has when nothing was said: all that is read without a rule of its own is in its data. */
export function initialProps(type: string): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const [name, model] of Object.entries(models)) {
    if (model.initial !== undefined && model.read === undefined && model.check !== undefined && hasMember(type, name))
      props[name] = model.initial;
  }
  return { ...props, ...startProps(type) };
}

export function readProperty(run: Run, id: string, type: string, name: string): unknown {
  if (name === 'id') return id;
  if (name === 'type') return type;
  if (name === 'removed') return run.document.find(id) === null;
  const node = present(run, id, `get_${name}`);
  const model = models[name];
  if (model === undefined) return notModelled(`${name} of a ${type} node`);
  if (model.readInstead !== undefined && !run.isPrivileged) refuse(`get_${name}`, dynamicPage(model.readInstead));
  // A new array at each read, and nothing in it can be changed.
  return kept(model.read === undefined ? ownOr(node, name, model.initial) : model.read(run, node));
}

export const dynamicPage = (instead: string): string => `Cannot call with documentAccess: dynamic-page. Use ${instead} instead.`;

export function isWritable(name: string): boolean {
  return models[name]?.check !== undefined;
}

export function writeProperty(run: Run, id: string, name: string, value: unknown): void {
  const where = `set_${name}`;
  const node = present(run, id, where);
  const model = models[name];
  if (model === undefined) notModelled(`writing ${name} of a ${node.type} node`);
  if (model.check === undefined) throw new TypeError('no setter for property');
  if (name === 'name' && node.type === 'DOCUMENT') throw new TypeError('no setter for property');
  if (model.writeInstead !== undefined && !run.isPrivileged) refuse(where, dynamicPage(model.writeInstead));
  const wrong = model.check(value, '');
  if (wrong !== null) refuse(where, `Property "${name}" failed validation: ${wrong}`);
  if (name !== 'selection') mayWrite(run, id, where);
  else mustBeLoaded(run, node, where, 'selection');
  const isPart = isInInstance(run.document, id);
  if (isPart && model.isStructural === true) refuse(where, 'This property cannot be overridden in an instance');
  if (node.type === 'TEXT' && needsFont.has(name) && name !== 'fontName') fontsMustBeLoaded(run, id, where);
  if (name === 'fontName') {
    const { family, style } = value as { family: string; style: string };
    if (!run.isPrivileged && !run.fonts.has(`${family} ${style}`))
      refuse(where, `Cannot write to node with unloaded font "${family} ${style}"`);
  }
  if (model.write === undefined) run.document.setProp(id, name, value);
  else model.write(run, run.document.at(id), value as never);
  if (isPart || node.type === 'INSTANCE') for (const stored of storedAs(name)) override(run.document, id, stored);
  if (name === 'characters' || name === 'fontSize') fitText(run, id);
}

/** What a property is kept as, where that is under other names. */
const storedAs = (name: string): readonly string[] => {
  if (name === 'cornerRadius') return radii;
  if (name === 'strokeWeight') return ['strokeWeight', ...sideWeights];
  return [name === 'backgrounds' ? 'fills' : name];
};

/** Bars of half an em a letter: no fonts here, yet a size that follows the words. */
function fitText(run: Run, id: string): void {
  const node = run.document.at(id);
  if (node.props.textAutoResize !== 'WIDTH_AND_HEIGHT') return;
  const { characters, fontSize } = node.props as { characters: string; fontSize: number };
  const lines = characters.split('\n');
  const height = Math.round(fontSize * 1.2);
  run.document.setProps(id, { width: Math.max(...lines.map((line) => line.length)) * fontSize * 0.5, height: height * lines.length });
}
