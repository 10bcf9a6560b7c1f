/**
 * All that can be done with a host object, by name: what the façade and a plugin in another engine are made of. Values are plain
 * data, bytes, functions, promises, `mixed` and `HostRef`s. Each operation is whole: what throws has changed nothing.
 */
import type { Turns } from './events.ts';
import type { HostModel } from './hostModel.ts';
import { hostModels } from './hostObjects.ts';
import { hasMember, membersOf } from './nodeKinds.ts';
import { isNodeMethod, nodeMethod } from './nodeMethods.ts';
import { present } from './nodeRules.ts';
import { isWritable, readProperty, writeProperty } from './properties.ts';
import type { Run } from './run.ts';
import { type HostRef, notModelled, refuse } from './values.ts';

export interface Operations {
  has(on: HostRef, name: string): boolean;
  isMethod(on: HostRef, name: string): boolean;
  names(on: HostRef): readonly string[];
  get(on: HostRef, name: string): unknown;
  set(on: HostRef, name: string, value: unknown): void;
  call(on: HostRef, name: string, given: readonly unknown[]): unknown;
}

/** What works on the undo history itself, and so is part of no step. */
const outsideOfSteps = new Set(['commitUndo', 'triggerUndo', 'closePlugin']);

/** `edit` runs what may change the document; see `file.ts`. */
export function createOperations(run: Run, turns: Turns, edit: <T>(work: () => T) => T): Operations {
  const mustBeOpen = (where: string): void => {
    if (run.isClosed) refuse(where, 'The plugin has been closed: figma.closePlugin was called');
  };

  const has = (on: HostRef, name: string): boolean => {
    if (on.kind === 'node') return hasMember(on.type, name);
    return namesOf(hostModels[on.kind]).includes(name);
  };

  const isMethod = (on: HostRef, name: string): boolean =>
    on.kind === 'node' ? hasMember(on.type, name) && isNodeMethod(name) : Object.hasOwn(hostModels[on.kind].call, name);

  const invoke = (on: HostRef, name: string, given: readonly unknown[]): unknown => {
    if (on.kind !== 'node') return hostModels[on.kind].call[name](run, on.id, ...(given as never[]));
    const method = nodeMethod(name);
    if (method === undefined) return notModelled(`${name} of a ${on.type} node`);
    return method(run, present(run, on.id, name), ...(given as never[]));
  };

  return {
    has,
    isMethod,
    names: (on) => (on.kind === 'node' ? membersOf(on.type) : namesOf(hostModels[on.kind])),
    get(on, name) {
      mustBeOpen(`get_${name}`);
      if (!has(on, name)) throw new TypeError(noSuchProperty(on, name));
      if (on.kind === 'node') return readProperty(run, on.id, on.type, name);
      const read = hostModels[on.kind].get[name];
      return read === undefined ? notModelled(`${hostModels[on.kind].title}.${name}`) : read(run, on.id);
    },
    set(on, name, value) {
      mustBeOpen(`set_${name}`);
      if (!has(on, name)) throw new TypeError(`Cannot add property ${name}, object is not extensible`);
      if (on.kind !== 'node') {
        const write = hostModels[on.kind].set?.[name];
        if (write === undefined) throw new TypeError('no setter for property');
        return edit(() => write(run, on.id, value));
      }
      if (isMethod(on, name) || !isWritable(name)) throw new TypeError('no setter for property');
      edit(() => writeProperty(run, on.id, name, value));
    },
    call(on, name, given) {
      mustBeOpen(name);
      if (!has(on, name)) throw new TypeError(noSuchProperty(on, name));
      if (outsideOfSteps.has(name)) return invoke(on, name, given);
      if (!name.endsWith('Async')) return edit(() => invoke(on, name, given));
      return turns.answer(() => {
        mustBeOpen(name);
        return edit(() => invoke(on, name, given));
      });
    },
  };
}

function namesOf({ get, set = {}, call, unmodelled = [] }: HostModel): readonly string[] {
  return [...new Set([...Object.keys(get), ...Object.keys(set), ...Object.keys(call), ...unmodelled])];
}

function noSuchProperty(on: HostRef, name: string): string {
  if (on.kind === 'node') return `node.${name}: no such property '${name}' on ${on.type} node`;
  const { title } = hostModels[on.kind];
  return `${title}.${name} no such property '${name}' on the ${title} global object`;
}
