/**
 * Figma's main thread: a plug-in's script in QuickJS, the engine that Figma runs too, with the globals that Figma gives and no
 * others. What happens there that a user would find in the console is kept.
 */
import { types } from 'node:util';
import { buildSync } from 'esbuild';
import { getQuickJS, type QuickJSContext, type QuickJSHandle, type QuickJSWASMModule } from 'quickjs-emscripten';
import { createMembrane, type Parcel } from './membrane.ts';
import { createSandboxFetch } from './sandboxFetch.ts';
import { watchedPromise, withoutAsync } from './watchRejections.ts';

export interface SandboxOptions {
  /** The built script. */
  readonly code: string;
  /** `PluginAPI`, as simulated. */
  readonly figma: object;
  /** The manifest's `ui`, as text. */
  readonly html: string;
  /** Where the script may fetch from. */
  readonly allowedDomains: readonly string[];
  /** Tells of rejected promises too; the script then runs with its `async` functions rewritten. */
  readonly watchesRejections?: boolean;
}

export interface ConsoleLine {
  readonly level: 'log' | 'info' | 'warn' | 'error';
  readonly text: string;
}

export interface Sandbox {
  readonly console: readonly ConsoleLine[];
  /** Uncaught exceptions, and what was written as a warning or an error. */
  readonly troubles: readonly string[];
  /** Bytes that the engine holds now. */
  memoryBytes(): number;
  /** What Figma does at `closePlugin`: no timer goes off any more, while the script may run on. */
  stopTimers(): void;
  /** Ends the engine; what is still on its way there is lost. */
  dispose(): void;
}

/** Of one script, and of all that run at once. */
const mostBytes = 96 << 20;
const allBytes = 256 << 20;
/** A plug-in that blocks Figma for so long has hung it: time of the processor, so that others who use it do not count. */
const hungAfterMs = 20_000;
const busyMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

