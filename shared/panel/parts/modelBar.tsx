/** Which model answers, at what size and price, and what must be known before it is used. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SizeClass, ThinkingLevel } from '../../core/model.ts';
import { type ModelEntry, type ModelStatus, priceOf, sizeClassesOf } from '../../core/models/registry.ts';
import { Icon } from '../icons.tsx';
import type { ModelState, PanelActions, PanelState } from '../state.ts';
import { priceText } from '../words.ts';
import { Choice } from './plainControls.tsx';

export function ModelSelect({
  model,
  actions,
}: {
  readonly model: ModelState;
  readonly actions: Pick<PanelActions, 'chooseModel'>;
}): JSX.Element {
  const group = (label: string, statuses: readonly ModelStatus[]): JSX.Element | null => {
    const members = model.options.filter((entry) => statuses.includes(entry.status));
    if (members.length === 0) return null;
    return (
      <optgroup label={label}>
        {members.map((entry) => (
          <option key={entry.id} value={entry.id} selected={entry.id === model.entry.id}>
            {optionText(entry)}
          </option>
        ))}
      </optgroup>
    );
  };
  return (
    <span class="rt-select rt-model-select">
      <span class="rt-model-name rt-clip" aria-hidden="true">
        {model.entry.nick}
        {model.entry.status === 'retired' ? <span class="rt-quiet"> retired</span> : null}
      </span>
      <select aria-label="Model" value={model.entry.id} onChange={(event) => actions.chooseModel(event.currentTarget.value)}>
        {group('Gemini', ['default', 'premium', 'draft'])}
        {group('Without a key', ['offline'])}
        {group('Your own', ['custom'])}
        {group('Retired', ['retired'])}
      </select>
      <Icon name="chevronDown" />
    </span>
  );
}

function optionText(entry: ModelEntry): string {
  if (entry.wire === 'offline') return entry.nick;
  const first = sizeClassesOf(entry)[0] ?? null;
  const price = priceOf(entry, first);
  const note = entry.status === 'retired' ? `retired ${entry.retiredOn ?? ''}`.trim() : price === null ? '' : `from ${priceText(price)}`;
  return note === '' ? entry.nick : `${entry.nick}, ${note}`;
}

export interface ModelNoticeProps {
  readonly state: Pick<PanelState, 'model' | 'offlineVocabulary' | 'key' | 'isOnline' | 'service'>;
  readonly actions: Pick<PanelActions, 'chooseModel' | 'showSettings' | 'setInstruction'>;
}

/** Says it plainly when the model is not AI, retired, unknown, lacks its key, or cannot be reached. */
export function ModelNotice({ state, actions }: ModelNoticeProps): JSX.Element | null {
  const { model, key } = state;
  const [isOpen, setOpen] = useState(false);
  if (model.entry.wire === 'offline')
    return (
      <div class="rt-notice" role="note">
        <div class="rt-notice-line">
          <span class="rt-notice-words">
            <strong>Offline model — not AI.</strong> It follows a small list of commands.
          </span>
        </div>
        <div class="rt-notice-acts">
          <button type="button" class="rt-link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide the list' : 'What it can do'}
          </button>
          {key.held === null ? (
            <button type="button" class="rt-link" onClick={actions.showSettings}>
              Add a Gemini key
            </button>
          ) : null}
        </div>
        {isOpen ? (
          <ul class="rt-vocabulary">
            {state.offlineVocabulary.map(({ does, example }) => (
              <li key={example}>
                <button
                  type="button"
                  class="rt-skill"
                  title={`It can ${does}. Press to use these words.`}
                  onClick={() => actions.setInstruction(example)}
                >
                  {example}
                </button>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    );
  if (!state.isOnline)
    return (
      <div class="rt-notice rt-notice-warning" role="status">
        <div class="rt-notice-line">
          <Icon name="offline" />
          <span class="rt-notice-words">
            <strong>You are offline.</strong> {model.entry.nick} answers from {state.service}; takes can be looked at and placed meanwhile.
          </span>
        </div>
      </div>
    );
  if (model.warning !== null)
    return (
      <div class="rt-notice rt-notice-warning" role="note">
        <div class="rt-notice-line">
          <Icon name="warning" />
          <span class="rt-notice-words">{model.warning}</span>
        </div>
        {model.successor === null ? null : (
          <div class="rt-notice-acts">
            <button type="button" class="rt-link" onClick={() => model.successor !== null && actions.chooseModel(model.successor.id)}>
              Use {model.successor.nick}
            </button>
          </div>
        )}
      </div>
    );
  if (key.held === null)
    return (
      <div class="rt-notice rt-notice-warning" role="note">
        <div class="rt-notice-line">
          <Icon name="key" />
          <span class="rt-notice-words">{model.entry.nick} needs a Gemini API key.</span>
        </div>
        <div class="rt-notice-acts">
          <button type="button" class="rt-link" onClick={actions.showSettings}>
            Add a key
          </button>
        </div>
      </div>
    );
  return null;
}

export interface SizeFieldProps {
  readonly model: ModelState;
  readonly actions: Pick<PanelActions, 'setSize' | 'setThinking'>;
}

export function SizeField({ model, actions }: SizeFieldProps): JSX.Element | null {
  const hasSizes = model.sizes.length > 1;
  const levels = model.entry.thinking.levels;
  if (!hasSizes && levels.length === 0) return null;
  const isFree = model.entry.wire === 'offline';
  const choices: readonly { readonly size: SizeClass | null; readonly label: string; readonly price: string }[] = [
    { size: null, label: 'Auto', price: model.autoSize ?? 'fits' },
    ...model.sizes.map(({ size, priceUsd }) => ({ size, label: size, price: isFree ? '' : priceText(priceUsd) })),
  ];
  return (
    <div class="rt-rows">
      {hasSizes ? (
        <div class="rt-row">
          <span class="rt-row-label" id="rt-size-label">
            Size
          </span>
          <div class="rt-segments" role="radiogroup" aria-labelledby="rt-size-label">
            {choices.map(({ size, label, price }) => (
              <Choice
                key={label}
                class="rt-segment"
                group="rt-size"
                isChosen={model.size === size}
                onChoose={() => actions.setSize(size)}
                title={size === null ? 'The smallest size that is large enough' : `${label}: ${price}`}
              >
                <span>{label}</span>
                {isFree ? null : <span class="rt-segment-note">{price}</span>}
              </Choice>
            ))}
          </div>
        </div>
      ) : null}
      {levels.length > 0 && model.thinking !== null ? (
        <div class="rt-row">
          <span class="rt-row-label">Thinking</span>
          <span class="rt-select rt-grow">
            <select
              aria-label="Thinking"
              value={model.thinking}
              onChange={(event) => actions.setThinking(event.currentTarget.value as ThinkingLevel)}
            >
              {levels.map((level) => (
                <option key={level} value={level} selected={level === model.thinking}>
                  {thinkingTexts[level]}
                </option>
              ))}
            </select>
            <Icon name="chevronDown" />
          </span>
        </div>
      ) : null}
    </div>
  );
}

const thinkingTexts: Readonly<Record<ThinkingLevel, string>> = {
  minimal: 'Minimal, fastest',
  low: 'Low',
  medium: 'Medium',
  high: 'High, slowest',
};
