/** Entry of the second script: the panel and all that it is made of, which runs when the panel is first shown. */
import { handOver } from './handOver.ts';

handOver((modules, root) => import('./openPanel.tsx').then(({ openPanel }) => openPanel(modules, root)));
