/**
 * Tells of promises that are rejected and that nobody waits for. QuickJS has a hook for that which its build for JavaScript does
 * not reach; so the script's `async` functions are turned into generators on `Promise`, and that is watched. Nothing else of the
 * script changes.
 */
import { transformSync } from 'esbuild';

export function withoutAsync(code: string): string {
  const known = rewritten.get(code);
  if (known !== undefined) return known;
  const made = transformSync(code, { target: 'es2016', supported: { 'exponent-operator': true } }).code;
  rewritten.set(code, made);
  return made;
}
const rewritten = new Map<string, string>();

/** To be evaluated first; the engine's global `report` is taken away again. */
export const watchedPromise = `{
  const { report, setTimeout } = globalThis;
  delete globalThis.report;
  const Native = Promise;
  const awaited = new WeakSet();
  let isOurs = false;
  globalThis.Promise = class Promise extends Native {
    constructor(run) {
      super(run);
      if (isOurs) return;
      isOurs = true;
      Native.prototype.then.call(this, undefined, (cause) => setTimeout(() => awaited.has(this) || report(cause), 0));
      isOurs = false;
    }
    then(fulfilled, rejected) {
      awaited.add(this);
      return super.then(fulfilled, rejected);
    }
  };
}`;
