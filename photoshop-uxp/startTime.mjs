/** What it takes to start the bundle, measured where it is built. */
import { createContext, Script } from 'node:vm';

/** An object that has, answers and takes anything, in place of Photoshop's modules. */
const anything = new Proxy(() => {}, {
  get: (_, key) => (key === 'then' ? undefined : key === Symbol.toPrimitive ? () => '' : anything),
  apply: () => anything,
  construct: () => anything,
});

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];

/** Milliseconds from the script's text until its entry points are set up, in V8 with UXP's fewest globals; raises what it raises. */
export function timeToEntryPoints(code) {
  const times = [];
  for (let round = 0; round < 5; round++) {
    let setUpAt = 0;
    const uxp = {
      entrypoints: {
        setup: () => {
          setUpAt = performance.now();
        },
      },
      storage: anything,
      host: anything,
      shell: anything,
    };
    const context = createContext({
      require: (name) => (name === 'uxp' ? uxp : anything),
      ...{ AbortController, URL, atob, btoa, console, setTimeout, clearTimeout, setInterval, clearInterval },
      crypto: { getRandomValues: (array) => array, randomUUID: () => '' },
    });
    const started = performance.now();
    // Not from V8's cache: each round's text is another.
    new Script(`${code}\n//${round}`).runInContext(context);
    if (setUpAt === 0) throw new Error('main.js does not set its entry points up at once, and Photoshop waits 20 ms for them.');
    times.push(setUpAt - started);
  }
  return median(times);
}
