/** Pictures that go along: dropped, pasted or picked, each with the role it plays. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { sizeText } from '../../core/geometry.ts';
import { Icon, IconButton } from '../icons.tsx';
import type { GivenFile, PanelActions, PanelState, ReferenceRole } from '../state.ts';
import { roleTexts } from '../words.ts';

export interface ReferenceListProps {
  readonly state: Pick<PanelState, 'references' | 'run' | 'model' | 'subject' | 'can'>;
  readonly actions: Pick<
    PanelActions,
    'addReferences' | 'pickReferences' | 'addSelectedReferences' | 'setReferenceRole' | 'removeReference'
  >;
}

export const givenFiles = (files: ArrayLike<File>): readonly GivenFile[] =>
  Array.from(files).map((file) => ({ name: file.name, bytes: async () => new Uint8Array(await file.arrayBuffer()) }));

export function ReferenceList({ state, actions }: ReferenceListProps): JSX.Element | null {
  const { items, limit } = state.references;
  const picker = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  if (limit === 0 && items.length === 0) return null;
  const isFull = items.length >= limit;
  const fromSelection = state.subject.kind === 'selected' ? state.subject.told.referenceCount : 0;
  return (
    <fieldset
      class={`rt-block rt-references${isOver ? ' rt-over' : ''}`}
      aria-label="References"
      onDragOver={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        actions.addReferences(givenFiles(event.dataTransfer?.files ?? []));
      }}
    >
      <div class="rt-label-line">
        <span class="rt-label">
          References
          <span class="rt-quiet rt-count">{items.length === 0 ? `up to ${limit}` : `${items.length} of ${limit}`}</span>
        </span>
        <span class="rt-links">
          {fromSelection === 0 || isFull ? null : (
            <button
              type="button"
              class="rt-link rt-quiet-link"
              title="Adds what is selected now; then select the layer that should change"
              onClick={actions.addSelectedReferences}
            >
              {fromSelection === 1 ? 'Add selected layer' : `Add ${fromSelection} selected layers`}
            </button>
          )}
          <IconButton
            icon="plus"
            label="Add reference pictures"
            disabled={isFull}
            onPress={() => (state.can.pickFiles ? actions.pickReferences() : picker.current?.click())}
          />
        </span>
      </div>
      {state.can.pickFiles ? null : (
        <input
          ref={picker}
          class="rt-file"
          type="file"
          accept="image/png,image/jpeg,image/webp"
          multiple
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            actions.addReferences(givenFiles(event.currentTarget.files ?? []));
            event.currentTarget.value = '';
          }}
        />
      )}
      {items.map((item) => (
        <div class="rt-reference" key={item.id}>
          <span class="rt-thumb rt-thumb-small rt-checker">
            <img src={item.thumbnail} alt="" />
          </span>
          <span class="rt-clip rt-grow" title={`${item.name}, ${sizeText(item)}`}>
            {item.name}
          </span>
          <span class="rt-select rt-role">
            <select
              aria-label={`Role of ${item.name}`}
              value={item.role}
              onChange={(event) => actions.setReferenceRole(item.id, event.currentTarget.value as ReferenceRole)}
            >
              {Object.entries(roleTexts).map(([role, text]) => (
                <option key={role} value={role} selected={role === item.role}>
                  {text}
                </option>
              ))}
            </select>
            <Icon name="chevronDown" />
          </span>
          <IconButton icon="close" label={`Remove ${item.name}`} onPress={() => actions.removeReference(item.id)} />
        </div>
      ))}
      {isOver ? <div class="rt-drop-hint">Drop to add as reference</div> : null}
    </fieldset>
  );
}
