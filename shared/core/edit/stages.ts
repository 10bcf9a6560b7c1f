/** Times the stages of a walk, one after the other, and tells whoever watches. */
import type { EditAnswer } from '../model.ts';
import type { Clock } from '../ports.ts';
import type { OnProgress, Stage, StageTimings } from './types.ts';

export const stageOrder: readonly Stage[] = ['read', 'compile', 'ask', 'compose', 'place', 'record'];

export interface Stages {
  begin(stage: Stage): void;
  /** Ends the last stage and answers all times; the model's own three are parts of 'ask'. */
  end(model: EditAnswer['timingsMs']): StageTimings;
}

export function startStages(clock: Clock, onProgress: OnProgress): Stages {
  const startedAt = clock.now();
  const spent: Record<Stage, number> = { read: 0, compile: 0, ask: 0, compose: 0, place: 0, record: 0 };
  let current: Stage | null = null;
  let since = startedAt;
  const close = () => {
    const now = clock.now();
    if (current !== null) spent[current] += now - since;
    since = now;
  };
  return {
    begin(stage) {
      close();
      current = stage;
      onProgress({ stage, done: stageOrder.indexOf(stage), total: stageOrder.length });
    },
    end(model) {
      close();
      return { ...spent, ...model, total: clock.now() - startedAt };
    },
  };
}
