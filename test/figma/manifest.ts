/**
 * What Figma accepts as a manifest and as a plug-in's network access, from its manifest page (handbook: Figma, §6). No
 * schema is published; this one says in words what is wrong.
 */

const editors = ['figma', 'figjam', 'dev', 'slides', 'buzz'];
const permissions = ['currentuser', 'activeusers', 'fileusers', 'payments', 'teamlibrary'];
const capabilities = ['textreview', 'codegen', 'inspect', 'vscode'];

type Rule = (value: unknown, at: string) => readonly string[];
type Fields = Readonly<Record<string, { readonly rule: Rule; readonly isOptional?: boolean }>>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Rule = (value, at) => (typeof value === 'string' && value.trim() !== '' ? [] : [`${at} must be a text`]);
const flag: Rule = (value, at) => (typeof value === 'boolean' ? [] : [`${at} must be true or false`]);
const exactly =
  (wanted: string): Rule =>
  (value, at) =>
    value === wanted ? [] : [`${at} must be "${wanted}"`];
const oneOf =
  (wanted: readonly string[]): Rule =>
  (value, at) =>
    wanted.includes(value as string) ? [] : [`${at} must be one of ${wanted.join(', ')}`];
const listOf =
  (rule: Rule, isEmptyFine = true): Rule =>
  (value, at) => {
    if (!Array.isArray(value)) return [`${at} must be a list`];
    if (value.length === 0 && !isEmptyFine) return [`${at} must not be empty`];
    return value.flatMap((each, i) => rule(each, `${at}[${i}]`));
  };
const shape =
  (fields: Fields): Rule =>
  (value, at) => {
    if (!isRecord(value)) return [`${at} must be an object`];
    const where = at === '' ? '' : `${at}.`;
    return [
      ...Object.keys(value).flatMap((key) => (Object.hasOwn(fields, key) ? [] : [`${where}${key} is not known`])),
      ...Object.entries(fields).flatMap(([key, { rule, isOptional = false }]) =>
        value[key] === undefined ? (isOptional ? [] : [`${where}${key} is missing`]) : rule(value[key], `${where}${key}`),
      ),
    ];
  };
const needed = (rule: Rule) => ({ rule });
const optional = (rule: Rule) => ({ rule, isOptional: true });

