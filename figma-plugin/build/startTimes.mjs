/** What it takes to start a bundle, measured where it is built. */
import { Script } from 'node:vm';
import { getQuickJS } from 'quickjs-emscripten';

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];

function timesOf(rounds, work) {
  return Array.from({ length: rounds }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
}

/** An object that has, answers and takes anything, in place of all that Figma puts before a plug-in. */
const anything = `
  const anything = new Proxy(function () {}, {
    get: (_, key) => (key === 'then' ? undefined : key === Symbol.toPrimitive ? () => '' : anything),
    set: () => true, apply: () => anything, construct: () => anything,
  });
  for (const name of ['figma', '__html__', '__uiFiles__', 'console', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'])
    globalThis[name] = anything;`;

/** Milliseconds until the script has been evaluated; raises what it raises. */
export async function startInQuickJs(code) {
  const quickJs = await getQuickJS();
  const times = [];
  for (let round = 0; round < 5; round++) {
    const context = quickJs.newContext();
    context.unwrapResult(context.evalCode(`{${anything}}`)).dispose();
    times.push(...timesOf(1, () => context.unwrapResult(context.evalCode(code, 'code.js')).dispose()));
    context.dispose();
  }
  return median(times);
}

/** Milliseconds to compile the script. Functions are only looked over, as in a browser at the first run. */
export const compileInV8 = (code) => {
  let round = 0;
  // The same text would come from V8's cache.
  return median(timesOf(5, () => new Script(`${code}\n//${round++}`)));
};
