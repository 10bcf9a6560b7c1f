/** A designer with a file, the built plug-in and a key: what they do and see, in their own terms. */
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { FigmaDriver } from '../frame/figmaDriver.ts';
import { type FigmaWorld, openWorld } from '../frame/localService.ts';
import type { FigmaFile, SimPerson, TreeNode } from '../simulator/index.ts';
import { takesIn } from './nodes.ts';
import { createTestModel, type TestModel } from './testModel.ts';

/** What a press leads to is there a frame or two later; on a busy machine, much later. */
export const soon = { timeout: 180_000 };

export class Designer extends FigmaDriver {
  /** Types the instruction and sends it. */
  async send(instruction: string): Promise<void> {
    const panel = await this.panel();
    await panel.fill('#rt-instruction', instruction);
    // What was selected is read, so that it can be sent.
    await panel.waitForSelector('.rt-foot .rt-primary:not([disabled])', soon);
    await panel.press('#rt-instruction', 'Control+Enter');
  }

  /** The panel knows the file. */
  async isReady(): Promise<void> {
    await expect.poll(() => this.card(), soon).not.toMatch(/Reading the file|No picture is open/);
  }

  /** What the run wrote is an undo entry. */
  async hasCommitted(): Promise<void> {
    await expect.poll(() => this.person.undoSteps().uncommitted, soon).toEqual([]);
  }

  /** The panel has finished, well or not. */
  async atRest(): Promise<void> {
    await (await this.find('.rt-foot .rt-primary')).waitFor(soon);
    await this.file.settled();
  }

  async press(name: string): Promise<void> {
    await (await this.panel()).getByRole('button', { name }).first().click(soon);
  }

  /** What the card says of what is selected. */
  card(): Promise<string> {
    return this.text('.rt-subject-block, .rt-subject');
  }

  async cardSays(words: string): Promise<void> {
    await expect.poll(() => this.card(), soon).toContain(words);
  }

  /** A run that fails says so. */
  async failsWith(words: string): Promise<void> {
    await expect.poll(() => this.text('.rt-failure'), soon).toContain(words);
  }

  async edit(instruction: string): Promise<TreeNode> {
    const before = takesIn(this.file).length;
    await this.send(instruction);
    await expect.poll(() => takesIn(this.file).length, soon).toBe(before + 1);
    await this.atRest();
    return takesIn(this.file).find(({ name }) => name === instruction) ?? takesIn(this.file).at(-1)!;
  }
}

export interface Studio {
  readonly world: FigmaWorld;
  readonly model: TestModel;
  /** Opens the file as a person who has given a key, and starts the plug-in. */
  open(file: FigmaFile, options?: OpenOptions): Promise<Designer>;
}

export interface OpenOptions extends NonNullable<ConstructorParameters<typeof FigmaDriver>[2]> {
  readonly command?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly hasKey?: boolean;
  /** Troubles of the browser's own that belong to the test. */
  readonly expects?: readonly RegExp[];
}

/** Sets up a browser for the tests of a file, and sees to it that no console had anything to say. */
export function useStudio(): Studio {
  vi.setConfig({ testTimeout: 600_000 });
  const model = createTestModel();
  const designers: { readonly designer: Designer; readonly expects: readonly RegExp[] }[] = [];
  let world: FigmaWorld;
  beforeAll(async () => {
    world = await openWorld(model.answer);
  });
  afterAll(() => world?.close());
  afterEach(async () => {
    model.letGo();
    for (const { designer } of designers) await designer.close();
    // A browser itself logs every refused request; that is the service's doing.
    const troubles = designers
      .splice(0)
      .flatMap(({ designer, expects }) => designer.troubles.filter((one) => !expects.some((expected) => expected.test(one))));
    const { malformed } = world.service;
    world.service.always(null);
    world.service.forget();
    expect(troubles).toEqual([]);
    expect(malformed).toEqual([]);
  });
  return {
    model,
    get world() {
      return world;
    },
    async open(file, { command = 'open', parameters, hasKey = true, expects = [], ...options } = {}) {
      const designer = new Designer(world, file, options);
      designers.push({ designer, expects: [/Failed to load resource/, ...expects] });
      if (hasKey) await giveKey(designer.person, world.service.key);
      await designer.run({ command, ...(parameters === undefined ? {} : { parameters }) });
      if (command !== 'quick' && command !== 'repeat') await designer.isReady();
      return designer;
    },
  };
}

const giveKey = (person: SimPerson, key: string): Promise<void> =>
  person.edit((figma) => figma.clientStorage.setAsync('retake.gemini.key', key));
