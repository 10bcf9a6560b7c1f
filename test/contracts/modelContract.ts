/**
 * What every picture model promises, whatever answers behind it. A model joins with one call; differences are declared
 * as flags.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neverAborted } from '../../shared/core/abort.ts';
import { sha256Hex } from '../../shared/core/hash.ts';
import type { Cell, EditAnswer, EditRequest, ImageModel, LabelledPicture, TurnPicture } from '../../shared/core/model.ts';
import type { ModelEntry } from '../../shared/core/models/registry.ts';
import { pictureTypeOf } from '../../shared/core/pictureType.ts';
import { createPixels, type Pixels } from '../../shared/core/pixels.ts';
import { editLayerPrompt } from '../../shared/core/prompts/editLayer.ts';
import { generatePrompt } from '../../shared/core/prompts/generate.ts';
import { compile } from '../../shared/core/prompts/promptText.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';

export interface ModelFlags {
  readonly entry: ModelEntry;
  /** What is asked for; a small one keeps the suite quick. */
  readonly cell: Cell;
  /** False for a model that makes pictures from words alone. */
  readonly edits: boolean;
  /** Takes its own earlier answers back as turns. */
  readonly turns: boolean;
  /** Whether pictures leave for a service, which can list its models. */
  readonly service: boolean;
}

export interface ModelUnderTest {
  readonly model: ImageModel;
  close(): Promise<void>;
}

// Half a million numbers take an assertion seconds to compare.
const hashOf = ({ data }: Pixels): string => sha256Hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));

/** A blue square on sand, opaque. */
function subject(): LabelledPicture {
  const pixels = createPixels(120, 80);
  for (let y = 0; y < 80; y++)
    for (let x = 0; x < 120; x++)
      pixels.data.set(x >= 30 && x < 90 && y >= 20 && y < 60 ? [30, 60, 200, 255] : [220, 200, 160, 255], (y * 120 + x) * 4);
  return { role: 'subject', label: '', pixels };
}

async function sentPicture({ role, label, pixels }: LabelledPicture): Promise<TurnPicture> {
  const bytes = await createNodeCodec().encode(pixels, { type: 'image/png' }, neverAborted);
  if (!bytes.ok) throw new Error(JSON.stringify(bytes.error));
  return { role, label, type: 'image/png', bytes: bytes.value };
}

export function modelContract(name: string, make: () => Promise<ModelUnderTest>, flags: ModelFlags): void {
  const { entry, cell } = flags;

  const editRequest = (instruction = 'make it black and white'): EditRequest => ({
    model: entry.id,
    cell,
    pictures: [subject()],
    instruction,
    prompt: compile(editLayerPrompt, { instruction, references: 0 }),
    turns: [],
    thinking: null,
  });

  const generateRequest = (instruction = 'a red circle on a blue ground'): EditRequest => ({
    ...editRequest(instruction),
    pictures: [],
    prompt: compile(generatePrompt, { instruction }),
  });

  const usual = flags.edits ? editRequest : generateRequest;

  describe(`${name} as a picture model`, () => {
    let under: ModelUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under.close());

    async function answered(request: EditRequest): Promise<EditAnswer> {
      const answer = await under.model.edit(request, neverAborted);
      if (!answer.ok) throw new Error(JSON.stringify(answer.error));
      return answer.value;
    }

    it('answers with an opaque picture on the cell’s grid, typed by its bytes', async () => {
      const { picture } = await answered(usual());
      expect(picture.type).toBe(pictureTypeOf(picture.bytes));
      expect(picture.pixels).toMatchObject(cell.extent);
      let isOpaque = true;
      for (let i = 3; i < picture.pixels.data.length; i += 4) isOpaque &&= picture.pixels.data[i] === 255;
      expect(isOpaque).toBe(true);
    });

    it('reports what it sent, in the order of the request, and how long each part took', async () => {
      const request = usual();
      const answer = await answered(request);
      expect(answer.sent.map(({ width, height }) => [width, height])).toEqual(
        flags.service ? request.pictures.map(({ pixels }) => [pixels.width, pixels.height]) : [],
      );
      for (const { hash, byteLength } of answer.sent) {
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
        expect(byteLength).toBeGreaterThan(0);
      }
      for (const ms of Object.values(answer.timingsMs)) expect(ms).toBeGreaterThanOrEqual(0);
      expect(answer.attempts).toBe(1);
      expect(answer.modelVersion).not.toBe('');
    });

    it('leaves the request as it was', async () => {
      const request = usual();
      const before = request.pictures.map(({ pixels }) => hashOf(pixels));
      await answered(request);
      expect(request.pictures.map(({ pixels }) => hashOf(pixels))).toEqual(before);
    });

    it('makes a picture from words alone', async () => {
      const answer = await answered(generateRequest());
      expect(answer.sent).toEqual([]);
      expect(answer.picture.pixels).toMatchObject(cell.extent);
    });

    it('is cancelled before it begins', async () => {
      const controller = new AbortController();
      controller.abort();
      expect(await under.model.edit(usual(), controller.signal)).toEqual({ ok: false, error: { kind: 'cancelled' } });
    });

    it('is cancelled while it works', async () => {
      const controller = new AbortController();
      const answer = under.model.edit(usual(), controller.signal);
      // It has begun, and no picture is made in one turn of the loop.
      setImmediate(() => controller.abort());
      expect(await answer).toEqual({ ok: false, error: { kind: 'cancelled' } });
    });

    it('answers two requests at once without mixing them up', async () => {
      const both = await Promise.all([answered(generateRequest()), answered(usual())]);
      const alone = await answered(usual());
      const [generated, same, expected] = [...both, alone].map((answer) => hashOf(answer.picture.pixels));
      expect(same).toBe(expected);
      if (flags.edits) expect(generated).not.toBe(expected);
    });

    it(flags.service ? 'lists what its service offers' : 'has no service to list', async () => {
      const models = await under.model.available(neverAborted);
      expect(models.ok).toBe(true);
      if (models.ok) expect(models.value === null).toBe(!flags.service);
    });

    it.runIf(flags.turns)('goes on from its own answer', async () => {
      const first = editRequest('make it black and white');
      const before = await answered(first);
      expect(before.parts.length).toBeGreaterThan(0);
      const request: EditRequest = {
        ...editRequest('make it brighter'),
        pictures: [],
        turns: [
          { role: 'user', text: first.prompt.text, pictures: await Promise.all(first.pictures.map(sentPicture)) },
          { role: 'model', parts: before.parts },
        ],
      };
      const { data } = (await answered(request)).picture.pixels;
      // Still without colour: the second answer builds on the first.
      let mostColor = 0;
      for (let i = 0; i < data.length; i += 4 * 101) mostColor = Math.max(mostColor, Math.abs(data[i] - data[i + 2]));
      expect(mostColor).toBeLessThan(24);
    });

    it.skipIf(flags.edits)('refuses to edit, and names what can', async () => {
      expect(await under.model.edit(editRequest(), neverAborted)).toEqual({
        ok: false,
        error: { kind: 'cannot-edit', model: entry.id, successor: entry.successor },
      });
    });

    it.runIf(flags.edits)('answers in words when it cannot do what is asked, or does it', async () => {
      const answer = await under.model.edit(editRequest('compose a symphony in B minor'), neverAborted);
      if (!answer.ok) expect(answer.error).toMatchObject({ kind: 'no-image', reason: 'words-only', said: expect.stringMatching(/\w/) });
    });
  });
}
