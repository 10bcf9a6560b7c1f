/** The dialogs of the page: the keys, and the questions before something is merged or work would be lost. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../../../shared/panel/icons.tsx';
import type { MergeHow } from '../documentSession.ts';

export function Dialog({
  label,
  kind = '',
  onClose,
  children,
}: {
  readonly label: string;
  /** A class of its own. */
  readonly kind?: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const hasEnded = useRef(false);
  useEffect(() => dialog.current?.showModal(), []);
  // Told at once and once: the browser's own `close` comes later, when the next dialog may be open already.
  const end = (): void => {
    if (hasEnded.current) return;
    hasEnded.current = true;
    dialog.current?.close();
    onClose();
  };
  return (
    <dialog
      ref={dialog}
      class={`pg-dialog ${kind}`}
      aria-label={label}
      onClose={end}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        end();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) end();
      }}
    >
      {children}
    </dialog>
  );
}

export function Shortcuts({ modifier, onClose }: { readonly modifier: string; readonly onClose: () => void }): JSX.Element {
  const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      'Edit',
      [
        ['Send the instruction', `${modifier}Enter`],
        ['Cancel', 'Esc'],
        ['Write the instruction', 'I'],
        ['Undo', `${modifier}Z`],
        ['Compare before and after', 'C'],
        ['What the selected take changed', 'E'],
      ],
    ],
    [
      'Picture',
      [
        ['Open', `${modifier}O`],
        ['Paste a picture', `${modifier}V`],
        ['Save', `${modifier}S`],
        ['Draw a region', 'R'],
        ['Move the view', 'H, or hold Space'],
      ],
    ],
    [
      'View',
      [
        ['Fit', `${modifier}0`],
        ['100 %', `${modifier}1`],
        ['Zoom', `${modifier}+  ${modifier}−`],
        ['Zoom with the wheel', `${modifier}wheel`],
        ['Next and previous layer', '↓  ↑'],
      ],
    ],
    [
      'In the takes',
      [
        ['Later and earlier', '↑  ↓'],
        ['Along the branch', '←  →'],
        ['Go on from here', 'Enter'],
        ['Compare with the source', 'C'],
        ['Compare two', 'Shift click'],
        ['Favourite', 'F'],
        ['Discard, restore', 'Delete'],
      ],
    ],
  ];
  return (
    <Dialog label="Keyboard shortcuts" onClose={onClose}>
      <div class="pg-dialog-head">
        <h2>Keyboard shortcuts</h2>
        <IconButton icon="close" label="Close" onPress={onClose} />
      </div>
      <div class="pg-keys">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([what, key]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>{key}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

export interface MergeQuestionProps {
  readonly name: string;
  /** The layer that it was dropped on. */
  readonly layer: string;
  readonly onMerge: (how: MergeHow) => void;
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

export function MergeQuestion({ name, layer, onMerge, onOpen, onClose }: MergeQuestionProps): JSX.Element {
  const [keepRest, setKeepRest] = useState(true);
  const [matchColours, setMatchColours] = useState(true);
  return (
    <Dialog label="A picture was dropped on a layer" onClose={onClose}>
      <h2>Merge {name}?</h2>
      <p>
        Merged as a take, only what differs from {layer} is laid over it; everything else stays as it is. The full picture is kept, hidden,
        beneath.
      </p>
      <div class="pg-dialog-checks">
        <label class="rt-check">
          <input type="checkbox" checked={keepRest} onChange={(event) => setKeepRest(event.currentTarget.checked)} />
          Keep everything else as it is
        </label>
        <label class="rt-check">
          <input type="checkbox" checked={matchColours} onChange={(event) => setMatchColours(event.currentTarget.checked)} />
          Match the layer’s colours
        </label>
      </div>
      <div class="pg-dialog-acts">
        <button type="button" class="rt-button" onClick={onOpen}>
          Open as a document
        </button>
        <button
          type="button"
          class="rt-button rt-primary"
          onClick={() => onMerge({ whole: !keepRest, tone: matchColours ? 'auto' : 'keep' })}
        >
          Merge as a take
        </button>
      </div>
    </Dialog>
  );
}

export interface DiscardQuestionProps {
  readonly title: string;
  readonly next: string;
  readonly onKeep: () => void;
  readonly onDiscard: () => void;
}

export function DiscardQuestion({ title, next, onKeep, onDiscard }: DiscardQuestionProps): JSX.Element {
  return (
    <Dialog label="Changes are not saved" onClose={onKeep}>
      <h2>Changes are not saved</h2>
      <p>
        {title} has takes that are in no file yet. Opening {next} discards them.
      </p>
      <div class="pg-dialog-acts">
        <button type="button" class="rt-button" onClick={onDiscard}>
          Discard and open
        </button>
        <button type="button" class="rt-button rt-primary" onClick={onKeep}>
          Keep
        </button>
      </div>
    </Dialog>
  );
}
