/** One take in full: its picture, what was asked and said, what came of it, and all that can be done with it. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { sizeText } from '../../core/geometry.ts';
import { Icon, IconButton, type IconName } from '../icons.tsx';
import type { PanelActions, PanelState } from '../state.ts';
import type { TakeDetails } from '../takesState.ts';
import { durationText, priceText } from '../words.ts';
import { LineEditor, NoteEditor } from './takeEditors.tsx';

export interface TakeCardProps {
  readonly take: TakeDetails;
  readonly state: Pick<PanelState, 'takes' | 'can' | 'run'>;
  readonly actions: Pick<PanelActions, 'takes' | 'setTakeVisible'>;
  /** Puts the cursor into the instruction. */
  readonly focusInstruction: () => void;
}

type Editing = 'name' | 'note' | 'bookmark' | null;

export function TakeCard({ take, state, actions, focusInstruction }: TakeCardProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [editing, setEditing] = useState<Editing>(null);
  const { takes } = actions;
  return (
    <article class="rt-card" aria-label={`Take ${take.number}: ${take.title}`}>
      <CardPicture take={take} pictures={state.takes.pictures} />
      <div class="rt-card-body">
        <div class="rt-card-title">
          {editing === 'name' ? (
            <LineEditor
              label="Name of this take"
              value={take.title}
              onDone={(name) => {
                setEditing(null);
                if (name !== null) takes.rename(take.id, name);
              }}
            />
          ) : (
            <button type="button" class="rt-plain rt-grow rt-card-name" title="Rename" onClick={() => setEditing('name')}>
              {take.title}
            </button>
          )}
          <IconButton
            icon="star"
            label="Favourite"
            pressed={take.isFavourite}
            filled={take.isFavourite}
            onPress={() => takes.setFavourite(take.id, !take.isFavourite)}
          />
        </div>
        {take.title === take.instruction ? null : <p class="rt-quiet rt-card-words">“{take.instruction}”</p>}
        {take.description === '' ? null : <p class="rt-card-words rt-said">{take.description}</p>}
        <Status take={take} />
        <Notes take={take} />
        {editing === 'note' ? (
          <NoteEditor
            value={take.note}
            onDone={(note) => {
              setEditing(null);
              if (note !== null) takes.setNote(take.id, note);
            }}
          />
        ) : take.note === '' ? null : (
          <button type="button" class="rt-plain rt-note" title="Edit the note" onClick={() => setEditing('note')}>
            {take.note}
          </button>
        )}
        {take.bookmarks.length === 0 ? null : (
          <p class="rt-bookmarks">
            {take.bookmarks.map((name) => (
              <span class="rt-bookmark" key={name}>
                <Icon name="bookmark" size={12} filled />
                <span class="rt-clip">{name}</span>
                <IconButton icon="close" label={`Remove the bookmark ${name}`} onPress={() => takes.removeBookmark(name)} />
              </span>
            ))}
          </p>
        )}
        {editing === 'bookmark' ? (
          <LineEditor
            label="Name of the bookmark"
            value=""
            onDone={(name) => {
              setEditing(null);
              if (name !== null && name.trim() !== '') takes.bookmark(take.id, name.trim());
            }}
          />
        ) : null}
      </div>
      <Acts
        take={take}
        state={state}
        actions={actions}
        focusInstruction={focusInstruction}
        isOpen={isOpen}
        onMore={() => setOpen(!isOpen)}
      />
      {isOpen ? (
        <MoreActs
          take={take}
          canCopy={state.can.copyTakes}
          actions={actions}
          edit={(what) => {
            setOpen(false);
            setEditing(what);
          }}
          onDone={() => setOpen(false)}
        />
      ) : null}
    </article>
  );
}

function CardPicture({
  take,
  pictures,
}: {
  readonly take: TakeDetails;
  readonly pictures: PanelState['takes']['pictures'];
}): JSX.Element | null {
  const address = pictures.get(take.picture) ?? pictures.get(take.thumbnail ?? '');
  if (address === undefined) return null;
  return (
    <span class={`rt-card-picture${take.isDiscarded ? ' rt-dim' : ''}`}>
      <img src={address} alt={take.alternativeText} />
    </span>
  );
}

function Status({ take }: { readonly take: TakeDetails }): JSX.Element {
  return (
    <p class="rt-quiet rt-figures">
      {take.status.text === '' ? null : <span class={`rt-status-${take.status.kind}`}>{take.status.text}</span>}
      {take.status.text.endsWith(take.modelNick) ? null : <span>{take.isOffline ? 'Offline, not AI' : take.modelNick}</span>}
      {take.costUsd === null && take.result === null ? null : <span>{priceText(take.costUsd)}</span>}
      {take.tookMs === 0 ? null : <span>{durationText(take.tookMs)}</span>}
      {take.result === null ? null : <span>{sizeText(take.result)}</span>}
      <span>{take.when}</span>
    </p>
  );
}

