/** Which model is in use, at which size and thinking level, and what sending would cost: the user's choice, kept per user. */
import { planFrame } from '../core/edit/frame.ts';
import type { Failure } from '../core/failure.ts';
import type { Bounds, Extent } from '../core/geometry.ts';
import type { SizeClass, ThinkingLevel } from '../core/model.ts';
import {
  builtInModels,
  defaultModelId,
  findModel,
  type ModelEntry,
  modelWarning,
  offlineModelId,
  priceOf,
  sizeClassesOf,
} from '../core/models/registry.ts';
import type { Settings } from '../core/ports.ts';
import type { Result } from '../core/result.ts';
import type { ModelState } from './state.ts';

const settingsKeys = { model: 'gemini.model', size: 'gemini.size', thinking: 'gemini.thinking' } as const;

export interface ModelChoice {
  /** The user's choice; without one, the default model with a key and the offline one without. */
  entry(): ModelEntry;
  /** `part` is what would be read of the document; null while nothing is selected. */
  state(part: Bounds | null): ModelState;
  choose(id: string): Promise<Result<void, Failure>>;
  setSize(size: SizeClass | null): Promise<Result<void, Failure>>;
  setThinking(level: ThinkingLevel): Promise<Result<void, Failure>>;
  /** Whoever gives a key wants the real model, also after having tried the offline one. */
  leaveOffline(): void;
  load(): Promise<void>;
}

export function createModelChoice(settings: Settings, hasKey: () => boolean): ModelChoice {
  let chosenId: string | null = null;
  let customIds: readonly string[] = [];
  let size: SizeClass | null = null;
  let thinking: ThinkingLevel | null = null;

  const isBuiltIn = (id: string): boolean => builtInModels.some((model) => model.id === id);
  const entry = (): ModelEntry => findModel(chosenId ?? (hasKey() ? defaultModelId : offlineModelId));

  return {
    entry,

    state(part) {
      const model = entry();
      const classes = sizeClassesOf(model);
      const chosenSize = size !== null && classes.includes(size) ? size : null;
      const sizes = classes.map((each) => ({ size: each, priceUsd: priceOf(model, each) }));
      // The walk's own plan for the part that would be read.
      const autoSize = part === null ? null : (planFrame(part, model, null)?.cell.size ?? null);
      const asked = chosenSize ?? autoSize;
      const prices = (asked === null && sizes.length > 0 ? sizes.map(({ priceUsd }) => priceUsd) : [priceOf(model, asked)]).filter(
        (price) => price !== null,
      );
      const levels = model.thinking.levels;
      return {
        entry: model,
        isChosen: chosenId !== null,
        options: [...builtInModels, ...customIds.map(findModel)],
        warning: modelWarning(model),
        successor: model.successor === null ? null : findModel(model.successor),
        size: chosenSize,
        sizes,
        autoSize,
        sent: part === null || model.wire === 'offline' ? null : sentExtent(part, model, chosenSize),
        thinking: thinking !== null && levels.includes(thinking) ? thinking : model.thinking.default,
        estimateUsd: prices.length === 0 ? null : { from: Math.min(...prices), to: Math.max(...prices) },
      };
    },

    choose(id) {
      chosenId = id;
      if (!isBuiltIn(id) && !customIds.includes(id)) customIds = [...customIds, id];
      return settings.set(settingsKeys.model, id);
    },

    setSize(next) {
      size = next;
      return next === null ? settings.remove(settingsKeys.size) : settings.set(settingsKeys.size, next);
    },

    setThinking(level) {
      thinking = level;
      return settings.set(settingsKeys.thinking, level);
    },

    leaveOffline() {
      if (chosenId === offlineModelId) chosenId = null;
    },

    async load() {
      const stored = async (key: string): Promise<string | null> => {
        const value = await settings.get(key);
        return value.ok ? value.value : null;
      };
      const [model, storedSize, level] = [
        await stored(settingsKeys.model),
        await stored(settingsKeys.size),
        await stored(settingsKeys.thinking),
      ];
      if (model !== null) {
        chosenId = model;
        if (!isBuiltIn(model)) customIds = [model];
      }
      size = storedSize as SizeClass | null;
      thinking = level as ThinkingLevel | null;
    },
  };
}

/** The part itself, without what pads it to the model's ratio; null where the model has no such size. */
function sentExtent(part: Extent, model: ModelEntry, size: SizeClass | null): Extent | null {
  const frame = planFrame(part, model, size);
  if (frame === null) return null;
  const scale = frame.sent.width / frame.padded.width;
  const scaled = (px: number): number => Math.max(1, Math.round(px * scale));
  return { width: scaled(part.width), height: scaled(part.height) };
}
