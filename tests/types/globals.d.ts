// What asciinema-player's own script puts into the page, as far as the theme uses it.

interface Player {
  el: HTMLElement;
  play(): Promise<void>;
  pause(): Promise<void>;
  seek(to: number | string): Promise<void>;
  getCurrentTime(): Promise<number> | number;
  getDuration(): Promise<number | undefined> | number | undefined;
  addEventListener(name: string, handler: (event?: unknown) => void): void;
  dispose(): void;
}

declare var AsciinemaPlayer: {
  create(source: { url: string } | { data: string | Blob | Promise<Response> }, mount: HTMLElement, options: Record<string, unknown>): Player;
};

// What the build writes in front of SLUG.js.
declare const RECORDING: { embed: string; script: string; title: string; ratio: string; id: string };
