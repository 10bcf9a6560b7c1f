/** The panel in Figma's window, with what the whole window listens to: keys, links, pasted and dropped pictures, its corner. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Extent } from '../../shared/core/geometry.ts';
import type { PanelController } from '../../shared/panel/controller.ts';
import { endInnermost } from '../../shared/panel/endInnermost.ts';
import { Panel } from '../../shared/panel/panel.tsx';
import { givenFiles } from '../../shared/panel/parts/referenceList.tsx';
import { ResizeHandle } from './resizeHandle.tsx';

export interface AppProps {
  readonly panel: PanelController;
  readonly isApple: boolean;
  readonly onResize: (size: Extent) => void;
  readonly onResized: (size: Extent) => void;
  /** In the user's browser. */
  readonly openLink: (url: string) => void;
}

export function App({ panel, isApple, onResize, onResized, openLink }: AppProps): JSX.Element {
  const [state, setState] = useState(() => panel.state());
  const [isOver, setOver] = useState(false);

  useEffect(() => {
    setState(panel.state());
    return panel.subscribe(() => setState(panel.state()));
  }, [panel]);

  useEffect(() => {
    const { actions } = panel;
    const keyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && panel.state().view === 'edit') actions.send();
      else if (event.key === 'Escape') {
        if (!endInnermost(panel) && event.target instanceof HTMLElement) event.target.blur();
      } else return;
      event.preventDefault();
    };
    const paste = (event: ClipboardEvent): void => {
      const files = givenFiles(event.clipboardData?.files ?? []);
      if (files.length === 0) return;
      event.preventDefault();
      actions.addReferences(files);
    };
    const holdsFiles = (event: DragEvent): boolean => [...(event.dataTransfer?.types ?? [])].includes('Files');
    const over = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(!(event.target instanceof Element && event.target.closest('.rt-references') !== null));
    };
    const out = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      if (event.defaultPrevented || !holdsFiles(event)) return;
      event.preventDefault();
      const files = givenFiles(event.dataTransfer?.files ?? []);
      // A branch of takes that was exported goes into this file; pictures are references.
      const branch = files.find(({ name }) => /\.zip$/i.test(name));
      if (branch !== undefined) actions.takes.pasteFile(branch);
      else actions.addReferences(files);
    };
    const click = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (link === null || !link.href.startsWith('https://')) return;
      event.preventDefault();
      openLink(link.href);
    };
    addEventListener('keydown', keyDown);
    addEventListener('paste', paste);
    addEventListener('dragover', over);
    addEventListener('dragleave', out);
    addEventListener('drop', drop);
    addEventListener('click', click);
    return () => {
      removeEventListener('keydown', keyDown);
      removeEventListener('paste', paste);
      removeEventListener('dragover', over);
      removeEventListener('dragleave', out);
      removeEventListener('drop', drop);
      removeEventListener('click', click);
    };
  }, [panel, openLink]);

  return (
    <div class="fg">
      <Panel state={state} actions={panel.actions} isApple={isApple} />
      {isOver ? (
        <div class="fg-drop" aria-hidden="true">
          Drop pictures as references, or a branch of takes
        </div>
      ) : null}
      <ResizeHandle onResize={onResize} onRest={onResized} />
    </div>
  );
}
