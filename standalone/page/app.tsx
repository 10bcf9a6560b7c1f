/** The page: the bar, the layer list, the stage and the panel; and what the whole window listens to. */
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Extent } from '../../shared/core/geometry.ts';
import type { LayerRef } from '../../shared/core/host.ts';
import type { PanelController } from '../../shared/panel/controller.ts';
import { Icon, IconButton } from '../../shared/panel/icons.tsx';
import { Panel } from '../../shared/panel/panel.tsx';
import { CompareView } from '../../shared/panel/parts/compareView.tsx';
import { EvidenceView } from '../../shared/panel/parts/evidenceView.tsx';
import { givenFiles } from '../../shared/panel/parts/referenceList.tsx';
import type { DocumentSession, MergeHow, SaveFormat } from './documentSession.ts';
import { Dialog, DiscardQuestion, MergeQuestion, Shortcuts } from './parts/dialogs.tsx';
import { EmptyStage } from './parts/emptyStage.tsx';
import { LayerList } from './parts/layerList.tsx';
import { Stage, type Tool } from './parts/stage.tsx';
import { type ThemeChoice, ThemeField } from './parts/themeField.tsx';
import { TopBar } from './parts/topBar.tsx';
import { center, fitView, nextStep, previousStep, type View, zoomTo } from './viewport.ts';

export interface AppProps {
  readonly session: DocumentSession;
  readonly panel: PanelController;
  readonly isApple: boolean;
  readonly theme: { readonly chosen: () => ThemeChoice; readonly choose: (theme: ThemeChoice) => void };
  readonly readSample: () => Promise<{ readonly name: string; readonly bytes: Uint8Array } | null>;
  /** Hands the finished file to the user. */
  readonly download: (name: string, bytes: Uint8Array) => void;
  /** The panel asks for these; the page fills them in once it is there. */
  readonly wire: (asked: { chooseFile: () => void; chooseLayer: () => void; drawRegion: () => void }) => void;
}

interface Waiting {
  readonly name: string;
  readonly bytes: () => Promise<Uint8Array>;
}

/** Space around a fitted picture, CSS px. */
const marginPx = 40;

function useSnapshot<T>(source: { state(): T; subscribe(listen: () => void): () => void }): T {
  const [snapshot, setSnapshot] = useState(() => source.state());
  useEffect(() => {
    setSnapshot(source.state());
    return source.subscribe(() => setSnapshot(source.state()));
  }, [source]);
  return snapshot;
}

