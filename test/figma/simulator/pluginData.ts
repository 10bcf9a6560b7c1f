/** Plugin data, private and shared, and relaunch buttons: they lie on the node and go wherever it is copied to. */
import type { NodeData } from './document.ts';
import { mayWrite } from './nodeRules.ts';
import type { Run } from './run.ts';
import { isPlain, refuse, utf8Bytes } from './values.ts';

const maxEntryBytes = 100_000;
const maxRelaunchCharacters = 1000;

/** Key in `NodeData.data`. */
const sharedKey = (namespace: string, key: string): string => `shared/${namespace}/${key}`;
const privateKey = (plugin: string, key: string): string => `private/${plugin}/${key}`;
const relaunchKey = (plugin: string): string => `relaunch/${plugin}`;

const text = (value: unknown, name: string, where: string): string =>
  typeof value === 'string'
    ? value
    : refuse(where, `Expected "${name}" to have type string but got ${value === null ? 'null' : typeof value} instead`);

function plugin(run: Run, where: string): string {
  if (run.pluginId !== null) return run.pluginId;
  const verb = where.startsWith('set') ? 'set' : 'get';
  return refuse(
    where,
    `Cannot ${verb} private plugin data in a plugin without an ID. Make sure your plugin manifest has a valid "id" field.`,
  );
}

function checkedNamespace(namespace: unknown, where: string): string {
  const name = text(namespace, 'namespace', where);
  if (!/^[A-Za-z0-9_.-]{3,}$/.test(name)) refuse(where, 'The namespace must be at least 3 alphanumeric characters');
  return name;
}

function write(run: Run, node: NodeData, where: string, identifier: string, key: string, value: string, as: string): void {
  mayWrite(run, node.id, where);
  if (utf8Bytes(identifier) + utf8Bytes(key) + utf8Bytes(value) > maxEntryBytes)
    refuse(where, 'This pluginData entry exceeds 100 kB per entry limit.');
  run.document.setData(node.id, as, value === '' ? null : value);
}

const keysBelow = (node: NodeData, prefix: string): readonly string[] =>
  Object.keys(node.data)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));

type Method = (run: Run, node: NodeData, ...given: unknown[]) => unknown;

export const pluginDataMethods: Readonly<Record<string, Method>> = {
  getPluginData: (run, node, key) => node.data[privateKey(plugin(run, 'getPluginData'), text(key, 'key', 'getPluginData'))] ?? '',
  setPluginData(run, node, key, value) {
    const id = plugin(run, 'setPluginData');
    const name = text(key, 'key', 'setPluginData');
    write(run, node, 'setPluginData', id, name, text(value, 'value', 'setPluginData'), privateKey(id, name));
  },
  getPluginDataKeys: (run, node) => keysBelow(node, privateKey(plugin(run, 'getPluginDataKeys'), '')),
  getSharedPluginData(_run, node, namespace, key) {
    const where = 'getSharedPluginData';
    return node.data[sharedKey(checkedNamespace(namespace, where), text(key, 'key', where))] ?? '';
  },
  setSharedPluginData(run, node, namespace, key, value) {
    const where = 'setSharedPluginData';
    const space = checkedNamespace(namespace, where);
    const name = text(key, 'key', where);
    write(run, node, where, space, name, text(value, 'value', where), sharedKey(space, name));
  },
  getSharedPluginDataKeys: (_run, node, namespace) =>
    keysBelow(node, sharedKey(checkedNamespace(namespace, 'getSharedPluginDataKeys'), '')),
  setRelaunchData(run, node, buttons) {
    const where = 'setRelaunchData';
    mayWrite(run, node.id, where);
    if (!isPlain(buttons)) refuse(where, 'Property "data" failed validation: Expected object');
    for (const [command, description] of Object.entries(buttons)) {
      if (typeof description !== 'string')
        refuse(where, `Property "data" failed validation: Expected string, received ${typeof description} at ${command}`);
      if (description.length > maxRelaunchCharacters)
        refuse(where, `Relaunch description must be at most ${maxRelaunchCharacters} characters`);
    }
    const isEmpty = Object.keys(buttons).length === 0;
    run.document.setData(node.id, relaunchKey(run.pluginId ?? ''), isEmpty ? null : JSON.stringify(buttons));
  },
  getRelaunchData: (run, node) => relaunchButtons(node, run.pluginId),
};

export const relaunchButtons = (node: NodeData, pluginId: string | null): Record<string, string> =>
  JSON.parse(node.data[relaunchKey(pluginId ?? '')] ?? '{}');
