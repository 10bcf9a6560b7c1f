/**
 * Which styles UXP draws (Adobe's CSS reference and known issues, UXP 3 to 9; handbook §5): a sheet that holds anything else is
 * refused. What it is told beyond must do no harm where it is ignored, and is listed here by name.
 */

export interface Declaration {
  readonly property: string;
  readonly value: string;
}

export interface Rule {
  /** "@media (…)" around it; '' for none. */
  readonly query: string;
  readonly selectors: readonly string[];
  readonly declarations: readonly Declaration[];
}

const sides = ['top', 'right', 'bottom', 'left'];
const documented = new Set([
  ...['align-content', 'align-items', 'align-self', 'background', 'background-attachment', 'background-color', 'background-image'],
  ...[
    'background-repeat',
    'background-size',
    'border',
    'border-color',
    'border-radius',
    'border-style',
    'border-width',
    'color',
    'display',
  ],
  ...sides.flatMap((side) => [side, `margin-${side}`, `padding-${side}`]),
  ...sides.flatMap((side) => ['', '-color', '-style', '-width'].map((of) => `border-${side}${of}`)),
  ...[
    'flex',
    'flex-basis',
    'flex-direction',
    'flex-grow',
    'flex-shrink',
    'flex-wrap',
    'font-family',
    'font-size',
    'font-style',
    'font-weight',
  ],
  ...['height', 'justify-content', 'letter-spacing', 'margin', 'max-height', 'max-width', 'min-height', 'min-width', 'opacity', 'overflow'],
  ...['overflow-x', 'overflow-y', 'padding', 'position', 'text-align', 'text-overflow', 'visibility', 'white-space', 'width'],
]);

/** Named by no reference. Where they are ignored the panel is plainer and nothing is lost: neither words nor places. */
const harmless = new Set([
  ...['box-sizing', 'cursor', 'line-height', 'list-style', 'outline', 'outline-offset', 'overflow-wrap', 'pointer-events'],
  ...['content', 'text-decoration', 'user-select', 'font-variant-numeric', 'fill', 'stroke', 'stroke-width'],
]);

const pseudoClasses = new Set([
  ...['active', 'checked', 'disabled', 'empty', 'enabled', 'first-child', 'focus', 'hover', 'last-child', 'nth-child'],
  ...['nth-last-child', 'nth-of-type', 'nth-last-of-type', 'only-child', 'root'],
]);
const pseudoElements = new Set(['before', 'after']);
const displays = new Set(['none', 'block', 'inline', 'inline-block', 'flex', 'inline-flex']);
const positions = new Set(['static', 'relative', 'absolute', 'fixed']);
const queries = /^@media \((prefers-color-scheme: (darkest|dark|light|lightest)|(min|max)-(width|height): \d+px)\)$/;
const functions = new Set(['var', 'rgb', 'rgba', 'calc', 'url', 'linear-gradient']);
const units = new Set(['px', 'em', '%', 'vw', 'vh']);

/** Reads the little of CSS that sheets here are written in; raises where braces do not match. */
export function rulesOf(sheet: string, query = ''): readonly Rule[] {
  const css = sheet.replace(/\/\*[\s\S]*?\*\//g, '');
  const rules: Rule[] = [];
  for (let at = 0; ; ) {
    const open = css.indexOf('{', at);
    const head = css.slice(at, open < 0 ? undefined : open).trim();
    if (open < 0) {
      if (head !== '') throw new Error(`no rule: ${head}`);
      return rules;
    }
    const close = closing(css, open);
    const body = css.slice(open + 1, close);
    at = close + 1;
    if (head.startsWith('@') && body.includes('{')) rules.push(...rulesOf(body, head));
    else rules.push({ query, selectors: split(head, ','), declarations: split(body, ';').map(declarationOf) });
  }
}

function closing(css: string, open: number): number {
  let depth = 0;
  for (let i = open; i < css.length; i++) {
    if (css[i] === '{') depth++;
    else if (css[i] === '}' && --depth === 0) return i;
  }
  throw new Error('a brace is open');
}

/** At `sign`, where no parenthesis or quote is open. */
function split(text: string, sign: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  let quote = '';
  for (const c of text) {
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    if (c === sign && depth === 0 && quote === '') parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function declarationOf(text: string): Declaration {
  const at = text.indexOf(':');
  return { property: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/** What of one declaration UXP does not draw; null when it does. */
export function refusedDeclaration({ property, value }: Declaration): string | null {
  const told = `${property}: ${value}`;
  if (!property.startsWith('--') && !documented.has(property) && !harmless.has(property)) return told;
  const plain = value.replace(/\s*!important$/, '');
  if (property === 'display' && !displays.has(plain)) return told;
  if (property === 'position' && !positions.has(plain)) return told;
  const bare = plain.replace(/(["'])[^"']*\1/g, '').replace(/url\([^)]*\)/g, 'url()');
  for (const [, name] of bare.matchAll(/([a-z-]+)\(/g)) if (!functions.has(name)) return told;
  for (const [, unit] of bare.matchAll(/(?<![\w#-])-?\d*\.?\d+([a-z%]+)/gi)) if (!units.has(unit)) return told;
  return null;
}

function refusedSelector(selector: string): string | null {
  const bare = selector.replace(/\[[^\]]*\]/g, '');
  for (const [, colons, name] of bare.matchAll(/(::?)([a-z-]+)/g))
    if (!(colons === '::' ? pseudoElements : pseudoClasses).has(name)) return selector;
  return null;
}

/** Everything in a sheet that UXP would not draw, as it stands there; [] when it draws all of it. */
export function refusedBy(sheet: string): readonly string[] {
  return rulesOf(sheet).flatMap(({ query, selectors, declarations }) => [
    ...(query === '' || queries.test(query) ? [] : [query]),
    ...selectors.flatMap((selector) => (selector.startsWith('@') ? [selector] : (refusedSelector(selector) ?? []))),
    ...declarations.flatMap((declaration) => refusedDeclaration(declaration) ?? []),
  ]);
}
