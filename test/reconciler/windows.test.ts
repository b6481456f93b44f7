import { describe, expect, it } from 'vitest';
import { Windows } from '../../reconciler/windows.js';

describe('windows', () => {
  it('follow the documents: started, kept, replaced, ended', async () => {
    const events: string[] = [];
    const asked: string[] = [];
    const windows = new Windows(
      (fields, timeZone) => ({
        start: async (request) => {
          events.push(`start ${fields} ${timeZone}`);
          request('now');
        },
        stop: async () => {
          events.push(`stop ${fields}`);
        },
      }),
      (reason) => asked.push(reason),
    );
    await windows.follow(null);
    await windows.follow({ fields: '0 3 * * *', timeZone: 'UTC' });
    await windows.follow({ fields: '0 3 * * *', timeZone: 'UTC' });
    await windows.follow({ fields: '0 4 * * *', timeZone: 'Europe/Zurich' });
    await windows.follow(null);
    await windows.stop();
    expect(events).toEqual([
      'start 0 3 * * * UTC',
      'stop 0 3 * * *',
      'start 0 4 * * * Europe/Zurich',
      'stop 0 4 * * *',
    ]);
    expect(asked).toEqual(['now', 'now']);
  });
});