const domain: Rule = (value, at) => {
  if (typeof value !== 'string') return [`${at} must be a text`];
  if (value === 'none' || value === '*') return [];
  return /^(?:(?:https?|wss?):\/\/)?(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?(?:\/[^\s*]*)?$/i.test(value)
    ? []
    : [`${at}: "${value}" is no domain`];
};

const parameter = shape({
  name: needed(text),
  key: needed(text),
  description: optional(text),
  allowFreeform: optional(flag),
  optional: optional(flag),
});

const separator: Rule = shape({ separator: needed((value, at) => (value === true ? [] : [`${at} must be true`])) });
const menuItem: Rule = (value, at) => {
  if (isRecord(value) && 'separator' in value) return separator(value, at);
  if (isRecord(value) && 'menu' in value) return shape({ name: needed(text), menu: needed(listOf(menuItem, false)) })(value, at);
  return shape({
    name: needed(text),
    command: needed(text),
    parameters: optional(listOf(parameter, false)),
    parameterOnly: optional(flag),
  })(value, at);
};

const manifest = shape({
  name: needed(text),
  id: needed(text),
  api: needed(exactly('1.0.0')),
  main: needed(text),
  ui: optional((value, at) =>
    isRecord(value) ? Object.entries(value).flatMap(([key, file]) => text(file, `${at}.${key}`)) : text(value, at),
  ),
  editorType: needed(listOf(oneOf(editors), false)),
  // Optional for old plug-ins only.
  documentAccess: needed(exactly('dynamic-page')),
  networkAccess: needed(
    shape({ allowedDomains: needed(listOf(domain, false)), reasoning: optional(text), devAllowedDomains: optional(listOf(domain)) }),
  ),
  parameters: optional(listOf(parameter, false)),
  parameterOnly: optional(flag),
  menu: optional(listOf(menuItem, false)),
  relaunchButtons: optional(listOf(shape({ command: needed(text), name: needed(text), multipleSelection: optional(flag) }), false)),
  permissions: optional(listOf(oneOf(permissions))),
  capabilities: optional(listOf(oneOf(capabilities))),
  enableProposedApi: optional(flag),
  enablePrivatePluginApi: optional(flag),
  build: optional(text),
  codegenLanguages: optional(listOf(shape({ label: needed(text), value: needed(text) }))),
  codegenPreferences: optional(listOf((value, at) => (isRecord(value) ? [] : [`${at} must be an object`]))),
});

/** What Figma would object to; [] for a manifest that can be published. */
export function manifestFaults(value: unknown): readonly string[] {
  const faults = [...manifest(value, '')];
  if (faults.length > 0 || !isRecord(value)) return faults;
  const { editorType, networkAccess, menu, relaunchButtons, enableProposedApi } = value as unknown as Manifest;
  if (editorType.includes('figjam') && editorType.includes('dev')) faults.push('editorType: figjam and dev cannot go together');
  if (new Set(editorType).size < editorType.length) faults.push('editorType names an editor twice');
  const { allowedDomains, reasoning } = networkAccess;
  if (allowedDomains.includes('none') && allowedDomains.length > 1) faults.push('networkAccess.allowedDomains: "none" stands alone');
  const explained = allowedDomains.filter((one) => one === '*' || /^(\w+:\/\/)?(localhost|127\.0\.0\.1)\b/.test(one));
  if (explained.length > 0 && reasoning === undefined) faults.push(`networkAccess.reasoning is missing, for ${explained.join(', ')}`);
  const commands = [...commandsIn(menu ?? []), ...(relaunchButtons ?? []).map(({ command }) => command)];
  const twice = commands.filter((command, i) => commands.indexOf(command) < i);
  if (twice.length > 0) faults.push(`the command ${twice[0]} is there twice`);
  if (enableProposedApi === true) faults.push('enableProposedApi is for development only');
  return faults;
}

export interface Manifest {
  readonly id: string;
  readonly main: string;
  readonly ui: string;
  readonly editorType: readonly string[];
  readonly networkAccess: {
    readonly allowedDomains: readonly string[];
    readonly devAllowedDomains?: readonly string[];
    readonly reasoning?: string;
  };
  readonly menu?: readonly MenuItem[];
  readonly relaunchButtons?: readonly { readonly command: string; readonly name: string; readonly multipleSelection?: boolean }[];
  readonly enableProposedApi?: boolean;
}

export interface MenuItem {
  readonly name?: string;
  readonly command?: string;
  readonly menu?: readonly MenuItem[];
}

const commandsIn = (menu: readonly MenuItem[]): readonly string[] =>
  menu.flatMap(({ command, menu: inner = [] }) => [...(command === undefined ? [] : [command]), ...commandsIn(inner)]);

/**
 * Whether a plug-in with these `allowedDomains` may reach the address. Without a path every path is allowed; a path with a
 * slash at its end allows what begins with it, another one only itself.
 */
export function isAllowed(allowedDomains: readonly string[], address: string): boolean {
  const url = new URL(address);
  return allowedDomains.some((pattern) => {
    if (pattern === '*') return true;
    if (pattern === 'none') return false;
    const [, scheme, host, path] = /^(?:(\w+:)\/\/)?([^/]+)(\/.*)?$/.exec(pattern)!;
    if (scheme !== undefined && scheme !== url.protocol) return false;
    const isHost = host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : host === url.host;
    if (!isHost) return false;
    return path === undefined || (path.endsWith('/') ? url.pathname.startsWith(path) : url.pathname === path);
  });
}