let insideSource: string | undefined;
const inside = (): string =>
  (insideSource ??= buildSync({
    entryPoints: ['test/figma/vm/inside.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'inside',
    target: 'es2020',
  }).outputFiles[0].text);

/** The engine is loaded once; a script that starts after this starts before Figma's next event. */
export function loadEngine(): Promise<QuickJSWASMModule> {
  return (loading ??= (async () => {
    inside();
    const engine = await getQuickJS();
    // When its memory grows during a call, quickjs-emscripten 0.32.0 reads results from the old one, and makes up a context.
    using context = engine.newContext();
    context.unwrapResult(context.evalCode(`new ArrayBuffer(${allBytes}); 0`)).dispose();
    return engine;
  })());
}
let loading: Promise<QuickJSWASMModule> | undefined;

/** Runs the script; its uncaught exceptions are among the troubles, also that of the first evaluation. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { code, figma, html, allowedDomains, watchesRejections = false } = options;
  const context = (await loadEngine()).newContext();
  context.runtime.setMemoryLimit(mostBytes);
  const lines: ConsoleLine[] = [];
  const troubles: string[] = [];
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let isAlive = true;
  /** How many calls into the engine are under way: jobs run when it has nothing else to do. */
  let depth = 0;
  let busySince = 0;
  context.runtime.setInterruptHandler(() => busyMs() - busySince > hungAfterMs);

  const uncaught = (cause: unknown, where: string): void =>
    void troubles.push(`${where}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);

  /** Everything the engine does happens in here. */
  function inEngine<T>(work: () => T): T {
    if (depth === 0) busySince = busyMs();
    depth++;
    try {
      const answer = work();
      if (depth === 1) runJobs();
      return answer;
    } finally {
      depth--;
    }
  }

  function runJobs(): void {
    while (isAlive && context.runtime.hasPendingJob()) {
      const done = context.runtime.executePendingJobs();
      if (done.error) {
        uncaught(context.dump(done.error).message, 'uncaught in a job');
        done.error.dispose();
      } else done.dispose();
    }
  }

  const write = (level: ConsoleLine['level'], given: readonly unknown[]): void => {
    const text = given.map(shown).join(' ');
    lines.push({ level, text });
    if (level === 'warn' || level === 'error') troubles.push(`console.${level}: ${text}`);
  };
  const timer =
    (isRepeated: boolean) =>
    (call: unknown, ms: unknown = 0, ...given: unknown[]): number => {
      if (typeof call !== 'function') throw new TypeError('not a function');
      const id = setTimeout(() => {
        if (!isRepeated) timers.delete(id);
        call(...given);
        if (isRepeated && timers.has(id)) id.refresh();
      }, Number(ms) || 0);
      timers.add(id);
      return Number(id);
    };
  const clear = (wanted: unknown): void => {
    for (const id of timers) {
      if (Number(id) !== wanted) continue;
      clearTimeout(id);
      timers.delete(id);
    }
  };
  const globals = {
    figma,
    __html__: html,
    __uiFiles__: {},
    console: {
      log: (...given: unknown[]) => write('log', given),
      info: (...given: unknown[]) => write('info', given),
      warn: (...given: unknown[]) => write('warn', given),
      error: (...given: unknown[]) => write('error', given),
      assert: (isFine: unknown, ...given: unknown[]) => {
        if (!isFine) write('error', ['Assertion failed:', ...given]);
      },
      clear: () => lines.splice(0),
    },
    setTimeout: timer(false),
    clearTimeout: clear,
    setInterval: timer(true),
    clearInterval: clear,
    fetch: createSandboxFetch(allowedDomains),
    ...(watchesRejections ? { report: (cause: unknown) => uncaught(cause, 'uncaught in a promise') } : {}),
  };

  const receiver: { handle: QuickJSHandle | null } = { handle: null };
  const membrane = createMembrane({
    root: globals,
    isReference,
    standIn: () => {
      throw new Error('a plug-in’s objects are copied');
    },
    send: (parcel) => {
      const { handle } = receiver;
      if (!isAlive || handle === null) return { text: '{"ok":true,"value":null}', buffers: [] };
      return inEngine(() => {
        const [text, buffers] = handParcel(context, parcel);
        const answer = context.callFunction(handle, context.undefined, text, buffers);
        text.dispose();
        buffers.dispose();
        // The receiving end catches what is thrown; an error here is the engine's own, as when memory runs out.
        using both = context.unwrapResult(answer);
        using answered = context.getProp(both, 0);
        using back = context.getProp(both, 1);
        return readParcel(context, answered, back);
      });
    },
    // Figma's own call, that of an event or a timer: nobody waits for what it throws but the console.
    around(call) {
      if (depth > 0) return call();
      try {
        const answer = call();
        if (answer instanceof Promise) answer.catch((cause) => uncaught(cause, 'uncaught in a promise'));
        return answer;
      } catch (cause) {
        uncaught(cause, 'uncaught');
        return undefined;
      }
    },
  });

  using send = context.newFunction('send', (text, buffers) => {
    const parts = handParcel(context, membrane.receive(readParcel(context, text, buffers)));
    const both = context.newArray();
    parts.forEach((part, i) => {
      context.setProp(both, i, part);
      part.dispose();
    });
    return both;
  });
  inEngine(() => {
    using start = context.unwrapResult(context.evalCode(`(() => { ${inside()}; return inside.start; })()`, 'membrane'));
    using end = context.unwrapResult(context.callFunction(start, context.undefined, send));
    receiver.handle = context.getProp(end, 'receive');
    context.unwrapResult(context.callMethod(end, 'begin', [])).dispose();
    if (watchesRejections) context.unwrapResult(context.evalCode(watchedPromise)).dispose();
    const evaluated = context.evalCode(watchesRejections ? withoutAsync(code) : code, 'code.js');
    if (evaluated.error) {
      const { name, message, stack } = context.dump(evaluated.error);
      troubles.push(`uncaught: ${name}: ${message}\n${stack}`);
    }
    evaluated.dispose();
  });

  const stopTimers = (): void => {
    for (const id of timers) clearTimeout(id);
    timers.clear();
  };
  return {
    console: lines,
    troubles,
    stopTimers,
    memoryBytes() {
      using usage = context.runtime.computeMemoryUsage();
      return context.dump(usage).memory_used_size;
    },
    dispose() {
      stopTimers();
      isAlive = false;
      receiver.handle?.dispose();
      context.dispose();
    },
  };
}

/** Host objects and whatever has methods; plain data is copied. */
function isReference(value: object): boolean {
  if (types.isProxy(value)) return true;
  if (Array.isArray(value) || value instanceof Error || types.isPromise(value) || types.isDate(value)) return false;
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return true;
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    ({ value: one, get }) => get !== undefined || typeof one === 'function',
  );
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value === 'object' && value !== null && !types.isProxy(value)) return JSON.stringify(value);
  return types.isProxy(value) ? '[object]' : String(value);
}

function handParcel(context: QuickJSContext, { text, buffers }: Parcel): [QuickJSHandle, QuickJSHandle] {
  const list = context.newArray();
  buffers.forEach((buffer, i) => {
    using handle = context.newArrayBuffer(buffer);
    context.setProp(list, i, handle);
  });
  return [context.newString(text), list];
}

function readParcel(context: QuickJSContext, text: QuickJSHandle, buffers: QuickJSHandle): Parcel {
  const count = context.getLength(buffers) ?? 0;
  return {
    text: context.getString(text),
    buffers: Array.from({ length: count }, (_, i) => {
      using handle = context.getProp(buffers, i);
      using view = context.getArrayBuffer(handle);
      return view.value.slice().buffer;
    }),
  };
}
