import { describe, expect, test } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import type { EditAnswer, Turn } from '../../shared/core/model.ts';
import type { Pixels } from '../../shared/core/pixels.ts';
import { editLayerPrompt } from '../../shared/core/prompts/editLayer.ts';
import { editRoundsPrompt } from '../../shared/core/prompts/editRounds.ts';
import { compile } from '../../shared/core/prompts/promptText.ts';
import { wordsIn } from '../../shared/core/said.ts';
import {
  all,
  apart,
  ask,
  bluePart,
  codec,
  difference,
  greenPart,
  light,
  mean,
  redPart,
  room,
  turnPicture,
  wallPart,
  words,
} from './offlineSetup.ts';

const picture = room();
const extent = { width: 320, height: 320 };

/** Turns of earlier instructions on `picture`, each answered by the model itself. */
async function conversation(...instructions: string[]): Promise<{ turns: Turn[]; last: EditAnswer | null }> {
  const turns: Turn[] = [];
  let last: EditAnswer | null = null;
  for (const [i, instruction] of instructions.entries()) {
    const answer = await ask(instruction, i === 0 ? picture : null, { extent, turns });
    if (!answer.ok) throw new Error(`“${instruction}”: ${JSON.stringify(answer.error)}`);
    turns.push({
      role: 'user',
      text: compile(editLayerPrompt, { instruction, references: 0 }).text,
      pictures: i === 0 ? [await turnPicture(picture)] : [],
    });
    turns.push({ role: 'model', parts: answer.value.parts });
    last = answer.value;
  }
  return { turns, last };
}

async function then(instruction: string, ...before: string[]): Promise<Pixels> {
  const { turns } = await conversation(...before);
  const answer = await ask(instruction, null, { extent, turns });
  if (!answer.ok) throw new Error(`“${instruction}”: ${JSON.stringify(answer.error)}`);
  return answer.value.picture.pixels;
}

describe('after an earlier turn', () => {
  test('a new instruction goes on from the picture that the model made', async () => {
    const after = await then('make the red square white', 'change blue to orange');
    expect(mean(after, bluePart)[0]).toBeGreaterThan(mean(after, bluePart)[2] + 40);
    expect(Math.min(...mean(after, redPart))).toBeGreaterThan(150);
  });

  test('“more” does the last thing again', async () => {
    const once = light(mean(await then('flip horizontally', 'brighter'), all));
    expect(light(mean(await then('more', 'brighter'), all))).toBeGreaterThan(once * 1.08);
  });

  test('“less” does the last thing again from before, weaker', async () => {
    const was = light(mean(picture, all));
    const once = light(mean(await then('flip horizontally', 'brighter'), all));
    const less = light(mean(await then('less', 'brighter'), all));
    expect(less).toBeGreaterThan(was * 1.03);
    expect(less).toBeLessThan(once * 0.97);
  });

  test('“now blue” gives the same thing another colour', async () => {
    const after = mean(await then('now teal', 'make the red square yellow'), redPart);
    expect(Math.min(after[1], after[2])).toBeGreaterThan(after[0] + 50);
    expect(apart(mean(await then('now teal', 'make the red square yellow'), greenPart), mean(picture, greenPart))).toBeLessThan(3);
  });

  test('“undo that” goes back to the picture before the last step, and twice to the one before', async () => {
    expect(difference(await then('undo that', 'make it night'), picture)).toBeLessThan(2.5);
    const back = await then('undo', 'brighter', 'make it night');
    expect(light(mean(back, wallPart))).toBeGreaterThan(light(mean(picture, wallPart)) * 1.05);
    expect(difference(await then('undo', 'brighter', 'make it night', 'undo'), picture)).toBeLessThan(2.5);
  });

  test('the model’s parts come in the service’s shape and decode to the picture', async () => {
    const { last } = await conversation('brighter');
    const [text, image] = (last?.parts ?? []).map((part) => JSON.parse(part)) as [
      { text: string; thoughtSignature: string },
      { inlineData: { mimeType: string; data: string }; thoughtSignature: string },
    ];
    expect(text.text).toBe(wordsIn(last?.said ?? []));
    expect(image.inlineData.mimeType).toBe('image/jpeg');
    expect(Buffer.from(image.inlineData.data, 'base64').equals(Buffer.from(last?.picture.bytes ?? []))).toBe(true);
    for (const part of [text, image]) expect(part.thoughtSignature).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const decoded = await codec.decode(last?.picture.bytes ?? new Uint8Array(), neverAborted);
    expect(decoded.ok && Buffer.from(decoded.value.data).equals(Buffer.from(last?.picture.pixels.data ?? []))).toBe(true);
  });
});

/** All of `instructions` in one request, as a fresh round asks. */
async function together(...instructions: string[]): Promise<Pixels> {
  const rounds = instructions.map((instruction) => ({ instruction, place: null, question: null, answer: null, pictureOffset: 0 }));
  const prompt = compile(editRoundsPrompt, { rounds, references: 0, place: null, ground: null });
  const answer = await ask(instructions[instructions.length - 1], picture, { extent, prompt });
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value.picture.pixels;
}

describe('several rounds in one request', () => {
  test('are carried out one after another', async () => {
    const after = await together('change blue to orange', 'make the red square white');
    expect(mean(after, bluePart)[0]).toBeGreaterThan(mean(after, bluePart)[2] + 40);
    expect(Math.min(...mean(after, redPart))).toBeGreaterThan(150);
  });

  test('“now teal” takes the place of the colour before, on the picture as it was', async () => {
    const after = mean(await together('make the red square yellow', 'brighter', 'undo that', 'now teal'), redPart);
    expect(Math.min(after[1], after[2])).toBeGreaterThan(after[0] + 50);
  });

  test('“more” strengthens what was asked before', async () => {
    const once = light(mean(await together('brighter'), all));
    expect(light(mean(await together('brighter', 'more'), all))).toBeGreaterThan(once * 1.05);
    expect(light(mean(await together('brighter', 'less'), all))).toBeLessThan(once * 0.98);
  });

  test('of which all were taken back leave the picture as it is', async () => {
    expect(difference(await together('make it night', 'undo'), picture)).toBeLessThan(2.5);
  });

  test('of which one is not understood are answered in words', async () => {
    await expect(together('compose a symphony', 'brighter')).rejects.toThrow(/words-only/);
    await expect(together('more', 'brighter')).rejects.toThrow(/no earlier step/);
  });
});

describe('without an earlier turn', () => {
  test.each(['more', 'less', 'undo that'])('“%s” is answered in words', async (instruction) => {
    expect(await words(instruction, picture)).toMatch(/no earlier step/);
  });
});

test('a damaged picture in an earlier turn is a bad request', async () => {
  const turns: Turn[] = [
    { role: 'user', text: 'brighter', pictures: [] },
    { role: 'model', parts: ['{"inlineData": {"mimeType": "image/jpeg", "data": "not base64!"}}'] },
  ];
  const answer = await ask('darker', null, { extent, turns });
  expect(answer.ok).toBe(false);
  if (!answer.ok) expect(answer.error.kind).toBe('bad-request');
});
