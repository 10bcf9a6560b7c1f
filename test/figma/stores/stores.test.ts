/** Figma's store, held to what every store promises, and to what every store does for a history. */

import type { DocumentStore } from '../../../shared/core/ports.ts';
import { Died, historyContract, type Life } from '../../contracts/historyContract.ts';
import { storeContract } from '../../contracts/storeContract.ts';
import { createFigmaFile, type FigmaFile, type SimPerson } from '../simulator/index.ts';
import { ourTexts, setOurText, startPlugin } from './runtime.ts';

/** Each time another person opens it: a colleague, or the same one on another day. */
let people = 0;
const somebody = (file: FigmaFile) => startPlugin(file.join(`person${++people}`));

/** Changes a blob's text, on every shelf of the file. */
function damage(file: FigmaFile, hash: string): void {
  for (const { node, key, text } of ourTexts(file))
    if (key.startsWith(`b/${hash}`)) setOurText(file, node, key, `${text.slice(0, -4)}AAA=`);
}

storeContract(
  'A Figma file',
  async () => {
    const file = createFigmaFile();
    return {
      store: somebody(file).store(),
      reopen: async () => somebody(file).store(),
      damageBlob: async (hash) => damage(file, hash),
    };
  },
  { entryLimitBytes: 4 << 20, keepsOrder: true },
);

/** Each message that changes the file is a step: the panel may be closed between any two. Whoever waits for it then is gone too. */
function mortal(person: SimPerson, life: Life): { readonly store: DocumentStore; readonly hasDied: () => boolean } {
  let isDead = false;
  const runtime = startPlugin(person, {
    async step(work) {
      try {
        return await life.step(work);
      } catch (cause) {
        isDead = true;
        throw cause;
      }
    },
  });
  const living = async <T>(work: Promise<T>): Promise<T> => {
    const done = await work;
    if (isDead) throw new Died();
    return done;
  };
  const store = runtime.store();
  return {
    hasDied: () => isDead,
    store: {
      entryLimitBytes: store.entryLimitBytes,
      read: (key) => living(store.read(key)),
      keys: () => living(store.keys()),
      write: (key, bytes) => living(store.write(key, bytes)),
      remove: (key) => living(store.remove(key)),
      blobs: {
        read: (hash) => living(store.blobs.read(hash)),
        list: () => living(store.blobs.list()),
        write: (bytes) => living(store.blobs.write(bytes)),
        remove: (hash) => living(store.blobs.remove(hash)),
      },
    },
  };
}

historyContract('A Figma file', async (life) => {
  const file = createFigmaFile();
  const { store, hasDied } = mortal(file.user, life);
  return {
    store,
    reopen: async () => {
      // The file is closed as well then, and lets go of pictures that nothing shows.
      if (hasDied()) file.reopen();
      return somebody(file).store();
    },
  };
});
