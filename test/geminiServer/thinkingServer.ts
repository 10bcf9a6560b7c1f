/** A model that thinks until it is told to go on. */
import { createOfflineAnswer } from './offlineAnswer.ts';
import { type GeminiServer, startGeminiServer } from './server.ts';

export async function startThinkingServer(): Promise<{ readonly server: GeminiServer; readonly goOn: () => void }> {
  let goOn = (): void => {};
  const thought = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const draw = createOfflineAnswer();
  const server = await startGeminiServer({
    answer: async (request) => {
      await thought;
      return draw(request);
    },
  });
  return { server, goOn };
}
