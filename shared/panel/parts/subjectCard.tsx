/** What will change: the selected layer (or all that shows), and the region if there is one. */
import type { JSX } from 'preact';
import { sizeText } from '../../core/geometry.ts';
import type { LayerInfo } from '../../core/host.ts';
import { Icon, IconButton } from '../icons.tsx';
import type { PanelActions, PanelState } from '../state.ts';

const kindTexts: Readonly<Record<LayerInfo['kind'], string>> = {
  pixels: 'Layer',
  group: 'Group',
  text: 'Text layer',
  shape: 'Shape layer',
  'smart-object': 'Smart object',
  adjustment: 'Adjustment layer',
  other: 'Layer',
};

export interface SubjectCardProps {
  readonly state: Pick<PanelState, 'subject' | 'can' | 'run'>;
  readonly actions: Pick<PanelActions, 'clearRegion' | 'drawRegion'>;
}

export function SubjectCard({ state, actions }: SubjectCardProps): JSX.Element {
  const { subject, can } = state;
  if (subject.kind !== 'selected')
    return (
      <div class="rt-subject rt-subject-empty">
        <span class="rt-thumb rt-thumb-empty">
          <Icon name="layers" />
        </span>
        <span class="rt-subject-words">
          <strong>{subject.kind === 'no-document' ? 'No picture is open' : 'Nothing is selected'}</strong>
          <span class="rt-quiet">{subject.kind === 'no-document' ? 'Open one to begin.' : 'Select the layer that should change.'}</span>
        </span>
      </div>
    );
  const { region } = subject;
  return (
    <div class="rt-subject">
      <span class="rt-thumb rt-checker">{subject.thumbnail === null ? null : <img src={subject.thumbnail} alt="" />}</span>
      <span class="rt-subject-words">
        <strong class="rt-clip" title={subject.name}>
          {subject.name}
        </strong>
        <span class="rt-quiet rt-clip">
          {subject.layerKind === null ? 'Composite' : kindTexts[subject.layerKind]} · {sizeText(subject.bounds)}
          {subject.visible ? '' : ' · hidden'}
          {subject.locked ? ' · locked, stays as it is' : ''}
        </span>
        {region === null ? (
          can.drawRegion ? (
            <button type="button" class="rt-link" onClick={actions.drawRegion}>
              Limit to a region
            </button>
          ) : null
        ) : (
          <span class="rt-region-line">
            <Icon name="region" size={12} />
            <span class="rt-clip">
              Region {sizeText(region)} at {region.x}, {region.y}
            </span>
            <IconButton icon="close" label="Clear the region" onPress={actions.clearRegion} />
          </span>
        )}
      </span>
    </div>
  );
}
