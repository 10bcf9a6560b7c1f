/** require('photoshop') */
import type { Application } from './application.ts';
import { createBatchPlay } from './batchPlay/batchPlay.ts';
import type { Environment } from './batchPlay/command.ts';
import { constants } from './dom/constants.ts';
import { domApp } from './dom/domApp.ts';
import { wrongArgument } from './errors.ts';
import type { Listener } from './events.ts';
import { imagingModule } from './imaging.ts';
import { atLeast } from './versions.ts';

export function photoshopModule(app: Application, fileOf: Environment['fileOf']): object {
  const batchPlay = createBatchPlay({ app, fileOf });
  const checked = (events: unknown, listen: unknown): [readonly string[], Listener] => {
    if (!Array.isArray(events)) throw wrongArgument(1, 'array', events);
    if (typeof listen !== 'function') throw wrongArgument(2, 'function', listen);
    return [events.map((event) => (typeof event === 'string' ? event : (event as { event: string }).event)), listen as Listener];
  };
  return {
    app: domApp(app, batchPlay),
    constants,
    ...(atLeast(app.version, 24, 4) ? { imaging: imagingModule(app) } : {}),
    action: {
      batchPlay,
      addNotificationListener: async (events: unknown, listen: unknown) => app.events.add(...checked(events, listen)),
      removeNotificationListener: async (events: unknown, listen: unknown) => app.events.remove(...checked(events, listen)),
      getIDFromString: (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 7),
      validateReference: () => true,
    },
    core: {
      apiVersion: 2,
      isModal: () => app.modal.isHeld,
      executeAsModal: (target: unknown, options: unknown) => {
        app.alive();
        return app.modal.execute(target, options);
      },
      addNotificationListener: async (_group: string, events: unknown, listen: unknown) => app.events.add(...checked(events, listen)),
      removeNotificationListener: async (_group: string, events: unknown, listen: unknown) => app.events.remove(...checked(events, listen)),
      historySuspended: ({ documentID }: { documentID: number }) => app.requireDocument(documentID).suspension !== null,
      showAlert: async ({ message }: { message: string }) => void app.alerts.push(message),
      translateUIString: (text: string) => text,
      redrawDocument: async () => 0,
    },
  };
}
