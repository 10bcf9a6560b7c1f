/** What will be left out of the next request is said where it is sent from, before it is. */
import { expect, test } from 'vitest';
import { keepTake } from '../../shared/core/history/keepTake.ts';
import { packRound } from '../../shared/core/history/round.ts';
import { unhurried } from '../../shared/core/pace.ts';
import type { DocumentStore } from '../../shared/core/ports.ts';
import { fromUtf8, toUtf8 } from '../../shared/core/text.ts';
import { valueIn } from '../documents/valueIn.ts';
import { makeTake } from '../history/makeTake.ts';
import { type Bench, bench, file, key, select, settled } from '../page/panelBench.ts';

const MB = 1024 * 1024;

/** A round that brought `references` and was answered with a signed picture, said to be as large as `byteLength`. */
async function keepRound(store: DocumentStore, references: number, byteLength: number): Promise<string> {
  const picture = (n: number) => ({
    role: n === 0 ? ('subject' as const) : ('object' as const),
    label: '',
    type: 'image/png' as const,
    bytes: new Uint8Array([n]),
  });
  const { blobs } = await packRound(
    {
      text: 'make it so',
      pictures: Array.from({ length: references + 1 }, (_, n) => picture(n)),
      repeated: 0,
      subject: { hash: 'ab', width: 1, height: 1 },
      parts: ['{"inlineData":{"mimeType":"image/png","data":"AQID"},"thoughtSignature":"YQ=="}'],
      mask: null,
    },
    unhurried,
  );
  const words = fromUtf8(blobs.at(-1)?.bytes ?? new Uint8Array()) ?? '';
  return valueIn(await store.blobs.write(toUtf8(words.replace(/"byteLength":\d+/g, `"byteLength":${byteLength}`))));
}

/** One round on the cup, remembered; `reads` lists the blobs that were read since. */
async function remembered(references: number, byteLength: number): Promise<Bench & { readonly reads: string[]; readonly turn: string }> {
  const made = await bench({ environmentKey: key });
  const { host } = made;
  const turn = await keepRound(host.store, references, byteLength);
  const take = makeTake('one', { turn, source: { of: host.refOf('Cup'), name: 'Cup', bounds: { x: 4, y: 6, width: 20, height: 10 } } });
  await keepTake(host.store, { ...take, placed: { layer: host.refOf('Desk'), bounds: take.source.bounds } });
  const reads: string[] = [];
  const { blobs } = host.store;
  const read = blobs.read.bind(blobs);
  Object.assign(blobs, {
    read: (hash: string) => {
      reads.push(hash);
      return read(hash);
    },
  });
  made.panel.attach({ host, store: host.store });
  await settled();
  await select(host, 'Cup');
  return { ...made, reads, turn };
}

const next = ({ panel }: Bench) => panel.state().takes.next;

test('pictures of a conversation that has outgrown the model, without a picture being read', async () => {
  const made = await remembered(1, 33 * MB);
  made.panel.actions.setInstruction('a bit more');
  await settled();
  expect(next(made)).toMatchObject({
    take: { number: 1 },
    way: 'continue',
    dropped: 'To stay within the model’s limits, these will not be sent: 2 pictures that you sent in the first round.',
  });
  for (const words of ['more', 'a bit less', 'more again']) made.panel.actions.setInstruction(words);
  await settled();
  expect(made.reads).toEqual([made.turn]);
  // The result itself is small enough.
  made.panel.actions.takes.setWay('from-take');
  expect(next(made)).toMatchObject({ way: 'from-take', dropped: '' });
});

test('references of a list, as more are added and another model is chosen', async () => {
  const made = await remembered(3, 1000);
  made.panel.actions.setInstruction('now yellow');
  await settled();
  expect(next(made)).toMatchObject({ way: 'fresh', dropped: '' });
  made.panel.actions.addReferences(Array.from({ length: 13 }, (_, n) => file(`${n}.png`)));
  await settled();
  expect(next(made).dropped).toBe('To stay within the model’s limits, these will not be sent: 2 references of “make it one”.');
  for (const { id } of made.panel.state().references.items.slice(0, 2)) made.panel.actions.removeReference(id);
  expect(next(made).dropped).toBe('');
  made.panel.actions.chooseModel('gemini-2.5-flash-image');
  expect(next(made).dropped).toContain('3 references of “make it one”');
});

test('and that the conversation cannot go on, when its round is lost', async () => {
  const made = await remembered(0, 1000);
  valueIn(await made.host.store.blobs.remove(made.turn));
  made.panel.attach({ host: made.host, store: made.host.store });
  await settled();
  await select(made.host, 'Cup');
  made.panel.actions.takes.setWay('continue');
  await settled();
  expect(next(made)).toMatchObject({ way: 'fresh', why: expect.stringContaining('the earlier turns are not kept') });
});
