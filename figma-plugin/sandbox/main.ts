/** Entry of Figma's main thread. */
import { startPlugin } from './plugin.ts';

startPlugin(figma, __html__);
