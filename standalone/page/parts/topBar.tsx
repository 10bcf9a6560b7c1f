/** The bar over everything: what is open, the tools, the zoom, undo and saving. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { sizeText } from '../../../shared/core/geometry.ts';
import { Icon, IconButton } from '../../../shared/panel/icons.tsx';
import type { SaveFormat, SessionState } from '../documentSession.ts';
import { zoomText } from '../viewport.ts';
import type { Tool } from './stage.tsx';

export interface TopBarProps {
  readonly state: SessionState;
  readonly tool: Tool;
  readonly scale: number;
  readonly modifier: string;
  readonly onOpen: () => void;
  readonly onTool: (tool: Tool) => void;
  readonly onZoom: (to: 'in' | 'out' | 'fit' | 'full') => void;
  readonly onCompare: () => void;
  readonly onUndo: () => void;
  readonly onSave: (format: SaveFormat) => void;
  readonly onShortcuts: () => void;
}

export function TopBar(props: TopBarProps): JSX.Element {
  const { state, tool, scale, modifier } = props;
  const file = state.document;
  const has = file !== null;
  return (
    <header class="pg-bar">
      <div class="pg-bar-part pg-bar-file">
        <span class="pg-mark">Retake</span>
        <button type="button" class="rt-button pg-open" title={`Open a picture  ${modifier}O`} onClick={props.onOpen}>
          Open
        </button>
        {has ? (
          <span class="pg-title">
            <strong title={file.title}>{file.title}</strong>
            <span class="pg-quiet">
              {sizeText(file.extent)} · {file.format.toUpperCase()}
            </span>
            {state.isChanged ? (
              <span class="pg-changed" role="img" title="There are changes that are not saved" aria-label="Not saved" />
            ) : null}
          </span>
        ) : null}
      </div>
      <div class="pg-bar-part" role="toolbar" aria-label="View">
        <IconButton
          icon="move"
          label="Move the view"
          keys="H"
          pressed={tool === 'hand'}
          disabled={!has}
          onPress={() => props.onTool('hand')}
        />
        <IconButton
          icon="region"
          label="Draw a region"
          keys="R"
          pressed={tool === 'region'}
          disabled={!has}
          onPress={() => props.onTool('region')}
        />
        <span class="pg-gap" />
        <IconButton
          icon="compare"
          label="Compare before and after"
          keys="C"
          pressed={state.compare !== null}
          disabled={state.takes.size === 0 && state.compare === null}
          onPress={props.onCompare}
        />
        <span class="pg-gap" />
        <IconButton icon="minus" label="Zoom out" keys={`${modifier}−`} disabled={!has} onPress={() => props.onZoom('out')} />
        <button
          type="button"
          class="pg-zoom"
          title={`Zoom to 100 %  ${modifier}1`}
          aria-label={`Zoom ${zoomText(scale)}, press for 100 %`}
          disabled={!has}
          onClick={() => props.onZoom('full')}
        >
          {has ? zoomText(scale) : '100 %'}
        </button>
        <IconButton icon="plus" label="Zoom in" keys={`${modifier}+`} disabled={!has} onPress={() => props.onZoom('in')} />
        <IconButton icon="fit" label="Fit the picture" keys={`${modifier}0`} disabled={!has} onPress={() => props.onZoom('fit')} />
      </div>
      <div class="pg-bar-part pg-bar-end">
        <IconButton icon="undo" label="Undo" keys={`${modifier}Z`} disabled={!state.canUndo} onPress={props.onUndo} />
        <IconButton icon="keyboard" label="Keyboard shortcuts" keys="?" onPress={props.onShortcuts} />
        <SaveButton state={state} modifier={modifier} onSave={props.onSave} />
      </div>
    </header>
  );
}

function SaveButton({ state, modifier, onSave }: Pick<TopBarProps, 'state' | 'modifier' | 'onSave'>): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const away = (event: Event): void => {
      if (event.target instanceof Node && box.current?.contains(event.target)) return;
      setOpen(false);
    };
    addEventListener('pointerdown', away);
    addEventListener('focusin', away);
    box.current?.querySelector<HTMLButtonElement>('[role="menuitem"]')?.focus();
    return () => {
      removeEventListener('pointerdown', away);
      removeEventListener('focusin', away);
    };
  }, [isOpen]);
  const choose = (format: SaveFormat): void => {
    setOpen(false);
    onSave(format);
  };
  const isOff = state.document === null || state.isSaving;
  const layered = state.document?.format === 'psb' ? 'PSB' : 'PSD';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the menu inside
    <div
      class="pg-save"
      ref={box}
      onKeyDown={(event) => {
        if (!isOpen) return;
        const items = [...(box.current?.querySelectorAll<HTMLButtonElement>('[role="menuitem"]') ?? [])];
        const at = items.indexOf(document.activeElement as HTMLButtonElement);
        if (event.key === 'Escape') {
          setOpen(false);
          box.current?.querySelector<HTMLButtonElement>('.pg-save-more')?.focus();
        } else if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
        else if (event.key === 'ArrowUp') items[(at + items.length - 1) % items.length]?.focus();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <button
        type="button"
        class="rt-button rt-primary pg-save-main"
        disabled={isOff}
        title={`Save ${layered}  ${modifier}S`}
        onClick={() => choose('psd')}
      >
        {state.isSaving ? 'Saving' : `Save ${layered}`}
      </button>
      <button
        type="button"
        class="rt-button rt-primary pg-save-more"
        disabled={isOff}
        aria-label="Other formats"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="chevronDown" />
      </button>
      {isOpen ? (
        <div class="pg-menu" role="menu" aria-label="Save as">
          <button type="button" role="menuitem" onClick={() => choose('psd')}>
            <span>{layered}</span>
            <span class="pg-quiet">every layer</span>
          </button>
          <button type="button" role="menuitem" onClick={() => choose('png')}>
            <span>PNG</span>
            <span class="pg-quiet">as it shows, flattened</span>
          </button>
        </div>
      ) : null}
    </div>
  );
}
