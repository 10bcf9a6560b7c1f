/** What this Photoshop and its UXP were found to do, to be read and copied into a report. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { software } from '../../shared/core/version.ts';
import { IconButton } from '../../shared/panel/icons.tsx';
import { type Probe, probeText } from './probeHost.ts';

export interface AboutHostProps {
  readonly probe: () => Promise<readonly Probe[]>;
  readonly copy: (text: string) => Promise<boolean>;
  readonly onClose: () => void;
}

export function AboutHost({ probe, copy, onClose }: AboutHostProps): JSX.Element {
  const [probes, setProbes] = useState<readonly Probe[] | null>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    let isGone = false;
    void probe().then((found) => {
      if (!isGone) setProbes(found);
    });
    return () => {
      isGone = true;
    };
  }, [probe]);
  const text = probes === null ? '' : `${software}\n${probeText(probes)}`;
  return (
    <section class="rt-panel" aria-label="About this host">
      <div class="rt-head rt-head-back">
        <IconButton icon="back" label="Back" onPress={onClose} />
        <strong class="rt-grow">About this host</strong>
      </div>
      <div class="rt-scroll">
        <div class="rt-block">
          <p class="rt-quiet">
            What Photoshop and its plug-in platform were found to do here. Copy it into a report when something does not work.
          </p>
          {probes === null ? (
            <p role="status">Trying…</p>
          ) : (
            <ul class="ps-probes">
              {probes.map(({ name, answer }) => (
                <li key={name}>
                  <span class="ps-probe-name">{name}</span>
                  <span class="ps-probe-answer">{answer}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
      <div class="rt-foot">
        <span class="rt-grow rt-quiet" role="status">
          {copied === null ? '' : copied ? 'Copied' : 'The clipboard refused; select the text instead.'}
        </span>
        <button type="button" class="rt-button rt-primary" disabled={probes === null} onClick={() => void copy(text).then(setCopied)}>
          Copy
        </button>
      </div>
    </section>
  );
}
