/** Counts the image data that a plug-in holds: what was not disposed, the most at one time, the 600 MB mark. */
import type { Quirks } from './quirks.ts';

export class ImageMemory {
  liveBytes = 0;
  liveCount = 0;
  highWaterBytes = 0;
  private isWarned = false;
  private readonly quirks: Quirks;
  private readonly warn: (text: string) => void;

  constructor(quirks: Quirks, warn: (text: string) => void) {
    this.quirks = quirks;
    this.warn = warn;
  }

  take(bytes: number): void {
    const next = this.liveBytes + bytes;
    if (next > this.quirks.memoryMarkBytes) {
      if (this.quirks.memoryLimit === 'refuse') throw new Error('Plugin exceeds memory limit. Currently used memory 600.');
      if (!this.isWarned) this.warn('Plugin memory usage increased to: 600MB.');
      this.isWarned = true;
    }
    this.liveBytes = next;
    this.liveCount++;
    this.highWaterBytes = Math.max(this.highWaterBytes, next);
  }

  give(bytes: number): void {
    this.liveBytes -= bytes;
    this.liveCount--;
    if (this.liveBytes <= this.quirks.memoryMarkBytes) this.isWarned = false;
  }
}
