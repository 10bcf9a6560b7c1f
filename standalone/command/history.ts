/** `retake history`: what a document remembers of its takes. */
import type { Failure } from '../../shared/core/failure.ts';
import { shortId } from '../../shared/core/history/findTake.ts';
import { type Take, wordsOf } from '../../shared/core/history/take.ts';
import { indexTakes, type TakeIndex } from '../../shared/core/history/takeIndex.ts';
import { takeStatus } from '../../shared/core/history/takeStatus.ts';
import { marksOf } from '../../shared/core/history/tree.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { JobPorts } from './jobPorts.ts';
import type { HistoryJob, HistoryListing, ListedTake } from './jobs.ts';
import { openWithHistory } from './openWithHistory.ts';
import { numbersOf } from './report.ts';

export async function runHistory(
  job: HistoryJob,
  codec: PictureCodec,
  { signal, stage }: JobPorts,
): Promise<Result<HistoryListing, Failure>> {
  stage('open', `Opening ${job.input}`);
  const opened = await openWithHistory(job.input, codec, signal);
  if (!opened.ok) return opened;
  const { document, info } = opened.value;
  const { history, notes } = opened.value.opened;
  const layers = await document.layers();
  if (!layers.ok) return layers;
  const index = indexTakes(history, new Map(layers.value.map((layer) => [layer.ref, layer])));
  return ok({
    title: info.title,
    takes: index.inOrder.map((take) => listed(index, take)),
    notes,
  });
}

function listed(index: TakeIndex, take: Take): ListedTake {
  const { history } = index;
  const marks = marksOf(history, take.id);
  const { way, chosenBy, why, dropped } = take.context;
  return {
    id: take.id,
    shortId: shortId(history, take.id),
    number: index.numberOf(take.id),
    parent: index.parentOf(take),
    state: take.state,
    status: takeStatus(index, take, false),
    instruction: take.instruction,
    description: wordsOf(take),
    name: marks.name,
    note: marks.note,
    favourite: marks.isFavourite,
    verdict: marks.verdict,
    bookmarks: index.bookmarksOf(take.id),
    source: { of: take.source.of, name: take.source.name, bounds: numbersOf(take.source.bounds) },
    layers: index.layersOf(take).map(({ ref }) => ref),
    region: take.region === null ? null : numbersOf(take.region),
    context: { way, chosenBy, why, dropped },
    pictures: take.pictures,
    prompt: take.prompt,
    model: take.model,
    costUsd: take.costUsd,
    tookMs: take.tookMs,
    at: new Date(take.at).toISOString(),
    failure: take.failure,
    provenance: take.provenance,
  };
}
