/** The stage before anything is open: how to begin, and a picture to try it on. */
import type { JSX } from 'preact';
import { Icon } from '../../../shared/panel/icons.tsx';

export interface EmptyStageProps {
  readonly opening: string | null;
  readonly onOpen: () => void;
  readonly onSample: () => void;
}

export function EmptyStage({ opening, onOpen, onSample }: EmptyStageProps): JSX.Element {
  return (
    <div class="pg-stage pg-empty">
      {opening === null ? (
        <div class="pg-invite">
          <span class="pg-invite-icon">
            <Icon name="picture" size={32} />
          </span>
          <h1>Open a picture</h1>
          <p>Drop it here, paste it, or choose a file. PSD, PSB, PNG, JPEG or WebP.</p>
          <div class="pg-invite-acts">
            <button type="button" class="rt-button rt-primary" onClick={onOpen}>
              Choose a file
            </button>
            <button type="button" class="rt-button" onClick={onSample}>
              Try a sample
            </button>
          </div>
          <p class="pg-credit">Your pictures stay on this computer until you send a layer to a model. Sample: Eileen Collins, NASA.</p>
        </div>
      ) : (
        <p class="pg-opening" role="status">
          Opening {opening}
        </p>
      )}
    </div>
  );
}
