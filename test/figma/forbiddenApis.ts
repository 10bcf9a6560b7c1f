/**
 * What the source of Figma's main thread must not use: what throws with `documentAccess: dynamic-page`, and globals that Figma's
 * engine has not. Figma's own lint rules for it want TypeScript 5; these are the same lists over plain text.
 * Sources: Figma's pages “migrating to dynamic loading” and “how plugins run”.
 */

export interface ForbiddenUse {
  readonly line: number;
  readonly use: string;
  readonly instead: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly instead: string;
}

const call = (name: string, instead = `${name}Async`): Rule => ({ pattern: new RegExp(`\\.${name}\\s*\\(`, 'g'), instead });
const assignment = (name: string, instead: string): Rule => ({ pattern: new RegExp(`\\.${name}\\s*=(?!=)`, 'g'), instead });
const reading = (name: string, instead: string): Rule => ({ pattern: new RegExp(`\\.${name}\\b(?!\\s*\\()`, 'g'), instead });

const blocking: readonly Rule[] = [
  ...['getNodeById', 'getStyleById', 'getFileThumbnailNode'].map((name) => call(name)),
  ...['getLocalPaintStyles', 'getLocalTextStyles', 'getLocalEffectStyles', 'getLocalGridStyles'].map((name) => call(name)),
  ...['getVariableById', 'getVariableCollectionById', 'getLocalVariables', 'getLocalVariableCollections'].map((name) => call(name)),
  ...['setRangeTextStyleId', 'setRangeFillStyleId'].map((name) => call(name)),
  assignment('currentPage', 'setCurrentPageAsync'),
  ...['fill', 'stroke', 'effect', 'grid', 'text', 'background'].map((of) =>
    assignment(`${of}StyleId`, `set${of[0].toUpperCase()}${of.slice(1)}StyleIdAsync`),
  ),
  assignment('reactions', 'setReactionsAsync'),
  assignment('vectorNetwork', 'setVectorNetworkAsync'),
  reading('mainComponent', 'getMainComponentAsync'),
  reading('instances', 'getInstancesAsync'),
  reading('consumers', 'getStyleConsumersAsync'),
  { pattern: /(?<![\w.])fetch\s*\(/g, instead: 'the panel, where requests can be cancelled' },
  {
    pattern: /\.toLocale(?:Date|Time|Upper|Lower)?\w*String\s*\(|\.toLocale(?:Upper|Lower)Case\s*\(/g,
    instead: 'the panel, which knows languages',
  },
  { pattern: /(?<![\w.])import\s*\(/g, instead: 'one script: Figma refuses text with a dynamic import' },
];

const missingGlobals =
  `TextEncoder TextDecoder URL URLSearchParams atob btoa crypto performance AbortController AbortSignal Blob File FormData
  Worker WebAssembly Intl localStorage sessionStorage requestAnimationFrame queueMicrotask document window navigator`.split(/\s+/);

export function forbiddenUses(source: string): readonly ForbiddenUse[] {
  const code = withoutTexts(source);
  const own = new Set(
    [...code.matchAll(/\b(?:import|const|let|function|class|interface|type)\b([^;=(]*)/g)].flatMap(
      ([, names]) => names.match(/\w+/g) ?? [],
    ),
  );
  const globals = missingGlobals
    .filter((name) => !own.has(name))
    // Not a member of something else, nor a field's own name.
    .map((name): Rule => ({ pattern: new RegExp(`(?<![\\w.$])${name}\\b(?!\\s*\\??:)`, 'g'), instead: 'plain code, or the panel' }));
  const found: ForbiddenUse[] = [];
  for (const { pattern, instead } of [...blocking, ...globals]) {
    for (const match of code.matchAll(pattern)) {
      found.push({ line: code.slice(0, match.index).split('\n').length, use: match[0].trim(), instead });
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

/** Comments and the text of strings as blanks, lines where they were; what is computed in a template stays. */
function withoutTexts(source: string): string {
  const texts = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  return source.replace(texts, (text) =>
    text.startsWith('`')
      ? text
          .split(/(\$\{[^}]*\})/)
          .map((part) => (part.startsWith('${') ? part : blank(part)))
          .join('')
      : blank(text),
  );
}
