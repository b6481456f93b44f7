import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
];

type Reply = {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
  method?: string;
  params?: unknown;
};

/** A page in a headless Chromium with a profile of its own, driven over the DevTools protocol. */
export class Page {
  /** Exceptions and what the browser complains of, for example a breach of the content security policy. */
  readonly complaints: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  readonly #end: () => Promise<void>;
  #session: string | undefined;
  #count = 0;

  private constructor(socket: WebSocket, end: () => Promise<void>) {
    this.#socket = socket;
    this.#end = end;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data)) as Reply));
  }

  static async open(): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), 'virtuoso-chromium-'));
    const browser = spawn('chromium', [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true, // one process group: what the browser has started ends with it
    });
    const ended = once(browser, 'exit');
    const socket = new WebSocket(await endpoint(browser));
    await once(socket, 'open');
    const page = new Page(socket, async () => {
      socket.terminate();
      if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
    });
    const { targetId } = await page.#call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.#call('Target.attachToTarget', { targetId, flatten: true });
    page.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Log']) await page.#call(`${domain}.enable`, {});
    return page;
  }

  /** Goes to `url` in a window of `width` pixels. */
  async visit(url: string, width: number, scheme: 'light' | 'dark'): Promise<void> {
    await this.#call('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
    await this.#call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await this.#call('Page.navigate', { url });
  }

  /** The value of a JavaScript expression in the page, awaited if it is a promise. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value?: unknown }).value;
  }

  /** The whole page as PNG, for eyes. */
  async picture(): Promise<Buffer> {
    const { data } = await this.#call('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(String(data), 'base64');
  }

  close(): Promise<void> {
    return this.#end();
  }

  #call(method: string, params: object): Promise<Record<string, unknown>> {
    this.#count += 1;
    const id = this.#count;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #receive({ id, result, error, method, params }: Reply): void {
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(params));
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result ?? {});
  }
}

async function endpoint(browser: ChildProcess): Promise<string> {
  if (browser.stderr === null) throw new Error('chromium was started without its error output');
  for await (const line of createInterface({ input: browser.stderr })) {
    const url = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    browser.stderr.resume();
    return url;
  }
  throw new Error('chromium ended before it listened');
}
