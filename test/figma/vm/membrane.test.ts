import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadEngine, type Sandbox, startSandbox } from './sandbox.ts';

const soon = { timeout: 75_000 };

const open: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of open.splice(0)) sandbox.dispose();
});

/** Runs a script with `figma` in place of Figma's own. */
async function run(code: string, figma: object = {}, watchesRejections = false): Promise<Sandbox> {
  const sandbox = await startSandbox({ code, figma, html: '<p>panel</p>', allowedDomains: ['https://example.com'], watchesRejections });
  open.push(sandbox);
  return sandbox;
}
const said = ({ console }: Sandbox): readonly string[] => console.map(({ text }) => text);

describe('the globals of Figma’s main thread', () => {
  test('are what Figma documents, and what the language has', async () => {
    const bare = new Set(JSON.parse(said(await run('console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis)))'))[0]));
    for (const name of [
      'figma',
      '__html__',
      '__uiFiles__',
      'console',
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'fetch',
    ])
      expect(bare).toContain(name);
    for (const name of ['TextEncoder', 'URL', 'atob', 'crypto', 'performance', 'AbortController', 'Blob', 'Worker', 'WebAssembly', 'Intl'])
      expect(bare).not.toContain(name);
    for (const name of ['inside', 'send', 'receive', 'window', 'document', 'process', 'queueMicrotask', 'structuredClone'])
      expect(bare).not.toContain(name);
  });

  test('tell of exceptions as Figma’s engine words them, and go on', async () => {
    const sandbox = await run('setTimeout(() => console.log("later"), 1); null.foo');
    expect(sandbox.troubles).toEqual([expect.stringContaining("TypeError: cannot read property 'foo' of null")]);
    await vi.waitFor(() => expect(said(sandbox)).toEqual(['later']), soon);
  });

  test('run timers, and stop them', async () => {
    const script = `
      const every = setInterval((by) => { console.log('tick', by); if (++ticks === 2) clearInterval(every); }, 1, 7);
      let ticks = 0;
      clearTimeout(setTimeout(() => console.log('never'), 1));
      setTimeout(() => console.log('rings'), 60);`;
    await loadEngine();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const [stopped, goesOn] = [await run(script), await run(script)];
      vi.advanceTimersByTime(59);
      expect(said(stopped)).toEqual(['tick 7', 'tick 7']);
      stopped.stopTimers();
      vi.advanceTimersByTime(60_000);
      expect(said(stopped)).toEqual(['tick 7', 'tick 7']);
      expect(said(goesOn)).toEqual(['tick 7', 'tick 7', 'rings']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('tell of promises that are rejected and not waited for', async () => {
    const sandbox = await run(
      `const late = (async () => { throw new Error('handled a little later'); })();
       (async () => { await figma.no().catch(() => console.log('caught')); try { await late; } catch { console.log('caught'); } await figma.no(); })();
       new Promise((resolve) => resolve(Promise.reject(new Error('handed on'))));
       Promise.resolve(1).then(() => { throw new Error('in a reaction'); });`,
      { no: () => Promise.reject(new Error('in an async function')) },
      true,
    );
    await vi.waitFor(() => expect(sandbox.troubles).toHaveLength(3), soon);
    const names = await run('console.log(JSON.stringify([typeof report, Promise.name]))', {}, true);
    expect(said(names)).toEqual(['["undefined","Promise"]']);
    expect(said(sandbox)).toEqual(['caught', 'caught']);
    for (const where of ['in an async function', 'handed on', 'in a reaction'])
      expect(sandbox.troubles).toContainEqual(expect.stringContaining(`uncaught in a promise: Error: ${where}`));
  });

  test('fetch in Figma’s narrow way', async () => {
    const sandbox = await run(`
      const tell = (error) => console.log(error.message);
      fetch(new Date(0)).catch(tell);
      fetch('https://example.com', { signal: null }).catch(tell);
      fetch('https://elsewhere.com').catch(tell);`);
    await vi.waitFor(
      () =>
        expect(said(sandbox)).toEqual([
          'in fetch: the address must be a string',
          "in fetch: unrecognized key(s) in object: 'signal'",
          'Failed to fetch: https://elsewhere.com is not in the manifest’s allowedDomains',
        ]),
      soon,
    );
  });
});

describe('what crosses the membrane', () => {
  class Node {
    readonly children: Node[] = [];
    name = 'node';
    get fills() {
      return Object.freeze([Object.freeze({ type: 'IMAGE', opacity: 1 })]);
    }
    add(child: Node): Node {
      this.children.push(child);
      return child;
    }
  }
  const echo = (value: unknown): unknown => value;

  test('keeps host objects the same, and their methods theirs', async () => {
    const root = new Node();
    const sandbox = await run(
      `const child = figma.root.add(figma.make());
       child.name = 'renamed';
       console.log(child === figma.root.children[0], figma.root.children[0].name, figma.root === figma.root, 'fills' in child, 'x' in child);`,
      { root, make: () => new Node() },
    );
    expect(said(sandbox)).toEqual(['true renamed true true false']);
    expect(root.children[0].name).toBe('renamed');
  });

  test('copies plain data, bytes and all other values as they are', async () => {
    const sandbox = await run(
      `const back = figma.echo({ list: [1, -0, NaN, Infinity, undefined, null, 'ü\\ud800', 12n], bytes: new Uint8Array([1, 2, 3]).subarray(1), at: new Date(5) });
       console.log(Object.is(back.list[1], -0), back.list[2], back.list[3], back.list[4] === undefined, back.list[6] === 'ü\\ud800', String(back.list[7]));
       console.log(back.bytes instanceof Uint8Array, back.bytes.join(), back.at.getTime());
       console.log(Object.isFrozen(figma.node.fills), Object.isFrozen(figma.node.fills[0]), figma.node.fills === figma.node.fills);`,
      { echo, node: new Node() },
    );
    expect(said(sandbox)).toEqual(['true NaN Infinity true true 12', 'true 2,3 5', 'true true false']);
  });

  test('keeps symbols apart and the same', async () => {
    const mixed = Symbol('figma.mixed');
    const seen: unknown[] = [];
    const sandbox = await run(
      `console.log(figma.value === figma.mixed, typeof figma.mixed, String(figma.mixed)); figma.see(figma.mixed); figma.see(Symbol.iterator);`,
      { mixed, value: mixed, see: (value: unknown) => seen.push(value) },
    );
    expect(said(sandbox)).toEqual(['true symbol Symbol(figma.mixed)']);
    expect(seen).toEqual([mixed, Symbol.iterator]);
  });

  test('throws on what a host object throws, in its words', async () => {
    const node = new Proxy(Object.preventExtensions({}), {
      get: (_, key) => {
        throw new TypeError(`node.${String(key)}: no such property '${String(key)}' on TEXT node`);
      },
      set: (_, key) => {
        throw new TypeError(`Cannot add property ${String(key)}, object is not extensible`);
      },
    });
    const sandbox = await run(
      `const trying = (what) => { try { what(); } catch (error) { console.log(error instanceof TypeError, error.message); } };
       trying(() => figma.node.children); trying(() => { figma.node.x = 1; }); trying(() => { figma.fail(); });
       console.log(Object.isExtensible(figma.node), Object.keys(figma.node).length);`,
      {
        node,
        fail() {
          throw new Error('in createImage: Image is too large');
        },
      },
    );
    expect(said(sandbox)).toEqual([
      "true node.children: no such property 'children' on TEXT node",
      'true Cannot add property x, object is not extensible',
      'false in createImage: Image is too large',
      'false 0',
    ]);
  });

  test('waits for promises both ways', async () => {
    const asked: unknown[] = [];
    const sandbox = await run(
      `(async () => {
         console.log(await figma.later(3));
         try { await figma.never(); } catch (error) { console.log(error.message); }
         figma.take((async () => { await figma.later(1); return [7]; })());
         figma.take((async () => { throw new RangeError('no'); })());
       })();`,
      {
        later: (value: number) => new Promise((resolve) => setTimeout(resolve, 1, value)),
        never: () => Promise.reject(new Error('gone')),
        take: (promise: Promise<unknown>) =>
          promise.then(
            (value) => asked.push(value),
            (cause) => asked.push(cause),
          ),
      },
    );
    await vi.waitFor(() => expect(asked).toEqual([new RangeError('no'), [7]]), soon);
    expect(said(sandbox)).toEqual(['3', 'gone']);
  });

  test('calls listeners, knows them again, and tells what they throw', async () => {
    const listeners = new Set<(event: unknown) => unknown>();
    const sandbox = await run(
      `const good = ({ result }) => result.answer(['one']);
       const gone = () => console.log('still there');
       figma.on(good); figma.on(gone); figma.off(gone);
       figma.on(() => undefinedName); figma.on(async () => { null.foo; });
       console.log(figma.pick((one) => one.name === 'b').name);`,
      {
        on: (listener: (event: unknown) => unknown) => listeners.add(listener),
        off: (listener: (event: unknown) => unknown) => listeners.delete(listener),
        pick: (wanted: (node: Node) => boolean) => [new Node(), Object.assign(new Node(), { name: 'b' })].find(wanted),
      },
    );
    expect(listeners.size).toBe(3);
    const answers: unknown[] = [];
    for (const listen of listeners) listen({ result: { answer: (given: unknown) => answers.push(given) } });
    expect(answers).toEqual([['one']]);
    await vi.waitFor(() => expect(sandbox.troubles).toHaveLength(2), soon);
    expect(said(sandbox)).toEqual(['b']);
    expect(sandbox.troubles[0]).toContain("'undefinedName' is not defined");
    expect(sandbox.troubles[1]).toContain("cannot read property 'foo' of null");
  });

  test('tells the host what is no plain data', async () => {
    const seen: unknown[] = [];
    await run(
      `figma.post(new Map()); figma.post(new ArrayBuffer(2)); figma.post(new Uint8ClampedArray(2)); figma.post(new (class Own {})());`,
      {
        post: (value: object) => seen.push(value.constructor.name),
      },
    );
    expect(seen).toEqual(['Map', 'ArrayBuffer', 'Uint8ClampedArray', 'Own']);
  });

  test('carries large pictures, and gives their memory back', async () => {
    const sizes: number[] = [];
    const sandbox = await run(`(async () => { for (let i = 0; i < 4; i++) figma.take({ picture: await figma.read() }); })();`, {
      read: async () => new Uint8Array(8 << 20).fill(7),
      take: ({ picture }: { picture: Uint8Array }) => sizes.push(picture.length + picture[99]),
    });
    await vi.waitFor(() => expect(sizes).toEqual(Array(4).fill((8 << 20) + 7)), soon);
    expect(sandbox.memoryBytes()).toBeLessThan(20 << 20);
  });
});
