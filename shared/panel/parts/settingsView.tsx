/** The key (give, test, forget) and models of one's own. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { exhaustive } from '../../core/result.ts';
import { Icon, IconButton } from '../icons.tsx';
import type { KeyState, PanelActions, PanelState } from '../state.ts';
import { onEnter } from './enterKey.ts';
import { HostOptions } from './hostOptions.tsx';
import { usePlainControls } from './plainControls.tsx';

export interface SettingsViewProps {
  readonly state: Pick<PanelState, 'key' | 'model' | 'hostSettings' | 'keyHint'>;
  readonly actions: Pick<PanelActions, 'useKey' | 'testKey' | 'forgetKey' | 'chooseModel' | 'chooseOption' | 'showEdit'>;
  /** What a host adds of its own (a theme switch). */
  readonly children?: ComponentChildren;
}

export function SettingsView({ state, actions, children }: SettingsViewProps): JSX.Element {
  return (
    <section class="rt-settings" aria-label="Settings">
      <div class="rt-head">
        <IconButton icon="back" label="Back" onPress={actions.showEdit} />
        <strong class="rt-grow">Settings</strong>
      </div>
      <div class="rt-scroll">
        <KeyForm key={state.key.held?.ending ?? 'none'} held={state.key} hint={state.keyHint} actions={actions} />
        {state.hostSettings.length === 0 ? null : (
          <div class="rt-rows">
            <HostOptions options={state.hostSettings} place="settings" actions={actions} />
          </div>
        )}
        <OwnModel state={state} actions={actions} />
        {children}
      </div>
    </section>
  );
}

interface KeyFormProps {
  readonly held: KeyState;
  readonly hint: string;
  readonly actions: SettingsViewProps['actions'];
}

function KeyForm({ held: state, hint, actions }: KeyFormProps): JSX.Element {
  const [typed, setTyped] = useState('');
  const [sessionOnly, setSessionOnly] = useState(false);
  const [isTyping, setTyping] = useState(false);
  const isPlain = usePlainControls();
  const { held } = state;
  const give = (): void => actions.useKey(typed, !sessionOnly);
  return (
    <div class="rt-block">
      <label class="rt-label" for="rt-key">
        Gemini API key
      </label>
      {held === null ? null : (
        <div class="rt-key-held">
          <Icon name="key" />
          <span class="rt-grow rt-clip">
            <span class="rt-figure">••••{held.ending}</span> <span class="rt-quiet">{whereTexts[held.from]}</span>
          </span>
          <button type="button" class="rt-button" disabled={state.test.kind === 'testing'} onClick={actions.testKey}>
            Test
          </button>
          {held.from === 'environment' ? null : (
            <button type="button" class="rt-button rt-second" onClick={actions.forgetKey}>
              Forget
            </button>
          )}
        </div>
      )}
      <KeyVerdict test={state.test} />
      <input
        id="rt-key"
        class="rt-text"
        // UXP cannot read a password field on macOS; Adobe's remedy.
        {...(isPlain && isTyping ? { type: 'text' as const } : { type: 'password' as const })}
        onFocus={() => setTyping(true)}
        onBlur={() => setTyping(false)}
        autocomplete="off"
        spellcheck={false}
        placeholder={held === null ? 'Paste your key' : 'Paste another key'}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={onEnter(give)}
      />
      <label class="rt-check">
        <input type="checkbox" checked={sessionOnly} onChange={(event) => setSessionOnly(event.currentTarget.checked)} />
        <span>For this session only</span>
      </label>
      <div class="rt-line">
        <button type="button" class="rt-button rt-primary" disabled={typed.trim() === ''} onClick={give}>
          Save and test
        </button>
        <a class="rt-link" href="https://aistudio.google.com/apikey" target="_blank" rel="noreferrer noopener">
          Get a key
        </a>
      </div>
      {hint === '' ? null : <p class="rt-quiet rt-small">{hint}</p>}
      <p class="rt-quiet rt-small">
        The key stays on this computer and goes to Google only, in a header. It is never written into a document, a report or a log.
      </p>
    </div>
  );
}

const whereTexts = {
  settings: 'saved here',
  session: 'for this session',
  environment: 'from GEMINI_API_KEY',
} as const;

function KeyVerdict({ test }: { readonly test: KeyState['test'] }): JSX.Element | null {
  switch (test.kind) {
    case 'untested':
      return null;
    case 'testing':
      return (
        <p class="rt-verdict rt-quiet" role="status">
          Asking the service
        </p>
      );
    case 'accepted':
      return (
        <p class="rt-verdict rt-good" role="status">
          <Icon name="check" />
          <span>The key works.</span>
        </p>
      );
    case 'failed':
      return (
        <p class="rt-verdict rt-bad" role="alert">
          <Icon name="warning" />
          <span>
            <strong>{test.explanation.title}.</strong> {test.explanation.sentence}
          </span>
        </p>
      );
    default:
      return exhaustive(test);
  }
}

function OwnModel({ state, actions }: Pick<SettingsViewProps, 'state' | 'actions'>): JSX.Element {
  const [id, setId] = useState('');
  const use = (): void => {
    actions.chooseModel(id);
    setId('');
  };
  return (
    <div class="rt-block">
      <label class="rt-label" for="rt-own-model">
        Another model
      </label>
      <div class="rt-line">
        <input
          id="rt-own-model"
          class="rt-text rt-grow"
          type="text"
          autocomplete="off"
          spellcheck={false}
          placeholder="Model identifier"
          value={id}
          onInput={(event) => setId(event.currentTarget.value)}
          onKeyDown={onEnter(use)}
        />
        <button type="button" class="rt-button" disabled={id.trim() === ''} onClick={use}>
          Use
        </button>
      </div>
      <p class="rt-quiet rt-small">In use: {state.model.entry.id}</p>
    </div>
  );
}
