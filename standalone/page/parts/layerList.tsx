/** The layer list: a tree that arrow keys walk, with an eye, a small picture and what must be known about each layer. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { LayerInfo, LayerRef } from '../../../shared/core/host.ts';
import { Icon, IconButton, type IconName } from '../../../shared/panel/icons.tsx';
import type { DocumentSession, SessionState } from '../documentSession.ts';
import type { LayerRow } from '../layerRows.ts';

const kindIcons: Readonly<Record<LayerInfo['kind'], IconName>> = {
  pixels: 'picture',
  group: 'folder',
  text: 'text',
  shape: 'shape',
  'smart-object': 'smart',
  adjustment: 'adjust',
  other: 'layers',
};

const kindNames: Readonly<Record<LayerInfo['kind'], string>> = {
  pixels: 'layer',
  group: 'group',
  text: 'text layer',
  shape: 'shape layer',
  'smart-object': 'smart object',
  adjustment: 'adjustment layer',
  other: 'layer',
};

export interface LayerListProps {
  readonly state: SessionState;
  readonly session: Pick<DocumentSession, 'select' | 'setVisible' | 'setOpen'>;
  /** Shows why the take on this layer changes what it changes. */
  readonly onExplain: (layer: LayerRef) => void;
}

export function LayerList({ state, session, onExplain }: LayerListProps): JSX.Element {
  const tree = useRef<HTMLDivElement>(null);
  const all: readonly (LayerRef | 'visible')[] = ['visible', ...state.rows.map((row) => row.layer.ref)];
  const { selected } = state;

  // Selecting by key or by a failure's button may choose a row that is scrolled away.
  useEffect(() => {
    if (selected !== null) tree.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  const keyDown = (event: KeyboardEvent): void => {
    const at = selected === null ? -1 : all.indexOf(selected);
    const row = state.rows.find((each) => each.layer.ref === selected);
    const go = (to: LayerRef | 'visible' | undefined): void => {
      if (to !== undefined) session.select(to);
    };
    switch (event.key) {
      case 'ArrowDown':
        go(all[Math.min(all.length - 1, at + 1)]);
        break;
      case 'ArrowUp':
        go(all[Math.max(0, at - 1)]);
        break;
      case 'Home':
        go(all[0]);
        break;
      case 'End':
        go(all[all.length - 1]);
        break;
      case 'ArrowRight':
        if (row?.hasChildren && !row.isOpen) session.setOpen(row.layer.ref, true);
        break;
      case 'ArrowLeft':
        if (row?.hasChildren && row.isOpen) session.setOpen(row.layer.ref, false);
        else if (row !== undefined && row.layer.parent !== null) go(row.layer.parent);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="pg-layers">
      <div class="pg-pane-head">
        <h2>Layers</h2>
        <span class="pg-quiet">{state.rows.length === 0 ? '' : countText(state.rows)}</span>
      </div>
      <div ref={tree} class="pg-tree" role="tree" aria-label="Layers" tabIndex={0} onKeyDown={keyDown}>
        {state.document === null ? null : (
          <div
            class="pg-layer pg-layer-all"
            data-layer="visible"
            role="treeitem"
            aria-level={1}
            aria-selected={selected === 'visible'}
            tabIndex={-1}
            onClick={() => session.select('visible')}
            onKeyDown={undefined}
          >
            <span class="pg-layer-icon">
              <Icon name="layers" />
            </span>
            <span class="pg-layer-name">All that shows</span>
          </div>
        )}
        {state.rows.map((row) => (
          <Row key={row.layer.ref} row={row} state={state} session={session} onExplain={onExplain} />
        ))}
      </div>
    </div>
  );
}

interface RowProps extends LayerListProps {
  readonly row: LayerRow;
}

function Row({ row, state, session, onExplain }: RowProps): JSX.Element {
  const { layer, depth, hasChildren, isOpen, isDimmed } = row;
  const thumbnail = state.thumbnails.get(layer.ref);
  const isTake = state.takes.has(layer.ref);
  const isSelected = state.selected === layer.ref;
  const said = [layer.name, kindNames[layer.kind], isTake ? 'take' : '', layer.visible ? '' : 'hidden', layer.locked ? 'locked' : '']
    .filter((word) => word !== '')
    .join(', ');
  return (
    <div
      class={`pg-layer${isDimmed ? ' pg-dimmed' : ''}`}
      data-layer={layer.ref}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-label={said}
      tabIndex={-1}
      data-ref={layer.ref}
      style={{ paddingLeft: `${8 + Math.min(depth, 8) * 16}px` }}
      onClick={() => session.select(layer.ref)}
      onKeyDown={undefined}
    >
      <span class="pg-fold">
        {hasChildren ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={isOpen ? `Close ${layer.name}` : `Open ${layer.name}`}
            onClick={(event) => {
              event.stopPropagation();
              session.setOpen(layer.ref, !isOpen);
            }}
          >
            <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={12} />
          </button>
        ) : null}
      </span>
      <span class={`pg-layer-icon${layer.kind !== 'group' && thumbnail !== undefined ? ' pg-layer-picture' : ''}`}>
        {layer.kind !== 'group' && thumbnail !== undefined ? <img src={thumbnail} alt="" /> : <Icon name={kindIcons[layer.kind]} />}
      </span>
      <span class="pg-layer-name" title={layer.name}>
        {layer.name}
      </span>
      {isTake ? (
        <span class="pg-badge" title="Made by a model">
          <Icon name="spark" size={12} />
        </span>
      ) : null}
      {layer.locked ? (
        <span class="pg-locked" title="Locked">
          <Icon name="lock" size={12} />
        </span>
      ) : null}
      {/* A press on these must not choose the layer too. */}
      {isTake ? (
        <span class="pg-explain" role="none" onClick={(event) => event.stopPropagation()} onKeyDown={undefined}>
          <IconButton icon="explain" label={`What ${layer.name} changed, and why`} onPress={() => onExplain(layer.ref)} />
        </span>
      ) : null}
      <span
        class={`pg-eye${layer.visible ? '' : ' pg-eye-off'}`}
        role="none"
        onClick={(event) => event.stopPropagation()}
        onKeyDown={undefined}
      >
        <IconButton
          icon={layer.visible ? 'eye' : 'eyeOff'}
          label={`${layer.visible ? 'Hide' : 'Show'} ${layer.name}`}
          onPress={() => session.setVisible(layer.ref, !layer.visible)}
        />
      </span>
    </div>
  );
}

function countText(rows: readonly LayerRow[]): string {
  const count = rows.filter((row) => row.layer.kind !== 'group').length;
  return `${count}`;
}
