/** One choice of a few, side by side. */
import type { JSX } from 'preact';
import { Choice } from './plainControls.tsx';

export interface SegmentsProps<Name extends string> {
  /** Of the group of radio buttons. */
  readonly group: string;
  readonly label: { readonly text: string } | { readonly id: string };
  readonly names: Readonly<Record<Name, string>>;
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}

export function Segments<Name extends string>({ group, label, names, chosen, onChoose }: SegmentsProps<Name>): JSX.Element {
  const labelled = 'id' in label ? { 'aria-labelledby': label.id } : { 'aria-label': label.text };
  return (
    <div class="rt-segments" role="radiogroup" {...labelled}>
      {(Object.keys(names) as Name[]).map((name) => (
        <Choice key={name} class="rt-segment" group={group} isChosen={chosen === name} onChoose={() => onChoose(name)}>
          <span>{names[name]}</span>
        </Choice>
      ))}
    </div>
  );
}
