/** What of a bundle would not live where it is to run. */
import { Script } from 'node:vm';
import { transform } from 'esbuild';

/** Not in Figma's main thread, whatever the engine may have: its documented globals are few (handbook: Figma, sandbox). */
const missing = [
  ...['TextEncoder', 'TextDecoder', 'URL', 'URLSearchParams', 'atob', 'btoa', 'crypto', 'performance', 'AbortController', 'AbortSignal'],
  ...[
    'Blob',
    'File',
    'FileReader',
    'FormData',
    'Worker',
    'SharedWorker',
    'WebAssembly',
    'Intl',
    'localStorage',
    'sessionStorage',
    'indexedDB',
  ],
  ...['requestAnimationFrame', 'requestIdleCallback', 'queueMicrotask', 'setImmediate', 'structuredClone'],
  ...['document', 'window', 'self', 'navigator', 'location', 'history', 'alert', 'matchMedia', 'getComputedStyle', 'addEventListener'],
  ...[
    'postMessage',
    'parent',
    'top',
    'Image',
    'ImageData',
    'ImageBitmap',
    'createImageBitmap',
    'OffscreenCanvas',
    'HTMLElement',
    'Element',
  ],
  ...['Event', 'CustomEvent', 'EventTarget', 'MessageChannel', 'MessagePort', 'DOMParser', 'DOMException', 'MutationObserver'],
  ...['XMLHttpRequest', 'WebSocket', 'EventSource', 'Headers', 'Request', 'Response', 'ReadableStream', 'CompressionStream'],
  ...['process', 'Buffer', 'require', 'module', 'exports', 'global', '__dirname', '__filename'],
];
/** Figma has it, but it can be neither cancelled nor streamed there: the panel speaks to the network. */
const unwanted = ['fetch'];

/** Figma has refused scripts for these characters, wherever they stand. */
const refusedText = { 'import(': /\bimport\s*\(/, 'eval(': /\beval\s*\(/, 'an HTML comment': /<!--|-->/ };

/** Names the globals that `code` needs and Figma's main thread does not have, and text that Figma refuses; [] when all is well. */
export async function foreignToMain(code) {
  const mark = (name) => `__foreign_${name}__`;
  // esbuild knows scopes: only what no declaration of the script itself binds is replaced.
  const define = Object.fromEntries(
    [...missing, ...unwanted].flatMap((name) => [
      [name, mark(name)],
      [`globalThis.${name}`, mark(name)],
    ]),
  );
  const { code: marked } = await transform(code, { define, logLevel: 'silent' });
  const names = [...marked.matchAll(/__foreign_(\w+?)__/g)].map(([, name]) => name);
  const texts = Object.entries(refusedText).flatMap(([name, pattern]) => (pattern.test(code) ? [name] : []));
  return [...new Set([...names, ...texts])];
}

/** The same script, without the characters that would end or hide it inside a page. Raises when that cannot be. */
export function asInlineScript(script) {
  // In strings, templates and regular expressions `\x3c` is the same character; elsewhere these two do not occur.
  const safe = script.replace(/<(?=\/script|!--)/gi, '\\x3c');
  new Script(safe);
  return safe;
}
