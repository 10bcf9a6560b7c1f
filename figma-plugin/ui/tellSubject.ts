/** What the panel's card says of a selection in Figma: pure, from what the host knows of it. */
import { exhaustive } from '../../shared/core/result.ts';
import { type HostOption, type HostTold, nothingTold, type SubjectNote } from '../../shared/panel/state.ts';
import type { Grid } from '../wire/grid.ts';
import type { Caveat, PlaceAt } from '../wire/hostCalls.ts';
import type { FigmaSubject } from './panelHost.ts';

export type Placement = PlaceAt['at'];

export const placements: Readonly<Record<Placement, string>> = {
  above: 'Above',
  beside: 'Beside',
  fill: 'As a fill',
  flow: 'In the flow',
};

/** Those that takes can usually have: to push aside what lies around has to be asked for, on the card. */
export const usualPlacements: readonly Placement[] = ['above', 'beside', 'fill'];

const readings: Readonly<Record<Grid['as'], string>> = { image: 'The picture', rendered: 'As it looks' };

/** Their fill is what one sees of them; on a frame it lies beneath its children, and a text has it in its letters. */
const filledShapes: ReadonlySet<string> = new Set(['RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR']);

/** Where a take of this can go; the first is what everything else falls back to. */
export function placementsOf({ nodes, as }: FigmaSubject): readonly Placement[] {
  const [node, ...more] = nodes;
  const takesFill = more.length === 0 && node !== undefined && !node.locked && (as === 'image' || filledShapes.has(node.type));
  const takesFlow = more.length === 0 && node?.isInFlow === true;
  return ['above', 'beside', ...(takesFill ? (['fill'] as const) : []), ...(takesFlow ? (['flow'] as const) : [])];
}

/** The first of the wishes that this can have. */
export function placementFor(subject: FigmaSubject, ...wishes: readonly Placement[]): Placement {
  const possible = placementsOf(subject);
  return wishes.find((wish) => possible.includes(wish)) ?? possible[0];
}

export function tellSubject(subject: FigmaSubject | null, wanted: Placement): HostTold {
  if (subject === null) return nothingTold;
  const { nodes, as, canBe, regionFrom } = subject;
  const possible = placementsOf(subject);
  const options: readonly HostOption[] = [
    ...(canBe.length > 1
      ? [{ id: 'as', label: 'Edit', choices: canBe.map((each) => ({ id: each, name: readings[each] })), chosen: as }]
      : []),
    {
      id: 'place',
      label: 'Place',
      choices: possible.map((each) => ({ id: each, name: placements[each] })),
      chosen: placementFor(subject, wanted),
    },
  ];
  return {
    sends: as === 'image' ? 'Picture fill' : nodes.length > 1 ? `${nodes.length} layers, as they look` : 'As it looks',
    notes: notesOn(subject, placementFor(subject, wanted)),
    options,
    referenceCount: nodes.length,
    regionFrom: regionFrom?.name ?? null,
  };
}

function notesOn(subject: FigmaSubject, at: Placement): readonly SubjectNote[] {
  const { nodes, as, document, bounds } = subject;
  const caveats = new Set(nodes.flatMap((node) => node.caveats));
  const notes: SubjectNote[] = [];
  if (document.isReadOnly)
    notes.push({ tone: 'blocked', sentence: 'You can only view this file. Ask for edit access, or duplicate it to your drafts.' });
  if (bounds.width === 0 || bounds.height === 0)
    notes.push({ tone: 'blocked', sentence: 'It has no area that could be read. Select a layer with a size.' });
  for (const caveat of order) if (caveats.has(caveat)) notes.push(...noteOn(caveat, subject, at));
  if (as === 'image' && nodes[0]?.image?.isCovered === true)
    notes.push({ tone: 'info', sentence: 'The layers on top of the picture are not sent; they stay as they are.' });
  return notes;
}

/** What stands in the way first. */
const order: readonly Caveat[] = [
  'missing-picture',
  'too-small',
  'animated',
  'wide-gamut',
  'see-through',
  'see-through-fill',
  'too-large',
  'hidden',
  'locked',
  'instance',
  'cropped',
  'filtered',
  'tiled',
  'mixed-fills',
];

const insideInstance: Readonly<Record<Placement, string>> = {
  above: 'Inside an instance, where nothing can be added: the take goes right above it.',
  beside: 'Inside an instance: the take stands beside it, by itself.',
  fill: 'Inside an instance: the fill overrides that of this instance alone.',
  flow: 'Inside an instance, where nothing can be added: the take comes right after it.',
};

function noteOn(caveat: Caveat, subject: FigmaSubject, at: Placement): readonly SubjectNote[] {
  const { as } = subject;
  const info = (sentence: string): readonly SubjectNote[] => [{ tone: 'info', sentence }];
  const warning = (sentence: string): readonly SubjectNote[] => [{ tone: 'warning', sentence }];
  switch (caveat) {
    case 'missing-picture':
      return warning('The file has lost the picture of this fill, so it is sent as it looks. Place the picture again for more.');
    case 'too-small':
      return warning('Very small: the model has little to go by. Select more around it.');
    case 'animated':
      return warning('A GIF: its first frame is sent, and the take stands still.');
    case 'wide-gamut':
      return warning('The file is Display P3: colours beyond sRGB are sent, and come back, as the nearest within it.');
    case 'see-through':
      if (at !== 'above') return [];
      return warning(
        placementsOf(subject).includes('fill')
          ? 'See-through: the old picture would show through a take above it. As a fill, the take is exact.'
          : 'See-through: the old picture will show through a take above it.',
      );
    case 'see-through-fill':
      if (at !== 'above' && at !== 'fill') return [];
      return warning('The fill is see-through: the old picture will show through the take. Beside, it stands by itself.');
    case 'too-large':
      return info('Larger than the 4096 px that Figma gives: it is sent reduced, and the take is as fine as that.');
    case 'hidden':
      return info('Hidden: it is read all the same, and the take will show.');
    case 'locked':
      return info('Locked: it is read only, and stays as it is.');
    case 'instance':
      return info(insideInstance[at]);
    case 'cropped':
      return as === 'image' ? info('Cropped: the part that shows is sent, and the take has the same crop.') : [];
    case 'filtered':
      return as === 'image'
        ? info('The fill’s adjustments are not sent; they lie on the take as on the picture.')
        : info('The fill’s adjustments are in what is sent.');
    case 'tiled':
      return info('The picture repeats as a pattern, so the layer is sent as it looks.');
    case 'mixed-fills':
      return info(
        subject.nodes.length > 1
          ? 'Some have several fills; they are sent as they look.'
          : 'Its parts have different fills, so it is sent as it looks.',
      );
    default:
      return exhaustive(caveat);
  }
}
