/** The panel in Photoshop, with what the whole of it listens to: keys, links, focus; notices, kept results, and About this host. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PanelController } from '../../shared/panel/controller.ts';
import { endInnermost } from '../../shared/panel/endInnermost.ts';
import { Icon, IconButton } from '../../shared/panel/icons.tsx';
import { Panel } from '../../shared/panel/panel.tsx';
import type { KeptResult } from '../store/keptResults.ts';
import { AboutHost } from './aboutHost.tsx';
import { followFocus } from './followFocus.ts';
import type { Notices } from './notices.ts';
import type { Probe } from './probeHost.ts';
import type { ResultShelf } from './resultShelf.ts';

export interface AppProps {
  readonly panel: PanelController;
  readonly isApple: boolean;
  readonly notices: Notices;
  /** What is so while it lasts: nobody needs to dismiss it. */
  readonly busy: Notices;
  readonly results: ResultShelf;
  readonly onPlaceResult: (result: KeptResult) => Promise<void>;
  readonly onSaveResult: (result: KeptResult) => Promise<void>;
  readonly probe: () => Promise<readonly Probe[]>;
  readonly copy: (text: string) => Promise<boolean>;
  /** In the user's browser. */
  readonly openLink: (url: string) => void;
  /** Called once, with what the commands of the menu need. */
  readonly wire: (given: { readonly showAbout: () => void }) => void;
}

/** What `now` answers, whenever `of` tells that it is something else; also what it became before anybody listened. */
function useFollowed<T>(of: { subscribe(listen: () => void): () => void }, now: () => T): T {
  const [value, setValue] = useState(now);
  useEffect(() => {
    // An effect runs a moment after its first drawing: with a document open, that has been read by then.
    setValue(() => now());
    return of.subscribe(() => setValue(() => now()));
  }, [of, now]);
  return value;
}

export function App({
  panel,
  isApple,
  notices,
  busy,
  results,
  onPlaceResult,
  onSaveResult,
  probe,
  copy,
  openLink,
  wire,
}: AppProps): JSX.Element {
  const state = useFollowed(panel, panel.state);
  const notice = useFollowed(notices, notices.current);
  const waits = useFollowed(busy, busy.current);
  const offered = useFollowed(results, results.offered);
  const [isAbout, setAbout] = useState(false);

  useEffect(() => wire({ showAbout: () => setAbout(true) }), [wire]);
  useEffect(() => followFocus(document), []);
  useEffect(() => {
    const keyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) panel.actions.send();
      else if (event.key === 'Escape') {
        if (isAbout) setAbout(false);
        else endInnermost(panel);
      } else return;
      event.preventDefault();
    };
    const click = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (link === null || !link.href.startsWith('https://')) return;
      event.preventDefault();
      openLink(link.href);
    };
    document.addEventListener('keydown', keyDown);
    document.addEventListener('click', click);
    return () => {
      document.removeEventListener('keydown', keyDown);
      document.removeEventListener('click', click);
    };
  }, [panel, openLink, isAbout]);

  if (isAbout) return <AboutHost probe={probe} copy={copy} onClose={() => setAbout(false)} />;
  return (
    <div class="ps">
      <div class="ps-notices">
        {waits === null ? null : (
          <div class="rt-notice ps-notice" role="status">
            <div class="rt-notice-line">
              <Icon name="clock" />
              <span class="rt-notice-words">
                <strong>{waits.title}</strong>
                <span class="rt-failure-sentence">{waits.sentence}</span>
              </span>
            </div>
          </div>
        )}
        {notice === null ? null : (
          <div class="rt-notice ps-notice" role="status">
            <div class="rt-notice-line">
              <Icon name="info" />
              <span class="rt-notice-words">
                <strong>{notice.title}</strong>
                <span class="rt-failure-sentence">{notice.sentence}</span>
              </span>
              <IconButton icon="close" label="Dismiss" onPress={notices.dismiss} />
            </div>
          </div>
        )}
        {offered.map((result) => (
          <div class="rt-notice rt-notice-warning ps-notice" key={result.id}>
            <div class="rt-notice-line">
              <Icon name="archive" />
              <span class="rt-notice-words">
                <strong>An answer without a document</strong>
                <span class="rt-failure-sentence">
                  “{result.instruction}”, made for {result.title === '' ? 'a document' : `“${result.title}”`} that was closed, was paid for
                  and is kept.
                </span>
              </span>
            </div>
            <div class="rt-notice-acts">
              <button type="button" class="rt-button" onClick={() => void onPlaceResult(result)}>
                Place here
              </button>
              <button type="button" class="rt-button rt-second" onClick={() => void onSaveResult(result)}>
                Save…
              </button>
              <button type="button" class="rt-button rt-second" onClick={() => void results.drop(result.id)}>
                Discard
              </button>
            </div>
          </div>
        ))}
      </div>
      <Panel
        state={state}
        actions={panel.actions}
        isApple={isApple}
        plainControls
        settings={
          <div class="rt-block">
            <button type="button" class="rt-button" onClick={() => setAbout(true)}>
              About this host
            </button>
          </div>
        }
      />
    </div>
  );
}
