/** The models that ship, held to one contract: over real HTTP where a service stands behind them. */
import { findModel } from '../../shared/core/models/registry.ts';
import { createOffline } from '../../shared/models/offline/offlineModel.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { PictureMaker } from '../geminiServer/answerBody.ts';
import { plainAnswer } from '../geminiServer/plainAnswer.ts';
import { startGeminiServer } from '../geminiServer/server.ts';
import { cellOf, modelAt, realClock } from '../models/gemini.ts';
import { modelContract } from './modelContract.ts';

const served = (id: string, answer?: PictureMaker) => async () => {
  const server = await startGeminiServer({ alive: 'all', ...(answer === undefined ? {} : { answer }) });
  return { model: modelAt(server, id, { clock: realClock }), close: () => server.close() };
};

// The one model that still offers the smallest class.
const smallest = 'gemini-3.1-flash-image';

modelContract('Gemini', served(smallest), {
  entry: findModel(smallest),
  cell: cellOf(smallest, '4:3', '512'),
  edits: true,
  turns: true,
  service: true,
});

modelContract('Imagen', served('imagen-4.0-generate-001', plainAnswer), {
  entry: findModel('imagen-4.0-generate-001'),
  cell: cellOf('imagen-4.0-generate-001', '4:3'),
  edits: false,
  turns: false,
  service: true,
});

modelContract(
  'The offline model',
  async () => ({ model: createOffline({ codec: createNodeCodec(), clock: realClock }), close: async () => {} }),
  { entry: findModel('offline'), cell: cellOf(smallest, '4:3', '512'), edits: true, turns: true, service: false },
);
