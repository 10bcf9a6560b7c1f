/** `retake models`: the registry as a list, and what the service says to the key. Pure: values in, text out. */
import { explain, type Failure } from '../../shared/core/failure.ts';
import type { AvailableModel } from '../../shared/core/model.ts';
import { builtInModels, cellsOf, type ModelEntry, sizeClassesOf } from '../../shared/core/models/registry.ts';
import { columns } from './words.ts';

/** null where nobody was asked, or where asking failed. */
export type Service = readonly AvailableModel[] | null;

/** Whether the service offers it; null when that is not known, or when it needs no service. */
const isAlive = (model: ModelEntry, service: Service): boolean | null =>
  service === null || model.wire === 'offline' ? null : service.some((offered) => offered.id === model.id);

/** Offered picture models that the registry does not know: usable by their identifier. */
const others = (service: Service): readonly AvailableModel[] =>
  (service ?? []).filter(
    (offered) =>
      /image|imagen|banana/.test(offered.id) &&
      offered.methods.some((method) => method === 'generateContent' || method === 'predict') &&
      !builtInModels.some((model) => model.id === offered.id),
  );

const sizesText = (model: ModelEntry): string => sizeClassesOf(model).join(' ') || 'one';

function priceText(model: ModelEntry): string {
  if (model.wire === 'offline') return 'free';
  const prices = Object.values(model.price?.perImage ?? {});
  if (prices.length === 0) return '–';
  const [least, most] = [Math.min(...prices), Math.max(...prices)];
  return least === most ? `$${least}` : `$${least}–${most}`;
}

export function modelsText(service: Service): string {
  const rows = builtInModels.map((model) => [
    model.id,
    model.nick,
    model.retiredOn === null ? model.status : `retired ${model.retiredOn}`,
    sizesText(model),
    priceText(model),
    model.references.total === 0 ? (model.wire === 'imagen' ? 'no input' : '–') : `${model.references.total}`,
    model.thinking.levels.join(' ') || '–',
    ...(service === null ? [] : [{ true: 'alive', false: 'gone', null: '–' }[`${isAlive(model, service)}`]]),
    model.successor === null ? '' : `→ ${model.successor}`,
  ]);
  const head = [
    'ID',
    'NAME',
    'STATUS',
    'SIZES',
    'PER PICTURE',
    'REFERENCES',
    'THINKING',
    ...(service === null ? [] : ['SERVICE']),
    'SUCCESSOR',
  ];
  const more = others(service).map((offered) => `${offered.id}  ${offered.displayName}`);
  return [...columns([head, ...rows]), ...(more.length === 0 ? [] : ['', 'Also offered to your key:', ...more])].join('\n');
}

export function modelsJson(service: Service, failure: Failure | null): string {
  return JSON.stringify(
    {
      schema: 1,
      models: builtInModels.map((model) => ({
        id: model.id,
        nick: model.nick,
        status: model.status,
        retiredOn: model.retiredOn,
        successor: model.successor,
        sizes: sizeClassesOf(model),
        ratios: [...new Set(cellsOf(model).map((cell) => cell.ratio))].filter((ratio) => ratio !== null),
        pricePerPictureUsd: model.price?.perImage ?? null,
        references: model.references,
        thinking: model.thinking,
        alive: isAlive(model, service),
      })),
      others: others(service),
      service: {
        asked: service !== null || failure !== null,
        failure: failure === null ? null : { kind: failure.kind, ...explain(failure) },
      },
    },
    null,
    2,
  );
}