export function App({ session, panel, isApple, theme, readSample, download, wire }: AppProps): JSX.Element {
  const state = useSnapshot(session);
  const panelState = useSnapshot(panel);
  const [view, setView] = useState<View>({ scale: 1, x: 0, y: 0 });
  const [tool, setTool] = useState<Tool>('hand');
  const [isOver, setOver] = useState(false);
  const [hasShortcuts, setShortcuts] = useState(false);
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [dropped, setDropped] = useState<(Waiting & { readonly of: LayerRef | 'visible' }) | null>(null);
  const [themeChoice, setThemeChoice] = useState(theme.chosen);
  const picker = useRef<HTMLInputElement>(null);
  const stageSize = useRef<Extent>({ width: 0, height: 0 });
  const isFitted = useRef(true);
  const modifier = isApple ? '⌘' : 'Ctrl ';
  const file = state.document;
  const extent = file?.extent ?? null;
  const { explained } = panelState.takes;

  const fitted = useCallback(
    (document: Extent): View => fitView(document, stageSize.current, Math.min(marginPx, stageSize.current.width / 16) * devicePixelRatio),
    [],
  );

  // A document that was opened later is fitted anew, though it may be of the same size.
  useEffect(() => {
    isFitted.current = true;
    if (extent !== null) setView(fitted(extent));
    setTool('hand');
  }, [file?.turn]);

  const onSize = (size: Extent): void => {
    stageSize.current = size;
    if (isFitted.current && extent !== null) setView(fitted(extent));
  };

  const zoom = (to: 'in' | 'out' | 'fit' | 'full'): void => {
    if (extent === null) return;
    isFitted.current = to === 'fit';
    const middle = { x: stageSize.current.width / 2, y: stageSize.current.height / 2 };
    if (to === 'fit') setView(fitted(extent));
    else if (to === 'full') setView(view.scale === 1 ? center(extent, stageSize.current, 1) : zoomTo(view, 1, middle));
    else setView(zoomTo(view, to === 'in' ? nextStep(view.scale) : previousStep(view.scale), middle));
  };

  const openFile = async (given: Waiting): Promise<void> => {
    // A branch of takes that was exported goes into the document that is open.
    if (/\.zip$/i.test(given.name) && session.state().document !== null) return panel.actions.takes.pasteFile(given);
    if (session.state().isChanged) return setWaiting(given);
    await reallyOpen(given);
  };
  const reallyOpen = async (given: Waiting): Promise<void> => {
    setWaiting(null);
    let bytes: Uint8Array;
    try {
      bytes = await given.bytes();
    } catch (cause) {
      // A folder, or a file that went away between the drop and now.
      return session.tell({ kind: 'damaged', name: given.name, why: cause instanceof Error ? cause.message : 'it cannot be read' });
    }
    await session.open(given.name, bytes);
  };
  const mergeFile = async (given: Waiting & { readonly of: LayerRef | 'visible' }, how: MergeHow): Promise<void> => {
    try {
      await session.merge(given.name, await given.bytes(), given.of, how);
    } catch (cause) {
      session.tell({ kind: 'damaged', name: given.name, why: cause instanceof Error ? cause.message : 'it cannot be read' });
    }
  };
  const openFiles = (files: ArrayLike<File> | null | undefined): void => {
    const [first] = givenFiles(files ?? []);
    if (first !== undefined) void openFile(first);
  };
  const openSample = async (): Promise<void> => {
    const sample = await readSample();
    if (sample === null) session.tell({ kind: 'host', operation: 'Reading the sample', message: 'it is not there' });
    else void openFile({ name: sample.name, bytes: async () => sample.bytes });
  };
  const save = async (format: SaveFormat): Promise<void> => {
    const saved = await session.save(format);
    if (saved !== null) download(saved.name, saved.bytes);
  };
  const compare = (): void => void session.compare(session.state().compare === null);
  const focusInstruction = (): void => document.querySelector<HTMLTextAreaElement>('#rt-instruction')?.focus();

  const latest = useRef({ zoom, openFiles, save, compare });
  latest.current = { zoom, openFiles, save, compare };

  useEffect(() => {
    wire({
      chooseFile: () => picker.current?.click(),
      chooseLayer: () => document.querySelector<HTMLElement>('.pg-tree')?.focus(),
      drawRegion: () => setTool('region'),
    });
  }, []);

  useEffect(() => {
    const keyDown = (event: KeyboardEvent): void => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      const isTyping = target?.closest('input:not([type="radio"]):not([type="checkbox"]), textarea, select') != null;
      const isModal = document.querySelector('dialog[open]') !== null;
      if (event.defaultPrevented || isModal || event.altKey) return;
      const { run } = panel.state();
      const command: Record<string, () => void> =
        event.ctrlKey || event.metaKey
          ? {
              Enter: panel.actions.send,
              s: () => void latest.current.save('psd'),
              o: () => picker.current?.click(),
              '0': () => latest.current.zoom('fit'),
              '1': () => latest.current.zoom('full'),
              '+': () => latest.current.zoom('in'),
              '=': () => latest.current.zoom('in'),
              '-': () => latest.current.zoom('out'),
              // A text field has an undo of its own.
              ...(isTyping || event.shiftKey ? {} : { z: () => session.undo() }),
            }
          : {
              Escape: () => {
                if (run.kind === 'running') panel.actions.cancel();
                else if (session.state().compare !== null) void session.compare(false);
                else if (isTyping) target?.blur();
                else setTool('hand');
              },
              ...(isTyping
                ? {}
                : {
                    '?': () => setShortcuts(true),
                    r: () => setTool('region'),
                    h: () => setTool('hand'),
                    c: () => latest.current.compare(),
                    e: () => {
                      const { selected, takes } = session.state();
                      if (selected !== null && takes.has(selected)) panel.actions.takes.explainLayer(selected);
                    },
                    i: focusInstruction,
                  }),
            };
      const act = command[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    const paste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      const isForPanel = event.target instanceof Element && event.target.closest('.rt-panel') !== null;
      if (isForPanel && session.state().document !== null) panel.actions.addReferences(givenFiles(files));
      else latest.current.openFiles(files);
    };
    const over = (event: DragEvent): void => {
      if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return;
      event.preventDefault();
      setOver(!(event.target instanceof Element && event.target.closest('.rt-references') !== null));
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      if (event.defaultPrevented) return;
      event.preventDefault();
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-layer]') : null;
      const [first] = givenFiles(event.dataTransfer?.files ?? []);
      if (row?.dataset.layer !== undefined && first !== undefined)
        setDropped({ name: first.name, bytes: () => first.bytes(), of: row.dataset.layer });
      else latest.current.openFiles(event.dataTransfer?.files);
    };
    const leaving = (event: BeforeUnloadEvent): void => {
      if (session.state().isChanged) event.preventDefault();
    };
    addEventListener('keydown', keyDown);
    addEventListener('paste', paste);
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    addEventListener('beforeunload', leaving);
    return () => {
      removeEventListener('keydown', keyDown);
      removeEventListener('paste', paste);
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
      removeEventListener('beforeunload', leaving);
    };
  }, [panel, session, focusInstruction]);

  return (
    <div class="pg">
      <TopBar
        state={state}
        tool={tool}
        scale={view.scale}
        modifier={modifier}
        onOpen={() => picker.current?.click()}
        onTool={setTool}
        onZoom={zoom}
        onCompare={compare}
        onUndo={session.undo}
        onSave={(format) => void save(format)}
        onShortcuts={() => setShortcuts(true)}
      />
      <main class="pg-main">
        <aside class="pg-left">
          <LayerList state={state} session={session} onExplain={panel.actions.takes.explainLayer} />
          {file === null || file.notes.length === 0 ? null : (
            <ul class="pg-file-notes" aria-label="About this file">
              {file.notes.map((note) => (
                <li key={note}>
                  <Icon name="info" size={12} />
                  <span>{note}</span>
                </li>
              ))}
            </ul>
          )}
        </aside>
        <section class="pg-middle" aria-label="Picture">
          {extent === null || state.opening !== null ? (
            <EmptyStage opening={state.opening} onOpen={() => picker.current?.click()} onSample={() => void openSample()} />
          ) : (
            <Stage
              extent={extent}
              picture={state.picture}
              isDrawing={state.isDrawing}
              before={state.compare?.before ?? null}
              view={view}
              tool={tool}
              region={state.region}
              isBusy={panelState.run.kind === 'running' || state.isMerging}
              onView={(next) => {
                isFitted.current = false;
                setView(next);
              }}
              onSize={onSize}
              onRegion={(region) => {
                session.setRegion(region);
                if (region !== null) setTool('hand');
              }}
              onTool={setTool}
            />
          )}
          {state.notice === null ? null : (
            <div
              class={`pg-toast${state.notice.tone === 'danger' ? ' pg-toast-danger' : ''}`}
              role={state.notice.tone === 'danger' ? 'alert' : 'status'}
            >
              <Icon name={state.notice.tone === 'danger' ? 'warning' : 'check'} />
              <span class="pg-toast-words">
                <strong>{state.notice.explanation.title}</strong> {state.notice.explanation.sentence}
              </span>
              {state.notice.explanation.nextAction === 'choose-file' ? (
                <button type="button" class="rt-button" onClick={() => picker.current?.click()}>
                  Choose a file
                </button>
              ) : null}
              <IconButton icon="close" label="Dismiss" onPress={session.dismissNotice} />
            </div>
          )}
          {isOver ? (
            <div class="pg-drop" aria-hidden="true">
              {extent === null ? 'Drop to open' : 'Drop to open, or onto a layer in the list to merge'}
            </div>
          ) : null}
        </section>
        <aside class="pg-right">
          <Panel
            state={panelState}
            actions={panel.actions}
            isApple={isApple}
            opensElsewhere
            settings={
              <ThemeField
                chosen={themeChoice}
                onChoose={(next) => {
                  theme.choose(next);
                  setThemeChoice(next);
                }}
              />
            }
          />
        </aside>
      </main>
      <input
        ref={picker}
        class="rt-file"
        type="file"
        aria-hidden="true"
        tabIndex={-1}
        accept=".psd,.psb,.png,.jpg,.jpeg,.webp,.zip,image/png,image/jpeg,image/webp,image/vnd.adobe.photoshop"
        onChange={(event) => {
          openFiles(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      {hasShortcuts ? <Shortcuts modifier={modifier} onClose={() => setShortcuts(false)} /> : null}
      {dropped === null || file === null ? null : (
        <MergeQuestion
          name={dropped.name}
          layer={state.rows.find(({ layer }) => layer.ref === dropped.of)?.layer.name ?? 'all that shows'}
          onMerge={(how) => {
            setDropped(null);
            void mergeFile(dropped, how);
          }}
          onOpen={() => {
            setDropped(null);
            void openFile(dropped);
          }}
          onClose={() => setDropped(null)}
        />
      )}
      {panelState.takes.compared === null ? null : (
        <Dialog label="Compare" kind="pg-evidence" onClose={panel.actions.takes.stopComparing}>
          <div class="pg-dialog-head">
            <h2>Compare</h2>
            <IconButton icon="close" label="Close" onPress={panel.actions.takes.stopComparing} />
          </div>
          <CompareView compared={panelState.takes.compared} actions={panel.actions} />
        </Dialog>
      )}
      {explained === null ? null : (
        <Dialog
          label={`What ${explained.title} changed`}
          kind={explained.shown.kind === 'figures' ? '' : 'pg-evidence'}
          onClose={panel.actions.takes.stopExplaining}
        >
          <div class="pg-dialog-head">
            <h2>{explained.title}</h2>
            <IconButton icon="close" label="Close" onPress={panel.actions.takes.stopExplaining} />
          </div>
          <EvidenceView explained={explained} actions={panel.actions} />
        </Dialog>
      )}
      {waiting === null || file === null ? null : (
        <DiscardQuestion
          title={file.title}
          next={waiting.name}
          onKeep={() => setWaiting(null)}
          onDiscard={() => void reallyOpen(waiting)}
        />
      )}
    </div>
  );
}