/** How it was continued, what was dropped, and what composing had to say. */
function Notes({ take }: { readonly take: TakeDetails }): JSX.Element | null {
  const lines = [...(take.why === '' ? [] : [take.why]), ...take.dropped, ...take.notes];
  if (lines.length === 0) return null;
  return (
    <ul class="rt-notes">
      {lines.map((line) => (
        <li key={line}>
          <Icon name="info" size={12} />
          <span>{line}</span>
        </li>
      ))}
    </ul>
  );
}

interface ActsProps extends TakeCardProps {
  readonly isOpen: boolean;
  readonly onMore: () => void;
}

function Acts({ take, state, actions, focusInstruction, isOpen, onMore }: ActsProps): JSX.Element {
  const { takes } = actions;
  const isRunning = state.run.kind === 'running' || state.takes.busy !== null;
  return (
    <div class="rt-card-acts">
      {take.can.placeAgain ? (
        <button
          type="button"
          class="rt-button"
          disabled={isRunning}
          title="Make a layer of its answer, which is kept; the model is not asked again"
          onClick={() => takes.placeAgain(take.id)}
        >
          {take.layer === 'none' ? 'Place' : 'Place again'}
        </button>
      ) : null}
      <button
        type="button"
        class={`rt-button${take.isStart ? ' rt-pressed' : ''}`}
        aria-pressed={take.isStart}
        disabled={!take.can.continue}
        title={take.isStart ? 'The next edit goes on from here' : 'Branch: the next edit goes on from this take'}
        onClick={() => {
          takes.startFrom(take.isStart ? null : take.id);
          if (!take.isStart) focusInstruction();
        }}
      >
        Go on from here
      </button>
      <span class="rt-card-icons">
        <IconButton icon="again" label="Same again" disabled={isRunning} onPress={() => takes.sameAgain(take.id)} />
        {take.can.explain ? (
          <IconButton icon="explain" label="What this take changed, and why" onPress={() => takes.explain(take.id)} />
        ) : null}
        {take.can.continue ? (
          <IconButton icon="compare" label="Compare with the source" onPress={() => takes.compare(take.id, null)} />
        ) : null}
        {state.can.toggle && (take.layer === 'shown' || take.layer === 'hidden') ? (
          <IconButton
            icon={take.layer === 'shown' ? 'eye' : 'eyeOff'}
            label={take.layer === 'shown' ? 'Hide this take' : 'Show this take'}
            onPress={() => actions.setTakeVisible(take.id, take.layer !== 'shown')}
          />
        ) : null}
        <button type="button" class="rt-icon-button" aria-label="More" title="More" aria-expanded={isOpen} onClick={onMore}>
          <Icon name="more" />
        </button>
      </span>
    </div>
  );
}

interface MoreProps {
  readonly take: TakeDetails;
  readonly canCopy: boolean;
  readonly actions: TakeCardProps['actions'];
  readonly edit: (what: Editing) => void;
  readonly onDone: () => void;
}

/** In the flow below the buttons: Photoshop's runtime shows nothing above a text field. */
function MoreActs({ take, canCopy, actions: { takes }, edit, onDone }: MoreProps): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('button')?.focus({ preventScroll: true });
    list.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const act = (icon: IconName, text: string, does: () => void): readonly [IconName, string, () => void] => [icon, text, does];
  const all = [
    act('pencil', 'Edit the instruction and redo', () => takes.editAndRedo(take.id)),
    ...(take.can.continue ? [act('picture', 'Use this take as the source', () => takes.useAsSource(take.id))] : []),
    act('text', 'Rename', () => edit('name')),
    act('note', take.note === '' ? 'Add a note' : 'Edit the note', () => edit('note')),
    act('bookmark', 'Add a bookmark', () => edit('bookmark')),
    ...(take.can.continue
      ? [
          act('check', take.isKept ? 'No longer keep' : 'Keep', () => takes.keep(take.id, !take.isKept)),
          ...(canCopy ? [act('copy', 'Copy, to place it in another document', () => takes.copyTake(take.id))] : []),
          act('save', 'Export as PNG, with its story', () => takes.exportPicture(take.id)),
          act('archive', 'Export the branch as ZIP', () => takes.exportBranch(take.id)),
        ]
      : []),
    take.isDiscarded
      ? act('undo', 'Restore', () => takes.restore(take.id))
      : act('bin', take.childCount > 0 ? 'Discard, with what came of it' : 'Discard', () => takes.discard(take.id)),
  ];
  return (
    <ul
      class="rt-more"
      ref={list}
      aria-label="More for this take"
      onKeyDown={(event) => {
        const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
        const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
        if (event.key === 'Escape') onDone();
        else if (to !== undefined) buttons[(to + buttons.length) % buttons.length]?.focus();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {all.map(([icon, text, does]) => (
        <li key={text}>
          <button
            type="button"
            class="rt-more-item"
            onClick={() => {
              onDone();
              does();
            }}
          >
            <Icon name={icon} />
            <span class="rt-clip">{text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
