import type { Edit } from '../../schema/generated/types.js';

type DraftEdit = { [K in keyof Required<Edit>]: Required<Edit>[K] };

/** Edits of one step under construction, one for each host. */
export class Draft {
  private readonly byHost = new Map<string, DraftEdit>();

  on(host: string): DraftEdit {
    const known = this.byHost.get(host);
    if (known) return known;
    const edit: DraftEdit = {
      host,
      removeRules: [],
      setRules: [],
      removeGuests: [],
      addGuests: [],
      removeSchedules: [],
      setSchedules: [],
      removeLinks: [],
      addLinks: [],
      removeNetworks: [],
      addNetworks: [],
    };
    this.byHost.set(host, edit);
    return edit;
  }

  /** In alphabetical order of the hosts. */
  edits(): Edit[] {
    return [...this.byHost.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
  }
}
