/** Counts the image data that a plug-in holds: what was not disposed, the most at one time, the 600 MB mark. */
const markBytes = 600 * 1024 * 1024;

export class ImageMemory {
  liveBytes = 0;
  liveCount = 0;
  highWaterBytes = 0;
  private isWarned = false;
  private readonly limit: 'warn' | 'refuse';
  private readonly warn: (text: string) => void;

  constructor(limit: 'warn' | 'refuse', warn: (text: string) => void) {
    this.limit = limit;
    this.warn = warn;
  }

  take(bytes: number): void {
    const next = this.liveBytes + bytes;
    if (next > markBytes) {
      if (this.limit === 'refuse') throw new Error('Plugin exceeds memory limit. Currently used memory 600.');
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
    if (this.liveBytes <= markBytes) this.isWarned = false;
  }
}
