/**
 * A context of Node's vm with nothing in it but JavaScript and what UXP gives (`Photoshop.globals`): no Node, no DOM, no
 * WebAssembly, no Intl, and no code from strings. For built bundles; the simulator itself does without Node.
 */
import vm from 'node:vm';
import type { Photoshop } from './index.ts';

/** V8 brings these along; UXP's have not been seen, or crash (handbook §5). */
const withheld = ['WebAssembly', 'Intl', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry', 'WeakRef'];

export interface BareContext {
  /** Runs a script as `main` of a manifest is run; answers its last value. */
  run(code: string, fileName?: string): unknown;
  /** What the script sees as its global object. */
  readonly globals: Record<string, unknown>;
}

/** `more` is put in besides: what a test has in place of `document`, say. */
export function bareContext(ps: Photoshop, more: Readonly<Record<string, unknown>> = {}): BareContext {
  const globals: Record<string, unknown> = { ...ps.globals(), ...more };
  const context = vm.createContext(globals, { codeGeneration: { strings: false, wasm: false } });
  vm.runInContext(
    `${withheld.map((name) => `delete globalThis.${name};`).join('')}globalThis.window = globalThis.self = globalThis;`,
    context,
  );
  return { globals, run: (code, fileName = 'main.js') => vm.runInContext(code, context, { filename: fileName }) };
}
