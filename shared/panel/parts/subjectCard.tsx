/**
 * What will change: the selected layer (or all that shows), what of it goes out and how large, the region if there is one,
 * what the user should know before, and what the host leaves to them.
 */
import type { JSX } from 'preact';
import { type Extent, sizeText } from '../../core/geometry.ts';
import type { LayerInfo } from '../../core/host.ts';
import { Icon, IconButton, type IconName } from '../icons.tsx';
import type { PanelActions, PanelState, SubjectNote, SubjectState } from '../state.ts';
import { HostOptions } from './hostOptions.tsx';

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
  readonly state: Pick<PanelState, 'subject' | 'can' | 'run' | 'model' | 'noDocument'>;
  readonly actions: Pick<PanelActions, 'clearRegion' | 'drawRegion' | 'useAsRegion' | 'chooseOption'>;
}

type Selected = Extract<SubjectState, { kind: 'selected' }>;

export function SubjectCard({ state, actions }: SubjectCardProps): JSX.Element {
  const { subject, can, model } = state;
  if (subject.kind !== 'selected')
    return (
      <div class="rt-subject rt-subject-empty">
        <span class="rt-thumb rt-thumb-empty">
          <Icon name="layers" />
        </span>
        <span class="rt-subject-words">
          <strong>{subject.kind === 'no-document' ? state.noDocument.title : 'Nothing is selected'}</strong>
          <span class="rt-quiet">
            {subject.kind === 'no-document' ? state.noDocument.sentence : 'Select the layer that should change.'}
          </span>
        </span>
      </div>
    );
  const { told } = subject;
  const kind = told.sends === '' ? (subject.layerKind === null ? 'Composite' : kindTexts[subject.layerKind]) : told.sends;
  return (
    <div class="rt-subject-block">
      <div class="rt-subject">
        {subject.thumbnail === null ? (
          <span class="rt-thumb rt-thumb-empty">
            <Icon name="layers" />
          </span>
        ) : (
          <span class="rt-thumb rt-checker">
            <img src={subject.thumbnail} alt="" />
          </span>
        )}
        <span class="rt-subject-words">
          <strong class="rt-clip" title={subject.name}>
            {subject.name}
          </strong>
          <span class="rt-quiet rt-clip rt-figure">
            {kind} · {sizeText(subject.bounds)}
            {subject.visible ? '' : ' · hidden'}
            {subject.locked ? ' · locked, stays as it is' : ''}
          </span>
          {subject.region === null ? <SentLine subject={subject} sent={model.sent} /> : null}
          <RegionLine subject={subject} canDraw={can.drawRegion} actions={actions} />
          {subject.region === null ? null : <SentLine subject={subject} sent={model.sent} />}
        </span>
      </div>
      {told.options.length === 0 ? null : (
        <div class="rt-subject-options">
          <HostOptions options={told.options} place="card" actions={actions} />
        </div>
      )}
      {told.notes.length === 0 ? null : (
        <ul class="rt-subject-notes" aria-label="About what is selected">
          {told.notes.map((note) => (
            <Note key={note.sentence} note={note} />
          ))}
        </ul>
      )}
    </div>
  );
}

const SentLine = ({ subject, sent }: { readonly subject: Selected; readonly sent: Extent | null }): JSX.Element | null =>
  sent === null ? null : <span class="rt-quiet rt-clip rt-figure">{sentText(subject, sent)}</span>;

interface RegionLineProps {
  readonly subject: Selected;
  readonly canDraw: boolean;
  readonly actions: SubjectCardProps['actions'];
}

function RegionLine({ subject: { region, told }, canDraw, actions }: RegionLineProps): JSX.Element | null {
  if (region !== null)
    return (
      <span class="rt-region-line">
        <Icon name="region" size={12} />
        <span class="rt-clip">
          Region {sizeText(region)} at {region.x}, {region.y}
        </span>
        <IconButton icon="close" label="Clear the region" onPress={actions.clearRegion} />
      </span>
    );
  if (told.regionFrom !== null)
    return (
      <button type="button" class="rt-link rt-clip" title={`Only what “${told.regionFrom}” covers changes`} onClick={actions.useAsRegion}>
        Use “{told.regionFrom}” as region
      </button>
    );
  if (!canDraw) return null;
  return (
    <button type="button" class="rt-link" onClick={actions.drawRegion}>
      Limit to a region
    </button>
  );
}

const noteIcons: Readonly<Record<SubjectNote['tone'], IconName>> = { info: 'info', warning: 'warning', blocked: 'stop' };

const Note = ({ note: { tone, sentence } }: { readonly note: SubjectNote }): JSX.Element => (
  <li class={`rt-subject-note rt-note-${tone}`}>
    <Icon name={noteIcons[tone]} size={12} />
    <span>{sentence}</span>
  </li>
);

/** A region goes out with what lies around it. */
function sentText({ bounds, region }: Selected, sent: Extent): string {
  if (region !== null) return `Sent at ${sizeText(sent)} around it`;
  return sent.width === bounds.width && sent.height === bounds.height ? 'Sent in full' : `Sent at ${sizeText(sent)}`;
}
