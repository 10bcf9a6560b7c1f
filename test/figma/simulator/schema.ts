/** Checks of values given to Figma's setters and methods, with the wording of its validation. */
import { isPlain } from './values.ts';

/** What is wrong, or null. `path` is where in the value: `[0].color`. */
export type Check = (value: unknown, path: string) => string | null;

const at = (message: string, path: string): string => (path === '' ? message : `${message} at ${path}`);

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' && Number.isNaN(value)) return 'nan';
  return typeof value;
}

const mustBe = (expected: string, value: unknown, path: string): string => at(`Expected ${expected}, received ${typeName(value)}`, path);

export const anything: Check = () => null;
export const string: Check = (value, path) => (typeof value === 'string' ? null : mustBe('string', value, path));
export const boolean: Check = (value, path) => (typeof value === 'boolean' ? null : mustBe('boolean', value, path));

export const number =
  (min = -Infinity, max = Infinity): Check =>
  (value, path) => {
    if (typeof value !== 'number' || Number.isNaN(value)) return mustBe('number', value, path);
    if (value < min) return at(`Number must be greater than or equal to ${min}`, path);
    if (value > max) return at(`Number must be less than or equal to ${max}`, path);
    return Number.isFinite(value) ? null : at('Number must be finite', path);
  };

export const integer =
  (min = -Infinity): Check =>
  (value, path) =>
    number(min)(value, path) ?? (Number.isInteger(value) ? null : at('Expected integer, received float', path));

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, path) => {
    if (typeof value === 'string' && allowed.includes(value)) return null;
    const expected = allowed.map((one) => `'${one}'`).join(' | ');
    if (typeof value !== 'string') return at(`Expected ${expected}, received ${typeName(value)}`, path);
    return at(`Invalid enum value. Expected ${expected}, received '${value}'`, path);
  };

export const nullable =
  (check: Check): Check =>
  (value, path) =>
    value === null ? null : check(value, path);

export const arrayOf =
  (check: Check, length: number | null = null): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return mustBe('array', value, path);
    if (length !== null && value.length !== length) return at(`Array must contain exactly ${length} element(s)`, path);
    for (let i = 0; i < value.length; i++) {
      const wrong = check(value[i], `${path}[${i}]`);
      if (wrong !== null) return wrong;
    }
    return null;
  };

/** `undefined` counts as left out. */
export const object =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, path) => {
    if (!isPlain(value)) return mustBe('object', value, path);
    for (const key of Object.keys(required)) {
      if (value[key] === undefined) return at('Required value missing', `${path}.${key}`.replace(/^\./, ''));
    }
    const unknown = Object.keys(value).filter((key) => !(key in required) && !(key in optional));
    if (unknown.length > 0) return at(`Unrecognized key(s) in object: ${unknown.map((key) => `'${key}'`).join(', ')}`, path);
    for (const [key, check] of [...Object.entries(required), ...Object.entries(optional)]) {
      if (value[key] === undefined) continue;
      const wrong = check(value[key], `${path}.${key}`.replace(/^\./, ''));
      if (wrong !== null) return wrong;
    }
    return null;
  };

/** Objects that are told apart by their `type`. */
export const byType =
  (kinds: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (!isPlain(value)) return mustBe('object', value, path);
    const wrong = oneOf(...Object.keys(kinds))(value.type, `${path}.type`.replace(/^\./, ''));
    return wrong ?? kinds[String(value.type)](value, path);
  };

export const transform: Check = arrayOf(arrayOf(number(), 3), 2);
